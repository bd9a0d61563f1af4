package io.varve.projections;

import static io.varve.projections.StatefulPrograms.millis;
import static io.varve.projections.TextStreams.TEXT;
import static io.varve.projections.TextStreams.kept;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.query.StoreIndex;
import io.varve.store.serde.Serdes;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Topologies that compute other rows, or the same at other times, have other fingerprints. */
class FingerprintTest {
    private static final Named N = Named.as("n");
    private final Map<String, Consumer<TextStreams>> topologies = new LinkedHashMap<>();

    private static Materialized<String, Long> counts() {
        return Materialized.as(StoreRef.of("o"), TEXT, Serdes.int64());
    }

    private static Materialized<Windowed<String>, Long> windowCounts() {
        return Materialized.windowed(StoreRef.of("o"), TEXT, Serdes.int64());
    }

    private static Materialized<String, String> out() {
        return kept("o");
    }

    private static Grouped<String, String> texts() {
        return Grouped.with(TEXT, TEXT);
    }

    private static GroupedStream<String, String> group(TextStreams texts) {
        return texts.stream("a").groupByKey(texts());
    }

    private void named(
            String name, Function<EventStream<String, String>, EventStream<String, String>> made) {
        topologies.put(name, texts -> made.apply(texts.stream("a")).toTable(out()));
    }

    private void windows(String name, Function<GroupedStream<String, String>, ?> made) {
        topologies.put(name, texts -> made.apply(group(texts)));
    }

    private void tables(
            String name, BiConsumer<Table<String, String>, Table<String, String>> made) {
        topologies.put(name, texts -> made.accept(texts.table("a"), texts.table("b")));
    }

    private void stateless() {
        named("plain", all -> all);
        named("filter", all -> all.filter((k, v) -> true, N));
        named("filterNot", all -> all.filterNot((k, v) -> true, N));
        named("map", all -> all.map(KeyValue::pair, N));
        named("mapValues", all -> all.mapValues(v -> v, N));
        named("flatMap", all -> all.flatMap((k, v) -> List.of(KeyValue.pair(k, v)), N));
        named("flatMapValues", all -> all.flatMapValues(v -> List.of(v), N));
        named("selectKey", all -> all.selectKey((k, v) -> k, N));
        named("peek", all -> all.peek((k, v) -> {}, N));
        named("process", all -> all.process(() -> record -> {}, N));
        named("processValues", all -> all.processValues(() -> record -> {}, N));
        named("merge", all -> all.merge(all, N));
        named(
                "branch",
                all ->
                        all.split(N)
                                .branch((k, v) -> k.isEmpty(), Branched.as("x"))
                                .branch((k, v) -> true, Branched.as("y"))
                                .noDefaultBranch()
                                .get("ny"));
        named(
                "default branch",
                all ->
                        all.split(N)
                                .branch((k, v) -> k.isEmpty(), Branched.as("x"))
                                .defaultBranch(Branched.as("y"))
                                .get("ny"));
    }

    private void groups() {
        windows("count", all -> all.count(N, counts()));
        windows("aggregate", all -> all.aggregate(() -> 0L, (k, v, sum) -> sum, N, counts()));
        windows("reduce", all -> all.reduce((one, two) -> two, N, out()));
        windows("reduce, by index", all -> all.reduce((one, two) -> two, N, indexed(false)));
        windows("reduce, by many", all -> all.reduce((one, two) -> two, N, indexed(true)));
        tables("count rows", (a, b) -> grouped(a).count(N, counts()));
        tables(
                "aggregate rows",
                (a, b) ->
                        grouped(a)
                                .aggregate(
                                        () -> 0L,
                                        (k, v, sum) -> sum,
                                        (k, v, sum) -> sum,
                                        N,
                                        counts()));
        tables("reduce rows", (a, b) -> grouped(a).reduce((x, y) -> x, (x, y) -> x, N, out()));
        tables("filter rows", (a, b) -> a.filter((k, v) -> true, N, out()));
        tables("filterNot rows", (a, b) -> a.filterNot((k, v) -> true, N, out()));
        tables("mapValues rows", (a, b) -> a.mapValues(v -> v, N, out()));
    }

    private static GroupedTable<String, String> grouped(Table<String, String> table) {
        return table.groupBy(KeyValue::pair, texts());
    }

    private static Materialized<String, String> indexed(boolean many) {
        return out().withIndex(
                        many
                                ? StoreIndex.ofMany("i", (k, v) -> List.of(v), TEXT)
                                : StoreIndex.of("i", (k, v) -> v, TEXT));
    }

    private void windowed() {
        for (int grace = 1; grace <= 2; grace++) {
            Duration some = millis(grace);
            String with = ", grace " + grace;
            TimeWindows time = TimeWindows.ofSizeAndGrace(millis(10), some);
            SlidingWindows sliding = SlidingWindows.ofTimeDifferenceAndGrace(millis(10), some);
            SessionWindows sessions = SessionWindows.ofInactivityGapAndGrace(millis(10), some);
            windows("time" + with, all -> all.windowedBy(time).count(N, windowCounts()));
            windows(
                    "hops" + with,
                    all -> all.windowedBy(time.advanceBy(millis(5))).count(N, windowCounts()));
            windows("sliding" + with, all -> all.windowedBy(sliding).count(N, windowCounts()));
            windows("sessions" + with, all -> all.windowedBy(sessions).count(N, windowCounts()));
            windows(
                    "cogroup" + with,
                    all ->
                            all.<Long>cogroup((k, v, sum) -> sum)
                                    .windowedBy(time)
                                    .aggregate(() -> 0L, N, windowCounts()));
        }
        TimeWindows time = TimeWindows.ofSizeAndGrace(millis(10), millis(1));
        windows(
                "aggregate in windows",
                all ->
                        all.windowedBy(time)
                                .aggregate(() -> 0L, (k, v, sum) -> sum, N, windowCounts()));
        windows(
                "aggregate in sessions",
                all ->
                        all.windowedBy(
                                        SessionWindows.ofInactivityGapAndGrace(
                                                millis(10), millis(1)))
                                .aggregate(
                                        () -> 0L,
                                        (k, v, sum) -> sum,
                                        (k, one, two) -> one,
                                        N,
                                        windowCounts()));
        windows(
                "on close",
                all ->
                        all.windowedBy(time)
                                .emitStrategy(EmitStrategy.onWindowClose())
                                .count(N, windowCounts()));
    }

    private void joins() {
        ValueJoiner<String, String, String> joiner = (one, two) -> one;
        tables("join", (a, b) -> a.join(b, joiner, N, out()));
        tables("leftJoin", (a, b) -> a.leftJoin(b, joiner, N, out()));
        tables("outerJoin", (a, b) -> a.outerJoin(b, joiner, N, out()));
        tables("join, other way", (a, b) -> b.join(a, joiner, N, out()));
        tables("join by", (a, b) -> a.join(b, v -> v, joiner, TableJoined.as("n"), out()));
        tables("leftJoin by", (a, b) -> a.leftJoin(b, v -> v, joiner, TableJoined.as("n"), out()));
        JoinWindows near = JoinWindows.ofTimeDifferenceAndGrace(millis(10), millis(1));
        StreamJoined<String, String, String> how =
                StreamJoined.with(StoreRef.of("j"), TEXT, TEXT, TEXT);
        for (String which : List.of("inner", "left", "outer", "earlier", "later")) {
            topologies.put(
                    "streams " + which,
                    texts -> {
                        EventStream<String, String> a = texts.stream("a");
                        EventStream<String, String> b = texts.stream("b");
                        (switch (which) {
                                    case "inner" -> a.join(b, joiner, near, how);
                                    case "left" -> a.leftJoin(b, joiner, near, how);
                                    case "outer" -> a.outerJoin(b, joiner, near, how);
                                    case "earlier" ->
                                            a.join(b, joiner, near.before(millis(1)), how);
                                    default -> a.join(b, joiner, near.after(millis(1)), how);
                                })
                                .toTable(out());
                    });
        }
        beside("beside", (all, rows) -> all.join(rows, joiner, Joined.as("n")));
        beside("beside, left", (all, rows) -> all.leftJoin(rows, joiner, Joined.as("n")));
        beside("selected", (all, rows) -> all.join(rows, (k, v) -> v, joiner, N));
        beside("selected, left", (all, rows) -> all.leftJoin(rows, (k, v) -> v, joiner, N));
        for (int grace = 5; grace <= 6; grace++) {
            Joined<String, String> waits =
                    Joined.<String, String>withGracePeriod(
                                    millis(grace), StoreRef.of("w"), TEXT, TEXT)
                            .withName("n");
            beside("waits " + grace, (all, rows) -> all.join(rows, joiner, waits));
        }
    }

    private interface Beside {
        EventStream<String, String> of(EventStream<String, String> all, Table<String, String> rows);
    }

    private void beside(String name, Beside join) {
        topologies.put(
                name,
                texts ->
                        join.of(
                                        texts.stream("a"),
                                        texts.stream("b")
                                                .toTable(kept("rows").versioned(millis(99))))
                                .toTable(out()));
    }

    private void heldBack() {
        held("for 5", Suppressed.untilTimeLimit(millis(5), kept("h")));
        held("for 6", Suppressed.untilTimeLimit(millis(6), kept("h")));
        BufferConfig five = BufferConfig.maxRecords(5);
        held("five", Suppressed.untilTimeLimit(millis(5), five, kept("h")));
        held("six", Suppressed.untilTimeLimit(millis(5), five.withMaxRecords(6), kept("h")));
    }

    private void held(String name, Suppressed<String, String> how) {
        tables("held " + name, (a, b) -> a.suppress(how.withName("n")).toStream().toTable(out()));
    }

    private void sourcesAndOrder() {
        for (int late = 5; late <= 6; late++) {
            Consumed<TextStreams.Text> ticks =
                    Consumed.with(TextStreams.SERDE).withTicks(millis(late));
            topologies.put(
                    "late " + late,
                    texts ->
                            texts.builder.stream("a", ticks)
                                    .mapValues(TextStreams.Text::text)
                                    .toTable(out()));
        }
        for (List<String> order : List.of(List.of("n", "m"), List.of("m", "n"))) {
            topologies.put(
                    "processors " + order,
                    texts -> {
                        texts.builder.addStateStore(out());
                        EventStream<String, String> all = texts.stream("a");
                        order.forEach(
                                node ->
                                        all.process(
                                                () -> record -> {},
                                                Named.as(node),
                                                StoreRef.of("o")));
                    });
        }
    }

    private Topology topology(String name) {
        return topology(topologies.get(name));
    }

    private static Topology topology(Consumer<TextStreams> declaration) {
        TextStreams texts = new TextStreams();
        declaration.accept(texts);
        return texts.builder.build();
    }

    private String fingerprint(String name) {
        return topology(name).fingerprint();
    }

    private void all() {
        stateless();
        groups();
        windowed();
        joins();
        heldBack();
        sourcesAndOrder();
    }

    @Test
    void shouldTellAnyTwoApartWhateverTheirNodesAreNamed() {
        all();
        Map<String, List<String>> names =
                topologies.keySet().stream().collect(Collectors.groupingBy(this::fingerprint));
        assertEquals(List.of(), names.values().stream().filter(one -> one.size() > 1).toList());
        topologies
                .keySet()
                .forEach(name -> assertEquals(List.of(name), names.get(fingerprint(name))));
    }

    /** Where a buffer is full the projection fails; its limits may be raised, and it goes on. */
    @Test
    void shouldNotTellLimitsApartThatChangeNoRow() {
        StrictBufferConfig five = BufferConfig.maxRecords(5).shutDownWhenFull();
        held("five at most", Suppressed.untilTimeLimit(millis(5), five, kept("h")));
        held("six", Suppressed.untilTimeLimit(millis(5), five.withMaxRecords(6), kept("h")));
        assertEquals(fingerprint("held five at most"), fingerprint("held six"));
    }

    private static TopologyTexts texts(Topology topology) {
        return new TopologyTexts(
                topology.describe(),
                topology.describeSerdes(),
                topology.describeStores(),
                topology.describeOperators());
    }

    @Test
    void shouldTellAnyTwoApartByWhatTheyMean() {
        all();
        Map<String, TopologyTexts> each = new LinkedHashMap<>();
        topologies.keySet().forEach(name -> each.put(name, texts(topology(name))));
        each.forEach(
                (name, one) ->
                        assertEquals(
                                List.of(name),
                                each.entrySet().stream()
                                        .filter(other -> one.meansTheSameAs(other.getValue()))
                                        .map(Map.Entry::getKey)
                                        .toList()));
    }

    /** Does the steps in one order, and in the other. */
    private static boolean areTheSame(
            Consumer<TextStreams> first, Consumer<TextStreams> second, Consumer<TextStreams> last) {
        TopologyTexts one = texts(topology(first.andThen(second).andThen(last)));
        TopologyTexts other = texts(topology(second.andThen(first).andThen(last)));
        assertNotEquals(one, other);
        assertEquals(one.meansTheSameAs(other), other.meansTheSameAs(one));
        return one.meansTheSameAs(other);
    }

    private static Consumer<TextStreams> source(String category) {
        return texts -> texts.stream(category);
    }

    private static Consumer<TextStreams> table(String category) {
        return texts ->
                texts.stream(category).filter((k, v) -> true).toTable(kept(category + "-rows"));
    }

    private static Consumer<TextStreams> windowsOf(String category) {
        return texts ->
                texts.stream(category)
                        .groupByKey(texts())
                        .windowedBy(TimeWindows.ofSizeWithNoGrace(millis(5)))
                        .emitStrategy(EmitStrategy.onWindowClose())
                        .count(
                                Materialized.windowed(
                                        StoreRef.of(category + "-windows"), TEXT, Serdes.int64()));
    }

    @Test
    void shouldNotMindTheOrderOfIndependentNodes() {
        Consumer<TextStreams> nothing = texts -> {};
        Consumer<TextStreams> join =
                texts ->
                        texts.stream("a")
                                .leftJoin(texts.table("b"), (one, two) -> one)
                                .toTable(out());
        assertTrue(areTheSame(source("a"), source("b"), join));
        assertTrue(areTheSame(table("a"), table("b"), nothing));
        assertTrue(areTheSame(table("a"), windowsOf("b"), join.andThen(table("c"))));
    }

    @Test
    void shouldMindTheOrderOfNodesThatMeet() {
        Consumer<TextStreams> nothing = texts -> {};
        assertFalse(
                areTheSame(table("a"), texts -> texts.stream("a").toTable(out()), nothing),
                "an event comes to one after the other");
        assertFalse(areTheSame(windowsOf("a"), windowsOf("b"), nothing), "both may be due at once");
        Consumer<TextStreams> emits =
                texts ->
                        texts.stream("c")
                                .mapValues(TextStreams.Text::new)
                                .to("sent", Produced.with(TextStreams.SERDE));
        assertFalse(areTheSame(source("a"), table("b"), emits.andThen(table("a"))), "is numbered");
    }
}
