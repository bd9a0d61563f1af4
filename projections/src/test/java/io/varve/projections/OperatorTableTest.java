package io.varve.projections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.TextStreams.Text;
import io.varve.store.serde.Serdes;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of operators in the module's README, held against the code. */
class OperatorTableTest {
    private static final Path MAIN = Path.of("src/main/java/io/varve/projections");
    private static final Pattern NAME = Pattern.compile("[A-Za-z]+");
    private static final Materialized<String, Long> NUMBERS = numbers("numbers");

    /** Whose methods the table speaks of, beside the operators. */
    private static final List<Class<?>> OTHERS =
            List.of(
                    StreamsBuilder.class,
                    Topology.class,
                    Projection.class,
                    FoldBuilder.class,
                    Materialized.class,
                    Consumed.class,
                    Produced.class,
                    EmitStrategy.class,
                    Joined.class,
                    Suppressed.class);

    /** What stands for an argument. */
    private static final Set<String> ARGUMENTS =
            Set.of(
                    "category",
                    "eventSerde",
                    "function",
                    "grace",
                    "historyRetention",
                    "lateness",
                    "ref",
                    "selector",
                    "table");

    private static final Set<String> WORDS = Set.of("builder", "topology", "stream", "class");

    /** Declares a topology that uses a verb. */
    @FunctionalInterface
    private interface Use {
        void declare(TextStreams texts);
    }

    private record Line(String here, String partitions) {}

    private static List<Line> table() throws IOException {
        List<Line> lines = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("README.md"))) {
            String[] cells = line.split(" *\\| *");
            if (line.startsWith("| `") && cells.length >= 4) {
                lines.add(new Line(cells[1], cells[3]));
            }
        }
        return lines;
    }

    private static Set<String> names(List<Line> table) {
        Set<String> names = new TreeSet<>();
        Matcher code = Pattern.compile("`([^`]*)`").matcher(String.join(" ", heres(table)));
        while (code.find()) {
            Matcher name = NAME.matcher(code.group(1));
            while (name.find()) {
                names.add(name.group());
            }
        }
        names.removeAll(ARGUMENTS);
        return names;
    }

    private static List<String> heres(List<Line> table) {
        return table.stream().map(Line::here).toList();
    }

    private static Set<String> methods(Stream<Class<?>> types) {
        Set<String> methods = new TreeSet<>();
        types.flatMap(type -> Stream.of(type.getDeclaredMethods()))
                .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
                .map(Method::getName)
                .forEach(methods::add);
        return methods;
    }

    @Test
    void shouldNameEachOperator() throws IOException {
        Set<String> verbs = methods(OperatorExamplesTest.OPERATORS.stream());
        verbs.remove("ref");
        verbs.removeAll(names(table()));
        assertEquals(Set.of(), verbs);
    }

    @Test
    void shouldNameNothingThatDoesNotExist() throws IOException {
        Set<String> unknown = names(table());
        unknown.removeAll(
                methods(Stream.concat(OperatorExamplesTest.OPERATORS.stream(), OTHERS.stream())));
        unknown.removeAll(WORDS);
        unknown.removeIf(name -> Files.exists(MAIN.resolve(name + ".java")));
        unknown.remove("Class");
        assertEquals(Set.of(), unknown);
    }

    private static Materialized<String, Long> numbers(String store) {
        return Materialized.as(StoreRef.of(store), Serdes.utf8(), Serdes.int64());
    }

    private static Materialized<Windowed<String>, Long> windows(String store) {
        return Materialized.windowed(StoreRef.of(store), Serdes.utf8(), Serdes.int64());
    }

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final TimeWindows TUMBLING = TimeWindows.ofSizeWithNoGrace(MINUTE);

    /** For the beginning of each line's first cell, what is used of the verb. */
    private static Map<String, List<Use>> uses() {
        Map<String, List<Use>> uses = new LinkedHashMap<>();
        put(uses, "`builder.stream(", t -> t.stream("in"));
        put(
                uses,
                "`filter`",
                t -> t.stream("in").filter((k, v) -> true).filterNot((k, v) -> true),
                t -> t.stream("in").peek((k, v) -> {}).foreach((k, v) -> {}));
        put(
                uses,
                "`split`",
                t -> t.stream("in").split().branch((k, v) -> true).noDefaultBranch(),
                t ->
                        t.stream("in")
                                .split()
                                .branch((k, v) -> true, Branched.as("one"))
                                .defaultBranch());
        put(
                uses,
                "`map`",
                t -> t.stream("in").map(KeyValue::pair).selectKey((k, v) -> k),
                t -> t.stream("in").mapValues(v -> v).flatMapValues(v -> List.of(v)),
                t -> t.stream("in").flatMap((k, v) -> List.of(KeyValue.pair(k, v))));
        put(uses, "`merge`", t -> t.stream("in").merge(t.stream("others")));
        put(
                uses,
                "`groupBy(selector)`",
                t -> t.stream("in").groupBy((k, v) -> v),
                t -> t.stream("in").groupByKey());
        put(
                uses,
                "`withCachingEnabled`",
                t -> t.stream("in").groupByKey().count(NUMBERS.withCachingDisabled()));
        put(
                uses,
                "`count`",
                t -> t.stream("in").groupByKey().count(NUMBERS),
                t ->
                        t.stream("in")
                                .groupByKey(Grouped.with(TextStreams.TEXT, TextStreams.TEXT))
                                .reduce((one, two) -> two, TextStreams.kept("last")),
                t -> t.stream("in").groupByKey().aggregate(() -> 0L, (k, v, a) -> a, NUMBERS));
        put(
                uses,
                "`toTable`",
                t -> t.table("in").toStream(),
                t -> t.table("in").filter((k, v) -> true).filterNot((k, v) -> true),
                t -> t.table("in").mapValues(v -> v));
        put(
                uses,
                "`cogroup`",
                t -> cogroup(t).aggregate(() -> 0L, NUMBERS),
                t -> cogroup(t).windowedBy(TUMBLING).aggregate(() -> 0L, windows("windows")));
        put(
                uses,
                "`join(table)`",
                t -> t.stream("in").join(t.table("rows"), (v, row) -> v),
                t -> t.stream("in").leftJoin(t.table("rows"), (v, row) -> v));
        put(
                uses,
                "`join(table, selector)`",
                t -> t.stream("in").join(t.table("rows"), (k, v) -> v, (v, row) -> v),
                t -> t.stream("in").leftJoin(t.table("rows"), (k, v) -> v, (v, row) -> v));
        put(
                uses,
                "`Joined.withGracePeriod(",
                t ->
                        t.stream("in")
                                .join(
                                        t.stream("others")
                                                .toTable(
                                                        TextStreams.kept("rows").versioned(MINUTE)),
                                        (v, row) -> v,
                                        Joined.withGracePeriod(
                                                MINUTE,
                                                StoreRef.of("waiting"),
                                                TextStreams.TEXT,
                                                TextStreams.TEXT)));
        put(
                uses,
                "`join(stream)`",
                t -> t.stream("in").join(t.stream("others"), (a, b) -> a, spans(), kept()),
                t -> t.stream("in").outerJoin(t.stream("others"), (a, b) -> a, spans(), kept()));
        put(
                uses,
                "`Table.join`, `Table.leftJoin`, `Table.outerJoin` by key",
                t -> t.table("in").join(t.table("rows"), (a, b) -> a),
                t -> t.table("in").leftJoin(t.table("rows"), (a, b) -> a),
                t -> t.table("in").outerJoin(t.table("rows"), (a, b) -> b));
        put(
                uses,
                "`Table.join`, `Table.leftJoin` by foreign key",
                t ->
                        t.table("in")
                                .join(t.table("rows"), v -> v, (a, b) -> a, TextStreams.kept("j")));
        put(
                uses,
                "`Table.groupBy`",
                t ->
                        t.table("in")
                                .groupBy(
                                        KeyValue::pair,
                                        Grouped.with(TextStreams.TEXT, TextStreams.TEXT))
                                .count(NUMBERS));
        put(
                uses,
                "`process`",
                t -> t.stream("in").process(() -> record -> {}),
                t -> t.stream("in").processValues(() -> record -> {}));
        put(
                uses,
                "`Consumed.withTicks(lateness)`",
                t -> {
                    t.builder.stream("in", Consumed.with(TextStreams.SERDE).withTicks());
                    t.stream("in").groupByKey().windowedBy(TUMBLING).count(windows("windows"));
                });
        put(
                uses,
                "`to(category",
                t ->
                        t.stream("in")
                                .mapValues(Text::new)
                                .to("out", Produced.with(TextStreams.SERDE)));
        put(
                uses,
                "`builder.addStateStore",
                t -> {
                    t.builder.addStateStore(NUMBERS);
                    t.stream("in").process(() -> record -> {}, NUMBERS.ref());
                });
        put(
                uses,
                "`Materialized.versioned(",
                t -> t.stream("in").toTable(TextStreams.kept("rows").versioned(MINUTE)));
        put(
                uses,
                "`windowedBy(TimeWindows)`",
                t -> t.stream("in").groupByKey().windowedBy(TUMBLING).count(windows("windows")),
                t ->
                        t.stream("in")
                                .groupByKey()
                                .windowedBy(TUMBLING.advanceBy(Duration.ofSeconds(1)))
                                .count(windows("windows")));
        put(
                uses,
                "`windowedBy(SlidingWindows)`",
                t ->
                        t.stream("in")
                                .groupByKey()
                                .windowedBy(SlidingWindows.ofTimeDifferenceWithNoGrace(MINUTE))
                                .count(windows("windows")),
                t ->
                        t.stream("in")
                                .groupByKey()
                                .windowedBy(SessionWindows.ofInactivityGapWithNoGrace(MINUTE))
                                .count(windows("windows")));
        put(
                uses,
                "`emitStrategy",
                t -> onClose(t, EmitStrategy.onWindowUpdate()),
                t -> onClose(t, EmitStrategy.onWindowClose()));
        put(
                uses,
                "`Table.suppress",
                t ->
                        t.table("in")
                                .suppress(
                                        Suppressed.untilTimeLimit(
                                                MINUTE, TextStreams.kept("held"))),
                t ->
                        t.stream("in")
                                .groupByKey()
                                .windowedBy(TUMBLING)
                                .count(windows("windows"))
                                .suppress(Suppressed.untilWindowCloses(windows("held"))));
        return uses;
    }

    private static void put(Map<String, List<Use>> uses, String line, Use... use) {
        uses.put(line, List.of(use));
    }

    private static void onClose(TextStreams texts, EmitStrategy strategy) {
        texts.stream("in")
                .groupByKey()
                .windowedBy(TUMBLING)
                .emitStrategy(strategy)
                .count(windows("windows"));
    }

    private static CogroupedStream<String, Long> cogroup(TextStreams texts) {
        return texts.stream("in")
                .groupByKey()
                .<Long>cogroup((key, value, sum) -> sum)
                .cogroup(texts.stream("others").groupByKey(), (key, value, sum) -> sum);
    }

    private static JoinWindows spans() {
        return JoinWindows.ofTimeDifferenceWithNoGrace(MINUTE);
    }

    private static StreamJoined<String, String, String> kept() {
        return StreamJoined.with(
                StoreRef.of("joined"), TextStreams.TEXT, TextStreams.TEXT, TextStreams.TEXT);
    }

    private static void check(Line line, List<Use> uses) {
        for (Use use : uses) {
            TextStreams texts = new TextStreams();
            use.declare(texts);
            Topology topology = texts.builder.build();
            if (line.partitions().equals("one")) {
                assertThrows(TopologyException.class, topology::checkPartitionable, line::here);
            } else {
                topology.checkPartitionable();
                assertTrue(
                        line.partitions().equals("by key") || line.partitions().equals("any"),
                        line::here);
            }
        }
    }

    /** Lines that speak of what is used with any verb, or of folds, which are by key. */
    private static final List<String> NO_VERBS =
            List.of("`Projection.fold", "`Named`", "`topology.describe");

    @Test
    void shouldSayWhatTakesOnePartition() throws IOException {
        Map<String, List<Use>> uses = uses();
        for (Line line : table()) {
            List<String> found = uses.keySet().stream().filter(line.here()::startsWith).toList();
            if (NO_VERBS.stream().anyMatch(line.here()::startsWith)) {
                continue;
            }
            assertEquals(1, found.size(), () -> "add to uses() of this test: " + line.here());
            check(line, uses.remove(found.get(0)));
        }
        assertEquals(Set.of(), uses.keySet());
    }

    @Test
    void shouldRefuseARowBehindARowAsTheReadmeSays() {
        TextStreams counted = new TextStreams();
        counted.table("in").toStream().groupByKey().count(NUMBERS);
        assertThrows(TopologyException.class, counted.builder.build()::checkPartitionable);
        TextStreams kept = new TextStreams();
        kept.table("in").mapValues(v -> v, TextStreams.kept("again"));
        assertThrows(TopologyException.class, kept.builder.build()::checkPartitionable);
    }
}
