package io.varve.projections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.query.RangeQuery;
import io.varve.projections.query.StoreIndex;
import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.StreamId;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serdes;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.StateConfig;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Texts of a key, one behind the other, that are forgotten ten milliseconds after the last. */
class TimeToLiveTest {
    private static final long TTL = 10;
    private static final EventSerde<String> TEXT =
            EventSerde.of(String.class).type("text", String.class, Serdes.utf8()).build();
    private static final StoreRef<String, String> TEXTS = StoreRef.of("texts");
    private static final StoreRef<String, Long> FOR_EVER = StoreRef.of("for-ever");
    private static final StoreIndex<String, String, Integer> BY_LENGTH =
            StoreIndex.of("by-length", (key, text) -> text.length(), Serdes.int32());
    private static final Topology TOPOLOGY = topology(texts().withTtl(Duration.ofMillis(TTL)));

    private static Materialized<String, String> texts() {
        return Materialized.as(TEXTS, Serdes.utf8(), Serdes.utf8()).withIndex(BY_LENGTH);
    }

    private static Topology topology(Materialized<String, String> materialized) {
        StreamsBuilder builder = new StreamsBuilder();
        EventStream<String, String> notes = builder.stream("notes", Consumed.with(TEXT));
        notes.filterNot((key, text) -> text.equals("tick"))
                .groupByKey()
                .aggregate(
                        () -> "",
                        (key, text, old) -> text.equals("delete") ? null : old + text,
                        materialized);
        notes.groupByKey().count(Materialized.as(FOR_EVER).withKeySerde(Serdes.utf8()));
        return builder.build();
    }

    private static Map<String, String> rows(TopologyTestDriver driver) {
        Map<String, String> rows = new TreeMap<>();
        driver.store(TEXTS).forEach(rows::put);
        assertEquals(rows.size(), driver.store(TEXTS).count());
        assertEquals(rows.size(), driver.store(TEXTS).index(BY_LENGTH).count(RangeQuery.all()));
        return rows;
    }

    @Test
    void shouldForgetARowWhenMoreThanItsTimeHasPassedInTheLog() {
        try (TopologyTestDriver driver = new TopologyTestDriver(TOPOLOGY)) {
            driver.pipe("notes", "a", "x", 100);
            driver.pipe("notes", "b", "tick", 100 + TTL);
            assertEquals(Map.of("a", "x"), rows(driver), "not more than its time");
            driver.pipe("notes", "b", "tick", 101 + TTL);
            assertEquals(Map.of(), rows(driver));
            assertEquals(2, driver.store(FOR_EVER).count());
            driver.assertRebuildMatches();
        }
    }

    /** No event is to blame for it, and without it the next would meet the same. */
    @Test
    void shouldNameTheNodeWhoseRowCannotLeaveItsIndex() {
        AtomicReference<Error> failure = new AtomicReference<>();
        StoreIndex<String, String, Integer> failing =
                StoreIndex.of(
                        "failing",
                        (key, text) -> {
                            if (failure.get() != null) {
                                throw failure.get();
                            }
                            return text.length();
                        },
                        Serdes.int32());
        Topology topology =
                topology(
                        Materialized.as(TEXTS, Serdes.utf8(), Serdes.utf8())
                                .withIndex(failing)
                                .withTtl(Duration.ofMillis(TTL)));
        TopologyTestDriver driver = new TopologyTestDriver(topology);
        driver.pipe("notes", "a", "x", 100);
        failure.set(new AssertionError("on purpose"));
        DueWorkException failed =
                assertThrows(
                        DueWorkException.class, () -> driver.pipe("notes", "b", "tick", 101 + TTL));
        assertEquals(1, failed.position());
        assertSame(failure.get(), failed.getCause());
        assertTrue(topology.describe().contains(failed.node()), failed::getMessage);
        failure.set(null);
        driver.close();
    }

    @Test
    void shouldLiveOnWithEachChange() {
        try (TopologyTestDriver driver = new TopologyTestDriver(TOPOLOGY)) {
            driver.pipe("notes", "a", "x", 100);
            driver.pipe("notes", "a", "y", 109);
            driver.pipe("notes", "b", "tick", 119);
            assertEquals(Map.of("a", "xy"), rows(driver));
            driver.pipe("notes", "b", "tick", 120);
            assertEquals(Map.of(), rows(driver));
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldBeginAnewForAnEventThatComesTooLate() {
        for (int commitEvery : new int[] {1, 100}) {
            try (TopologyTestDriver driver = new TopologyTestDriver(TOPOLOGY)) {
                driver.commitEvery(commitEvery);
                driver.pipe("notes", "a", "x", 100);
                driver.pipe("notes", "a", "y", 111);
                assertEquals(Map.of("a", "y"), rows(driver));
                driver.assertRebuildMatches();
            }
        }
    }

    @Test
    void shouldNotGoBackInTimeWithEventsOutOfOrder() {
        try (TopologyTestDriver driver = new TopologyTestDriver(TOPOLOGY)) {
            driver.pipe("notes", "a", "x", 100);
            driver.pipe("notes", "a", "y", 95);
            driver.pipe("notes", "b", "z", 89);
            assertEquals(Map.of("a", "xy"), rows(driver), "z is older than its time to live");
            driver.pipe("notes", "c", "tick", 110);
            assertEquals(Map.of("a", "xy"), rows(driver), "as of 100, not of 95");
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldShowInTheDescription() {
        assertTrue(
                TOPOLOGY.describe().contains("texts/index/by-length, texts/ttl PT0.01S]"),
                TOPOLOGY::describe);
        assertNotEquals(TOPOLOGY.describe(), topology(texts()).describe());
        assertNotEquals(
                TOPOLOGY.describe(), topology(texts().withTtl(Duration.ofMillis(11))).describe());
    }

    @Test
    void shouldRefuseTimesThatCannotBe() {
        for (Duration time :
                List.of(
                        Duration.ZERO,
                        Duration.ofNanos(999_999),
                        Duration.ofDays(-1),
                        Duration.ofSeconds(Long.MAX_VALUE))) {
            assertThrows(IllegalArgumentException.class, () -> texts().withTtl(time));
        }
    }

    private record Aged(String text, long time) {}

    /** Each event by itself: time passes, then it is applied. */
    private static Map<String, String> expected(List<SourceEvent> events) {
        Map<String, Aged> rows = new TreeMap<>();
        long streamTime = Long.MIN_VALUE / 2;
        for (SourceEvent event : events) {
            streamTime = Math.max(streamTime, event.eventTimeMillis());
            long bound = streamTime - TTL;
            rows.values().removeIf(row -> row.time() < bound);
            String key = event.stream().key();
            String text = (String) event.value();
            if (text.equals("delete")) {
                rows.remove(key);
            } else if (!text.equals("tick")) {
                rows.merge(
                        key,
                        new Aged(text, event.eventTimeMillis()),
                        (old, now) ->
                                new Aged(old.text() + text, Math.max(old.time(), now.time())));
                rows.values().removeIf(row -> row.time() < bound);
            }
        }
        Map<String, String> texts = new TreeMap<>();
        rows.forEach((key, row) -> texts.put(key, row.text()));
        return texts;
    }

    private static List<SourceEvent> events(Random random) {
        List<SourceEvent> events = new ArrayList<>();
        long time = random.nextInt(5) == 0 ? -20 : 1_000;
        for (int i = random.nextInt(80); i >= 0; i--) {
            time += random.nextInt(12) == 0 ? random.nextInt(40) : random.nextInt(3);
            String text =
                    switch (random.nextInt(6)) {
                        case 0 -> "tick";
                        case 1 -> "delete";
                        default -> String.valueOf((char) ('a' + random.nextInt(26)));
                    };
            StreamId stream = StreamId.of("notes", "s" + random.nextInt(5));
            long late = random.nextInt(4) == 0 ? random.nextInt(2 * (int) TTL) : 0;
            events.add(SourceEvent.of(events.size(), stream, 0, "text", time - late, text));
        }
        return events;
    }

    private static void run(StateEnvironment environment, List<SourceEvent> events, Random random) {
        ProjectionTask task = AnyCache.task(TOPOLOGY, environment, random);
        int next = 0;
        while (next < events.size()) {
            task.process(events.get(next++));
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> {
                    task.commit(new Checkpoint(new UUID(0, 0), 0, next - 1, 0));
                    check(environment, events.subList(0, next));
                }
                case 3 -> {
                    task.abandon();
                    next = committed(task);
                }
                case 4 -> {
                    task.close();
                    task = AnyCache.task(TOPOLOGY, environment, random);
                    next = committed(task);
                }
                default -> {}
            }
        }
        task.commit(new Checkpoint(new UUID(0, 0), 0, next - 1, 0));
        task.close();
        check(environment, events);
    }

    private static int committed(ProjectionTask task) {
        return task.checkpoint().map(c -> (int) c.position() + 1).orElse(0);
    }

    private static void check(StateEnvironment environment, List<SourceEvent> events) {
        try (StateView view = environment.view()) {
            Map<String, String> rows = new TreeMap<>();
            TOPOLOGY.store(TEXTS, view).forEach(rows::put);
            assertEquals(expected(events), rows);
            assertEquals(rows.size(), view.table("texts/index/by-length").count());
            assertEquals(rows.size() + 1, view.table("texts/ttl").count(), "and the stream time");
            Map<String, String> byLength = new TreeMap<>();
            TOPOLOGY.store(TEXTS, view)
                    .index(BY_LENGTH)
                    .scan(
                            RangeQuery.all(),
                            (length, key, text) -> {
                                assertEquals(length, text.length());
                                return byLength.put(key, text) == null;
                            });
            assertEquals(rows, byLength);
        }
    }

    @Test
    void shouldHoldWhatAMapHoldsThatForgetsAtEachEvent() {
        for (long seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            try (StateEnvironment environment = StateEnvironment.inMemory(TOPOLOGY.tables())) {
                run(environment, events(random), random);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed=" + seed, e);
            }
        }
    }

    @Test
    void shouldHoldTheSameOnDisk(@TempDir Path folder) {
        String[] tables = TOPOLOGY.tables().toArray(String[]::new);
        for (long seed = 0; seed < 10; seed++) {
            Random random = new Random(seed);
            StateConfig config = StateConfig.at(folder.resolve("s" + seed)).withTables(tables);
            try (StateEnvironment environment = StateEnvironment.open(config)) {
                run(environment, events(random), random);
            }
        }
    }

    @Test
    void shouldRebuildToTheSameBytesWhateverTheCommits() {
        for (long seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            try (TopologyTestDriver driver = new TopologyTestDriver(TOPOLOGY)) {
                driver.commitEvery(1 + random.nextInt(9));
                for (SourceEvent event : events(random)) {
                    driver.pipe(
                            "notes", event.stream().key(), event.value(), event.eventTimeMillis());
                    if (random.nextInt(10) == 0) {
                        driver.crash();
                    }
                }
                driver.assertRebuildMatches();
            }
        }
    }

    @Test
    void shouldTellWhatACommitHasForgotten() {
        try (StateEnvironment environment = StateEnvironment.inMemory(TOPOLOGY.tables());
                ProjectionTask task = new ProjectionTask(TOPOLOGY, environment)) {
            List<String> told = new ArrayList<>();
            RowSelection<String, String> all = TOPOLOGY.select(TEXTS, RangeQuery.all());
            task.onCommit(
                    checkpoint ->
                            task.changes(
                                    all,
                                    (key, value) ->
                                            told.add(
                                                    all.key(key)
                                                            + value.map(all::value).orElse("-"))));
            String[] keys = {"d", "b", "c", "a"};
            for (int i = 0; i < keys.length; i++) {
                task.process(note(i, keys[i], "x", i < 2 ? 100 : 105));
            }
            task.commit(new Checkpoint(new UUID(0, 0), 0, 3, 0));
            assertEquals(List.of("ax", "bx", "cx", "dx"), told);
            told.clear();
            task.process(note(4, "c", "y", 112));
            task.commit(new Checkpoint(new UUID(0, 0), 0, 4, 0));
            assertEquals(List.of("b-", "cxy", "d-"), told);
            told.clear();
            task.process(note(5, "e", "tick", 200));
            task.commit(new Checkpoint(new UUID(0, 0), 0, 5, 0));
            assertEquals(List.of("a-", "c-"), told);
        }
    }

    @Test
    void shouldNotMoveARowThatExpiresWhenItDidBefore() {
        try (StubEnvironment environment = new StubEnvironment(TOPOLOGY.tables());
                ProjectionTask task = new ProjectionTask(TOPOLOGY, environment)) {
            task.process(note(0, "a", "x", 100));
            task.commit(new Checkpoint(new UUID(0, 0), 0, 0, 0));
            environment.written.clear();
            task.process(note(1, "a", "delete", 100));
            task.process(note(2, "a", "y", 100));
            task.commit(new Checkpoint(new UUID(0, 0), 0, 2, 0));
            assertEquals(
                    List.of(),
                    environment.written.stream().filter(key -> key.startsWith("-")).toList());
            task.process(note(3, "a", "z", 101));
            task.commit(new Checkpoint(new UUID(0, 0), 0, 3, 0));
            assertEquals(
                    2,
                    environment.written.stream().filter(key -> key.startsWith("-")).count(),
                    "its time, and its length");
            task.process(note(4, "b", "tick", 200));
            task.commit(new Checkpoint(new UUID(0, 0), 0, 4, 0));
            try (StateView view = environment.view()) {
                assertEquals(0, TOPOLOGY.store(TEXTS, view).count());
                assertEquals(1, view.table("texts/ttl").count(), "the stream time");
            }
        }
    }

    private static SourceEvent note(long position, String key, String text, long time) {
        return SourceEvent.of(position, StreamId.of("notes", key), 0, "text", time, text);
    }
}
