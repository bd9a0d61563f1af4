package io.varve.projections;

import static io.varve.projections.StatefulPrograms.millis;
import static io.varve.projections.TextStreams.TEXT;
import static io.varve.projections.TextStreams.kept;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.query.RangeQuery;
import io.varve.projections.query.StoreIndex;
import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.StreamId;
import io.varve.store.errors.LimitExceededException;
import io.varve.store.serde.Serdes;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.StateConfig;
import io.varve.store.state.StateEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How long keys may be, as the README's table says, on the heap and in a file. */
class KeyLimitsTest {
    private static final Pattern LIMIT = Pattern.compile("(?m)^\\| (.+?) \\| (\\d+)\\b.* \\|$");
    private static final StoreRef<String, String> ROWS = StoreRef.of("rows");

    /** As making a file takes time. */
    private static final Set<String> IN_FILE =
            Set.of("rows", "joins of tables by foreign key: key and foreign key together");

    private static final StoreRef<Windowed<String>, Long> WINDOWS = StoreRef.of("windows");
    private static final StoreIndex<String, String, String> INDEX =
            StoreIndex.of("all", (key, text) -> text, TEXT);

    /** What to do with records whose keys are the texts of events, by what the README calls it. */
    private static final Map<String, BiConsumer<EventStream<String, String>, TextStreams>>
            PROGRAMS = new LinkedHashMap<>();

    @TempDir private Path folder;
    private int made;

    private static Materialized<Windowed<String>, Long> windows() {
        return Materialized.windowed(WINDOWS, TEXT, Serdes.int64());
    }

    private static TimeWindowedStream<String, String> windowed(EventStream<String, String> texts) {
        return texts.groupByKey().windowedBy(TimeWindows.ofSizeWithNoGrace(millis(10)));
    }

    static {
        PROGRAMS.put("rows", (texts, all) -> texts.toTable(kept("rows")));
        PROGRAMS.put(
                "rows that expire (`withTtl`)",
                (texts, all) -> texts.toTable(kept("rows").withTtl(Duration.ofDays(1))));
        PROGRAMS.put(
                "rows with versions (`versioned`)",
                (texts, all) -> texts.toTable(kept("rows").versioned(millis(10))));
        PROGRAMS.put("windows", (texts, all) -> windowed(texts).count(windows()));
        PROGRAMS.put(
                "windows that expire",
                (texts, all) -> windowed(texts).count(windows().withTtl(Duration.ofDays(1))));
        PROGRAMS.put(
                "`suppress(untilTimeLimit)`",
                (texts, all) ->
                        texts.toTable(kept("t"))
                                .suppress(Suppressed.untilTimeLimit(millis(10), kept("rows"))));
        PROGRAMS.put(
                "`suppress(untilWindowCloses)`",
                (texts, all) ->
                        windowed(texts)
                                .count(windows())
                                .suppress(
                                        Suppressed.untilWindowCloses(
                                                Materialized.windowed(
                                                        StoreRef.of("held"),
                                                        TEXT,
                                                        Serdes.int64()))));
        PROGRAMS.put(
                "joins of streams",
                (texts, all) ->
                        texts.join(
                                all.stream("others"),
                                (one, other) -> one,
                                JoinWindows.ofTimeDifferenceWithNoGrace(millis(10)),
                                StreamJoined.with(StoreRef.of("j"), TEXT, TEXT, TEXT)));
        PROGRAMS.put(
                "joins with a grace period",
                (texts, all) ->
                        texts.leftJoin(
                                all.stream("others").toTable(kept("t").versioned(millis(10))),
                                (one, other) -> one,
                                Joined.withGracePeriod(millis(5), StoreRef.of("w"), TEXT, TEXT)));
        PROGRAMS.put(
                "joins of tables by foreign key: key and foreign key together",
                (texts, all) ->
                        texts.map((key, text) -> KeyValue.pair("k", text.substring(1)))
                                .toTable(kept("t"))
                                .leftJoin(
                                        all.table("others"),
                                        text -> text,
                                        (one, other) -> one,
                                        kept("rows")));
        PROGRAMS.put(
                "rows with an index: key and index key together",
                (texts, all) ->
                        texts.map((key, text) -> KeyValue.pair("k", text.substring(1)))
                                .toTable(kept("rows").withIndex(INDEX)));
        PROGRAMS.put(
                "events that are emitted (`to`), and streams",
                (texts, all) ->
                        texts.mapValues(TextStreams.Text::new)
                                .to("sent", Produced.with(TextStreams.SERDE)));
    }

    static Stream<String> programs() {
        return PROGRAMS.keySet().stream();
    }

    private static Map<String, Integer> limits() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        int begin = readme.indexOf("## How long keys may be");
        Matcher rows = LIMIT.matcher(readme.substring(begin, readme.indexOf("\n## ", begin + 3)));
        Map<String, Integer> limits = new LinkedHashMap<>();
        while (rows.find()) {
            limits.put(rows.group(1), Integer.parseInt(rows.group(2)));
        }
        return limits;
    }

    @Test
    void shouldSayOfEachWhatItsLimitIs() throws IOException {
        assertEquals(PROGRAMS.keySet(), limits().keySet());
    }

    private static Topology topology(String name) {
        TextStreams streams = new TextStreams();
        EventStream<String, String> texts = streams.stream("texts").selectKey((key, text) -> text);
        PROGRAMS.get(name).accept(texts, streams);
        return streams.builder.build();
    }

    private static void pipe(ProjectionTask task, long position, String text) {
        StreamId stream = StreamId.of("texts", "a");
        task.process(
                SourceEvent.of(position, stream, position, "text", 0, new TextStreams.Text(text)));
        task.commit(new Checkpoint(new UUID(1, 2), 0, position, 3));
    }

    private StateEnvironment environment(boolean inFile, Topology topology) {
        return inFile
                ? StateEnvironment.open(
                        StateConfig.at(folder.resolve("state" + made++))
                                .withTables(topology.tables().toArray(new String[0])))
                : StateEnvironment.inMemory(topology.tables());
    }

    @ParameterizedTest
    @MethodSource("programs")
    void shouldTakeKeysUpToTheLimitAndRefuseLongerOnes(String name) throws IOException {
        int limit = limits().get(name);
        for (boolean inFile : IN_FILE.contains(name) ? List.of(false, true) : List.of(false)) {
            Topology topology = topology(name);
            try (StateEnvironment state = environment(inFile, topology);
                    ProjectionTask task = new ProjectionTask(topology, state)) {
                pipe(task, 0, "k".repeat(limit));
                for (int more : new int[] {1, 8}) {
                    String longer = "k".repeat(limit + more);
                    ProjectionException failed =
                            assertThrows(ProjectionException.class, () -> pipe(task, more, longer));
                    LimitExceededException cause =
                            assertInstanceOf(LimitExceededException.class, failed.getCause());
                    assertEquals(limit + more, cause.actual(), cause::getMessage);
                    assertEquals(limit, cause.limit(), cause::getMessage);
                    task.abandon();
                }
            }
        }
    }

    /** They look for rows before they make one. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldRefuseALongKeyInSessionsAndSlidingWindows(boolean sessions) {
        TextStreams streams = new TextStreams();
        GroupedStream<String, String> texts =
                streams.stream("texts").selectKey((key, text) -> text).groupByKey();
        if (sessions) {
            texts.windowedBy(SessionWindows.ofInactivityGapWithNoGrace(millis(5))).count(windows());
        } else {
            texts.windowedBy(SlidingWindows.ofTimeDifferenceAndGrace(millis(5), millis(5)))
                    .count(windows());
        }
        Topology topology = streams.builder.build();
        try (StateEnvironment state = environment(sessions, topology);
                ProjectionTask task = new ProjectionTask(topology, state)) {
            pipe(task, 0, "k".repeat(495));
            for (int length : new int[] {496, 504, 512}) {
                ProjectionException failed =
                        assertThrows(
                                ProjectionException.class,
                                () -> pipe(task, length, "k".repeat(length)));
                LimitExceededException cause =
                        assertInstanceOf(LimitExceededException.class, failed.getCause());
                assertEquals(length, cause.actual(), cause::getMessage);
                assertEquals(495, cause.limit(), cause::getMessage);
                task.abandon();
            }
        }
    }

    /** Calls of a processor's store. */
    private enum Call {
        GET {
            @Override
            void of(KeyValueStore<String, String> store, String key) {
                store.get(key);
            }
        },
        PUT {
            @Override
            void of(KeyValueStore<String, String> store, String key) {
                store.put(key, "v");
            }
        },
        DELETE {
            @Override
            void of(KeyValueStore<String, String> store, String key) {
                store.delete(key);
            }
        };

        abstract void of(KeyValueStore<String, String> store, String key);
    }

    private static Topology calling(Call call) {
        TextStreams streams = new TextStreams();
        streams.builder.addStateStore(kept("rows"));
        streams.stream("texts")
                .process(
                        () ->
                                new Processor<String, String, String, String>() {
                                    private KeyValueStore<String, String> rows;

                                    @Override
                                    public void init(ProcessorContext<String, String> context) {
                                        rows = context.store(ROWS);
                                    }

                                    @Override
                                    public void process(Record<String, String> record) {
                                        call.of(rows, record.value());
                                    }
                                },
                        Named.as("calls"),
                        ROWS);
        return streams.builder.build();
    }

    @Test
    void shouldRefuseInTheStoreOfAProcessorAKeyThatIsTooLongOrEmpty() {
        for (Call call : Call.values()) {
            for (boolean inFile : call == Call.GET ? List.of(false, true) : List.of(false)) {
                Topology topology = calling(call);
                try (StateEnvironment state = environment(inFile, topology);
                        ProjectionTask task = new ProjectionTask(topology, state)) {
                    pipe(task, 0, "k".repeat(511));
                    ProjectionException tooLong =
                            assertThrows(
                                    ProjectionException.class,
                                    () -> pipe(task, 1, "k".repeat(512)));
                    assertInstanceOf(LimitExceededException.class, tooLong.getCause());
                    assertEquals("calls", tooLong.node());
                    assertTrue(
                            tooLong.getMessage().contains("Give such records a shorter key"),
                            tooLong::getMessage);
                    task.abandon();
                    ProjectionException empty =
                            assertThrows(ProjectionException.class, () -> pipe(task, 1, ""));
                    assertInstanceOf(RowKeyException.class, empty.getCause());
                    assertTrue(
                            empty.getMessage().contains("has no bytes: store=rows"),
                            empty::getMessage);
                }
            }
        }
    }

    @Test
    void shouldRefuseAForeignKeyThatIsEmpty() {
        String joins = "joins of tables by foreign key: key and foreign key together";
        try (TopologyTestDriver driver = new TopologyTestDriver(topology(joins))) {
            ProjectionException failed =
                    assertThrows(
                            ProjectionException.class,
                            () -> driver.pipe("texts", "a", new TextStreams.Text("k")));
            assertInstanceOf(RowKeyException.class, failed.getCause());
        }
    }

    /** No row has such a key, so that a query finds none. */
    @Test
    void shouldFindNothingUnderAKeyThatNoRowCanHave() {
        try (TopologyTestDriver driver = new TopologyTestDriver(topology("rows"))) {
            driver.pipe("texts", "a", new TextStreams.Text("k"));
            for (String key : new String[] {"", "k".repeat(512)}) {
                assertTrue(driver.store(ROWS).get(key).isEmpty());
                assertEquals(0, driver.store(ROWS).count(RangeQuery.only(key)));
            }
        }
    }
}
