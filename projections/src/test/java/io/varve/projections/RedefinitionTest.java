package io.varve.projections;

import static io.varve.projections.StatefulPrograms.millis;
import static io.varve.projections.TextStreams.TEXT;
import static io.varve.projections.TextStreams.kept;
import static io.varve.projections.TextStreams.rows;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.StatefulPrograms.Program;
import io.varve.projections.TextStreams.Text;
import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serdes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Other operators around stores that are kept. */
class RedefinitionTest {
    private static final EventSerde<Text> SERDE =
            EventSerde.of(Text.class).json("text", Text.class).build();
    private static final int EVENTS = 60;
    private static final long SEED = Long.getLong("varve.seed", 7L);

    /** Leaves records out and changes them, and only looks at others. */
    private static UnaryOperator<EventStream<String, String>> operators(
            AtomicBoolean on, String drops) {
        return stream ->
                stream.filter((key, value) -> !on.get() || !drops.equals(value))
                        .peek((key, value) -> {})
                        .mapValues(value -> on.get() && value != null ? value + "'" : value)
                        .map(KeyValue::pair);
    }

    private static Projection projection(
            Program program,
            UnaryOperator<EventStream<String, String>> before,
            UnaryOperator<EventStream<String, String>> behind) {
        StreamsBuilder builder = new StreamsBuilder();
        EventStream<String, String> left = before.apply(texts(builder, "l"));
        EventStream<String, String> right = texts(builder, "r");
        behind.apply(program.of(builder, left, right).filter((key, value) -> value != null))
                .mapValues(Text::new)
                .to("out", Produced.with(SERDE));
        return Projection.of("p", 1, builder.withTicks().build());
    }

    private static EventStream<String, String> texts(StreamsBuilder builder, String category) {
        return builder.stream(category, Consumed.with(SERDE).withTicks(millis(3)))
                .mapValues(Text::text);
    }

    private static void pipe(TopologyTestDriver driver, Random random, int n) {
        if (random.nextInt(8) == 0) {
            driver.advanceWallClockTime(millis(random.nextInt(9)));
            return;
        }
        String text =
                random.nextInt(9) == 0 ? null : List.of("a", "b", "cc").get(random.nextInt(3));
        String key = List.of("a", "b", "c").get(random.nextInt(3));
        String category = random.nextBoolean() ? "l" : "r";
        driver.pipe(category, key, new Text(text), 1_000 + n * 2L + random.nextInt(12));
    }

    private static String all(TopologyTestDriver driver, Projection projection) {
        StringBuilder all = new StringBuilder();
        driver.emitted("out", Text.class)
                .forEach(one -> all.append(one.key()).append(one.event()).append(one).append('\n'));
        for (String store : projection.topology().stores()) {
            all.append(store).append(rows(driver, StoreRef.of(store))).append('\n');
        }
        return all.toString();
    }

    static Stream<String> programs() {
        return StatefulPrograms.all().keySet().stream();
    }

    /**
     * The oracle has the operators from the beginning, and they do nothing until they are inserted
     * here, and nothing again when they are taken out.
     */
    @ParameterizedTest
    @MethodSource("programs")
    void shouldGoOnAsIfInsertedOperatorsHadBeenThereFromThatPosition(String name) {
        Program program = StatefulPrograms.all().get(name);
        AtomicBoolean always = new AtomicBoolean(true);
        AtomicBoolean on = new AtomicBoolean();
        UnaryOperator<EventStream<String, String>> none = UnaryOperator.identity();
        Projection plain = projection(program, none, none);
        Projection wider = projection(program, operators(always, "cc"), operators(always, "never"));
        Projection oracle = projection(program, operators(on, "cc"), operators(on, "never"));
        try (TopologyTestDriver driver = new TopologyTestDriver(plain);
                TopologyTestDriver expected = new TopologyTestDriver(oracle)) {
            driver.crashAfterEachCommit().commitEvery(3);
            expected.commitEvery(3);
            Random random = new Random(SEED);
            Random same = new Random(SEED);
            for (int i = 0; i < EVENTS; i++) {
                if (i % (EVENTS / 4) == EVENTS / 4 - 1) {
                    expected.commit();
                    on.set(!on.get());
                    StoreTransition transition = driver.redefine(on.get() ? wider : plain);
                    assertEquals(List.of(), transition.added());
                    assertEquals(List.of(), transition.dropped());
                }
                pipe(driver, random, i);
                pipe(expected, same, i);
                if (i % 20 == 0) {
                    assertEquals(all(expected, oracle), all(driver, plain), name + " " + i);
                }
            }
            assertEquals(all(expected, oracle), all(driver, plain), name + " seed=" + SEED);
            driver.crash();
            driver.assertRebuildMatches();
        }
    }

    private static Table<String, Long> counted(StreamsBuilder builder, String store) {
        return texts(builder, "l")
                .groupByKey(Grouped.with(TEXT, TEXT))
                .count(Materialized.as(StoreRef.of(store), TEXT, Serdes.int64()));
    }

    private static Projection counting(String... stores) {
        StreamsBuilder builder = new StreamsBuilder();
        Stream.of(stores).forEach(store -> counted(builder, store));
        return Projection.of("p", 1, builder.build());
    }

    private static Projection countingIf(boolean taken) {
        StreamsBuilder builder = new StreamsBuilder();
        texts(builder, "l")
                .filter((key, value) -> taken)
                .groupByKey(Grouped.with(TEXT, TEXT))
                .count(Materialized.as(StoreRef.of("one"), TEXT, Serdes.int64()));
        return Projection.of("p", 1, builder.build());
    }

    @Test
    void shouldRebuildWithADefinitionFromBeforeTheFirstEvent() {
        StoreRef<String, Long> one = StoreRef.of("one");
        try (TopologyTestDriver driver = new TopologyTestDriver(countingIf(false))) {
            driver.redefine(countingIf(true));
            driver.pipe("l", "k", new Text("a"), 1_000);
            assertEquals("[k=1]", rows(driver, one).toString());
            driver.assertRebuildMatches();
        }
    }

    /** The store goes and comes back, each time before the events of that number. */
    @ParameterizedTest
    @CsvSource({"0,0", "0,1", "0,2", "1,1", "1,2", "2,2"})
    void shouldRebuildAStoreThatWasDroppedAndAddedAgain(int dropped, int added) {
        Projection both = counting("one", "two");
        try (TopologyTestDriver driver = new TopologyTestDriver(both)) {
            for (int n = 0; n < 3; n++) {
                if (n == dropped) {
                    driver.redefine(counting("one"));
                }
                if (n == added) {
                    driver.redefine(both);
                }
                driver.pipe("l", "k", new Text("a"), 1_000);
                driver.crash();
            }
            StoreRef<String, Long> two = StoreRef.of("two");
            assertEquals("[k=" + (3 - added) + "]", rows(driver, two).toString());
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldBeginANewStoreEmptyAndRemoveTheRowsOfOneThatIsNotDeclaredAnyMore() {
        try (TopologyTestDriver driver = new TopologyTestDriver(counting("first"))) {
            driver.pipe("l", "k", new Text("v"));
            StoreTransition transition = driver.redefine(counting("new", "first"));
            assertEquals(List.of("new"), transition.added());
            assertTrue(transition.kept().contains("first"));
            driver.pipe("l", "k", new Text("v"));
            assertEquals(List.of("k=2"), rows(driver, StoreRef.of("first")));
            assertEquals(List.of("k=1"), rows(driver, StoreRef.of("new")));
            assertEquals(List.of("first"), driver.redefine(counting("new")).dropped());
            driver.pipe("l", "k", new Text("v"));
            driver.redefine(counting("new", "first"));
            driver.pipe("l", "k", new Text("v"));
            assertEquals(List.of("k=1"), rows(driver, StoreRef.of("first")));
            assertEquals(List.of("k=3"), rows(driver, StoreRef.of("new")));
            driver.assertRebuildMatches();
        }
    }

    private static Projection windowed(TimeWindows windows, String... categories) {
        StreamsBuilder builder = new StreamsBuilder();
        List<GroupedStream<String, String>> groups = new ArrayList<>();
        for (String category : categories) {
            groups.add(texts(builder, category).groupByKey(Grouped.with(TEXT, TEXT)));
        }
        CogroupedStream<String, String> all = groups.get(0).cogroup((k, v, sum) -> sum + v);
        for (GroupedStream<String, String> one : groups.subList(1, groups.size())) {
            all = all.cogroup(one, (k, v, sum) -> sum + v);
        }
        all.windowedBy(windows)
                .aggregate(() -> "", Materialized.windowed(StoreRef.of("w"), TEXT, TEXT));
        return Projection.of("p", 1, builder.build());
    }

    private static List<String> changed(Projection before, Projection now) {
        return StoreTransition.between(before.topology().describeStores(), now.topology())
                .changed();
    }

    @Test
    void shouldTellInWhatAStoreIsAnother() {
        StreamsBuilder texts = new StreamsBuilder();
        texts(texts, "l").groupByKey(Grouped.with(TEXT, TEXT)).reduce((a, b) -> b, kept("first"));
        Projection reduced = Projection.of("p", 1, texts.build());
        assertEquals(
                List.of("store=first was=[first value=int64] is=[first value=utf8]"),
                changed(counting("first"), reduced));
        try (TopologyTestDriver driver = new TopologyTestDriver(counting("first"))) {
            driver.pipe("l", "k", new Text("v"));
            TopologyException refused =
                    assertThrows(TopologyException.class, () -> driver.redefine(reduced));
            assertTrue(refused.getMessage().contains("first value=int64"), refused.getMessage());
            driver.pipe("l", "k", new Text("v"));
            assertEquals(List.of("k=2"), rows(driver, StoreRef.of("first")));
        }
        StreamsBuilder expiring = new StreamsBuilder();
        texts(expiring, "l")
                .groupByKey(Grouped.with(TEXT, TEXT))
                .count(
                        Materialized.<String, Long>as(StoreRef.of("first"), TEXT, Serdes.int64())
                                .withTtl(millis(9)));
        assertTrue(
                changed(counting("first"), Projection.of("p", 1, expiring.build()))
                        .get(0)
                        .contains("ttl=PT0.009S"));
        TimeWindows tens = TimeWindows.ofSizeWithNoGrace(millis(10));
        assertEquals(
                List.of(
                        "store=w was=[time windows size=PT0.01S advance=PT0.01S]"
                                + " is=[time windows size=PT0.01S advance=PT0.005S]"),
                changed(windowed(tens, "l"), windowed(tens.advanceBy(millis(5)), "l")));
    }

    @Test
    void shouldTellGroupsApartByWhatTheyRead() {
        TimeWindows tens = TimeWindows.ofSizeWithNoGrace(millis(10));
        Projection two = windowed(tens, "a", "b");
        assertEquals(List.of(), changed(two, windowed(tens, "a", "b", "c")));
        assertEquals(List.of(), changed(two, windowed(tens, "a")));
        assertEquals(
                List.of(
                        "store=w was=[cogroup 0 of [a], cogroup 1 of [b]]"
                                + " is=[cogroup 0 of [b], cogroup 1 of [a]]"),
                changed(two, windowed(tens, "b", "a")));
        assertFalse(changed(two, windowed(tens, "c", "a", "b")).isEmpty());
    }

    @Test
    void shouldKnowTopologiesByTheirFingerprints() {
        String one = counting("first").topology().fingerprint();
        assertEquals(one, counting("first").topology().fingerprint());
        assertTrue(one.matches("[0-9a-f]{12}"), one);
        assertFalse(one.equals(counting("second").topology().fingerprint()));
        TimeWindows tens = TimeWindows.ofSizeWithNoGrace(millis(10));
        assertFalse(
                windowed(tens, "l")
                        .topology()
                        .fingerprint()
                        .equals(windowed(tens.advanceBy(millis(5)), "l").topology().fingerprint()));
    }

    private static Projection scheduled(Map<String, Integer> nodes) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.addStateStore(kept("calls"));
        EventStream<String, String> texts = texts(builder, "l");
        nodes.forEach(
                (node, interval) ->
                        texts.process(
                                () -> new Calls(node, interval),
                                Named.as(node),
                                StoreRef.of("calls")));
        return Projection.of("p", 1, builder.build());
    }

    private static final class Calls implements Processor<String, String, String, String> {
        private final String node;
        private final int interval;

        Calls(String node, int interval) {
            this.node = node;
            this.interval = interval;
        }

        @Override
        public void init(ProcessorContext<String, String> context) {
            KeyValueStore<String, String> calls = context.store(StoreRef.of("calls"));
            context.schedule(
                    millis(interval),
                    PunctuationType.STREAM_TIME,
                    now -> calls.put(node, calls.get(node).orElse("") + now + " "));
        }

        @Override
        public void process(Record<String, String> record) {}
    }

    @Test
    void shouldForgetWhatWasScheduledByANodeThatIsGone() {
        Projection both = scheduled(Map.of("a", 10, "b", 100));
        try (TopologyTestDriver driver = new TopologyTestDriver(both)) {
            driver.pipe("l", "k", new Text("v"), 5);
            driver.redefine(scheduled(Map.of("a", 10)));
            driver.pipe("l", "k", new Text("v"), 17);
            driver.redefine(both);
            driver.pipe("l", "k", new Text("v"), 18);
            driver.pipe("l", "k", new Text("v"), 25);
            // As one that has never been there, it is due at once.
            assertEquals(List.of("a=5 17 25 ", "b=5 18 "), rows(driver, StoreRef.of("calls")));
            driver.assertRebuildMatches();
        }
    }
}
