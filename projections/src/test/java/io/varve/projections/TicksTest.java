package io.varve.projections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.StreamId;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class TicksTest {
    record Click(String page) {}

    private static final EventSerde<Click> CLICKS =
            EventSerde.of(Click.class).json("click", Click.class).build();
    private static final Serde<String> TEXT = Serdes.utf8();
    private static final Serde<Long> NUMBER = Serdes.int64();
    private static final StoreRef<Windowed<String>, Long> WINDOWS = StoreRef.of("windows");
    private static final StoreRef<Windowed<String>, Long> HELD = StoreRef.of("held");
    private static final StoreRef<Windowed<String>, Long> LATER = StoreRef.of("later");
    private static final StoreRef<String, Long> TOLD = StoreRef.of("told");
    private static final StoreRef<String, String> JOINED = StoreRef.of("joined");
    private static final StoreRef<String, Long> CALLS = StoreRef.of("calls");

    private static Duration millis(long millis) {
        return Duration.ofMillis(millis);
    }

    private static TopologyTestDriver driver(Consumer<StreamsBuilder> program) {
        StreamsBuilder builder = new StreamsBuilder();
        program.accept(builder);
        return new TopologyTestDriver(Projection.of("ticks", 1, builder.build()));
    }

    private static EventStream<String, Click> clicks(StreamsBuilder builder, long lateness) {
        return builder.stream("clicks", Consumed.with(CLICKS).withTicks(millis(lateness)));
    }

    private static void pipe(TopologyTestDriver driver, String key, long time) {
        driver.pipe("clicks", key, new Click("home"), time);
    }

    private static void tick(TopologyTestDriver driver, long by) {
        driver.advanceWallClockTime(millis(by));
        driver.crash();
    }

    private static <K, V> Map<K, V> rows(TopologyTestDriver driver, StoreRef<K, V> ref) {
        Map<K, V> rows = new LinkedHashMap<>();
        driver.store(ref).forEach(rows::put);
        return rows;
    }

    /** What a table of windows tells, by the end of the window and the key. */
    private static void tell(Table<Windowed<String>, Long> table) {
        table.toStream()
                .selectKey((window, count) -> window.key() + window.window().endMillis())
                .toTable(Materialized.as(TOLD, TEXT, NUMBER));
    }

    private static TimeWindowedStream<String, Click> tens(EventStream<String, Click> clicks) {
        return clicks.groupByKey()
                .windowedBy(TimeWindows.ofSizeAndGrace(millis(10), millis(5)))
                .emitStrategy(EmitStrategy.onWindowClose());
    }

    @Test
    void shouldCloseTheWindowsOfAQuietStream() {
        try (TopologyTestDriver driver =
                driver(
                        builder ->
                                tell(
                                        tens(clicks(builder, 3))
                                                .count(
                                                        Materialized.windowed(
                                                                WINDOWS, TEXT, NUMBER))))) {
            pipe(driver, "a", 1_004);
            pipe(driver, "b", 1_011);
            tick(driver, 6); // 1017, so 1014 for clicks: the first is closed at 1015
            assertEquals(Map.of(), rows(driver, TOLD));
            tick(driver, 1);
            assertEquals(Map.of("a1010", 1L), rows(driver, TOLD));
            tick(driver, 100);
            assertEquals(Map.of("a1010", 1L, "b1020", 1L), rows(driver, TOLD));
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldLetRecordsBeLateForWindowsThatATickHasClosed() {
        try (TopologyTestDriver driver =
                driver(
                        builder ->
                                tens(clicks(builder, 0))
                                        .count(Materialized.windowed(WINDOWS, TEXT, NUMBER)))) {
            pipe(driver, "a", 1_004);
            tick(driver, 11); // 1015
            pipe(driver, "a", 1_009);
            pipe(driver, "a", 1_010);
            assertEquals(
                    Map.of(window("a", 1_000, 1_010), 1L, window("a", 1_010, 1_020), 1L),
                    rows(driver, WINDOWS));
            driver.assertRebuildMatches();
        }
    }

    private static Windowed<String> window(String key, long start, long end) {
        return new Windowed<>(key, new Window(start, end));
    }

    @Test
    void shouldCloseQuietSessionsAndSlidingWindows() {
        try (TopologyTestDriver driver =
                driver(
                        builder -> {
                            GroupedStream<String, Click> keys = clicks(builder, 0).groupByKey();
                            tell(
                                    keys.windowedBy(
                                                    SessionWindows.ofInactivityGapAndGrace(
                                                            millis(10), millis(5)))
                                            .emitStrategy(EmitStrategy.onWindowClose())
                                            .count(Materialized.windowed(WINDOWS, TEXT, NUMBER)));
                            keys.windowedBy(
                                            SlidingWindows.ofTimeDifferenceAndGrace(
                                                    millis(10), millis(5)))
                                    .emitStrategy(EmitStrategy.onWindowClose())
                                    .count(Materialized.windowed(HELD, TEXT, NUMBER))
                                    .toStream()
                                    .map((key, count) -> KeyValue.pair(key.key(), count))
                                    .toTable(Materialized.as(CALLS, TEXT, NUMBER));
                        })) {
            pipe(driver, "a", 1_000);
            pipe(driver, "a", 1_002);
            tick(driver, 3); // 1005
            assertEquals(Map.of(), rows(driver, CALLS));
            tick(driver, 1); // the sliding window that ends at 1000 is closed
            assertEquals(Map.of("a", 1L), rows(driver, CALLS));
            tick(driver, 2); // that which ends at 1002
            assertEquals(Map.of("a", 2L), rows(driver, CALLS));
            tick(driver, 9); // 1017; a session is closed behind gap and grace
            assertEquals(Map.of(), rows(driver, TOLD));
            tick(driver, 1);
            assertEquals(Map.of("a1002", 2L), rows(driver, TOLD));
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldTellOfWhatIsSuppressed() {
        try (TopologyTestDriver driver =
                driver(
                        builder -> {
                            Table<Windowed<String>, Long> counts =
                                    clicks(builder, 0)
                                            .groupByKey()
                                            .windowedBy(
                                                    TimeWindows.ofSizeAndGrace(
                                                            millis(10), millis(5)))
                                            .count(Materialized.windowed(WINDOWS, TEXT, NUMBER));
                            tell(
                                    counts.suppress(
                                            Suppressed.untilWindowCloses(
                                                    Materialized.windowed(HELD, TEXT, NUMBER))));
                        })) {
            pipe(driver, "a", 1_004);
            tick(driver, 10);
            assertEquals(Map.of(), rows(driver, TOLD));
            tick(driver, 1);
            assertEquals(Map.of("a1010", 1L), rows(driver, TOLD));
            driver.assertRebuildMatches();
        }
    }

    /** The window that tells of itself when it closes holds back what is older than the clock. */
    @Test
    void shouldNotMakeRecordsLateThatWaitedForTheirWindow() {
        try (TopologyTestDriver driver =
                driver(
                        builder ->
                                tens(clicks(builder, 0))
                                        .count(Materialized.windowed(WINDOWS, TEXT, NUMBER))
                                        .toStream()
                                        .groupBy((key, count) -> "all", Grouped.with(TEXT, NUMBER))
                                        .windowedBy(TimeWindows.ofSizeWithNoGrace(millis(100)))
                                        .count(Materialized.windowed(LATER, TEXT, NUMBER)))) {
            pipe(driver, "a", 1_095);
            tick(driver, 9); // 1104
            tick(driver, 30); // 1134: only now is the first window told of
            tick(driver, 30);
            assertEquals(Map.of(window("all", 1_000, 1_100), 1L), rows(driver, LATER));
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldTellOfUnmatchedRecordsOfAnOuterJoin() {
        try (TopologyTestDriver driver =
                driver(
                        builder -> {
                            EventStream<String, Click> clicks = clicks(builder, 0);
                            EventStream<String, Click> buys =
                                    builder.stream("buys", Consumed.with(CLICKS).withTicks());
                            clicks.outerJoin(
                                            buys,
                                            (click, buy) -> (click == null) + "/" + (buy == null),
                                            JoinWindows.ofTimeDifferenceAndGrace(
                                                    millis(10), millis(5)),
                                            StreamJoined.with(
                                                    StoreRef.of("join"), TEXT, serde(), serde()))
                                    .toTable(Materialized.as(JOINED, TEXT, TEXT));
                        })) {
            pipe(driver, "a", 1_000);
            driver.pipe("buys", "b", new Click("cart"), 1_000);
            tick(driver, 15);
            assertEquals(Map.of(), rows(driver, JOINED));
            tick(driver, 1);
            assertEquals(Map.of("a", "false/true", "b", "true/false"), rows(driver, JOINED));
            driver.assertRebuildMatches();
        }
    }

    private static Serde<Click> serde() {
        return Serdes.json(Click.class);
    }

    @Test
    void shouldLetRowsExpire() {
        try (TopologyTestDriver driver =
                driver(
                        builder ->
                                clicks(builder, 2)
                                        .groupByKey()
                                        .count(
                                                Materialized.as(TOLD, TEXT, NUMBER)
                                                        .withTtl(millis(50))))) {
            pipe(driver, "a", 1_000);
            tick(driver, 52);
            assertEquals(Map.of("a", 1L), rows(driver, TOLD));
            tick(driver, 1);
            assertEquals(Map.of(), rows(driver, TOLD));
            pipe(driver, "a", 1_050);
            assertEquals(Map.of("a", 1L), rows(driver, TOLD));
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldChangeNothingBehindSourcesWithoutTicks() {
        try (TopologyTestDriver driver =
                driver(
                        builder -> {
                            clicks(builder, 0)
                                    .groupByKey()
                                    .count(Materialized.as(TOLD, TEXT, NUMBER));
                            tens(builder.stream("other", Consumed.with(CLICKS)))
                                    .count(Materialized.windowed(WINDOWS, TEXT, NUMBER))
                                    .toStream()
                                    .map((key, count) -> KeyValue.pair(key.key(), count))
                                    .toTable(Materialized.as(CALLS, TEXT, NUMBER));
                        })) {
            driver.pipe("other", "a", new Click("home"), 1_000);
            tick(driver, 1_000_000);
            assertEquals(Map.of(), rows(driver, CALLS));
            driver.pipe("other", "b", new Click("home"), 1_000);
            assertEquals(2, rows(driver, WINDOWS).size());
            driver.assertRebuildMatches();
        }
    }

    /** Writes down when it is called, and by which time. */
    private static final class Clock implements Processor<String, Click, String, Long> {
        @Override
        public void init(ProcessorContext<String, Long> context) {
            KeyValueStore<String, Long> calls = context.store(CALLS);
            context.schedule(
                    millis(100),
                    PunctuationType.WALL_CLOCK_TIME,
                    now -> {
                        assertEquals(now, context.wallClockTime());
                        calls.put("clock " + now, context.position());
                        context.forward(new Record<>("called", now, now));
                    });
            context.schedule(
                    millis(100),
                    PunctuationType.STREAM_TIME,
                    now -> calls.put("stream " + now, context.position()));
        }

        @Override
        public void process(Record<String, Click> record) {}
    }

    private static void clock(EventStream<String, Click> clicks) {
        clicks.process(Clock::new, Named.as("clock"), CALLS)
                .toTable(Materialized.as(TOLD, TEXT, NUMBER));
    }

    private static Materialized<String, Long> calls() {
        return Materialized.as(CALLS, TEXT, NUMBER);
    }

    @Test
    void shouldPunctuateByTheClockOfTicks() {
        try (TopologyTestDriver driver =
                driver(
                        builder -> {
                            builder.withTicks().addStateStore(calls());
                            clock(builder.stream("clicks", Consumed.with(CLICKS)));
                        })) {
            pipe(driver, "a", 1_030);
            tick(driver, 0);
            tick(driver, 99);
            assertEquals(Map.of("stream 1030", 0L), rows(driver, CALLS));
            tick(driver, 1); // an interval after the first
            tick(driver, 50);
            tick(driver, 500); // once, however many were passed
            tick(driver, 49);
            tick(driver, 1);
            assertEquals(
                    Map.of("stream 1030", 0L, "clock 1130", 3L, "clock 1680", 5L, "clock 1730", 7L),
                    rows(driver, CALLS));
            assertEquals(Map.of("called", 1_730L), rows(driver, TOLD));
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldPunctuateByStreamTimeThatTicksLetPass() {
        try (TopologyTestDriver driver =
                driver(
                        builder -> {
                            builder.addStateStore(calls());
                            clock(clicks(builder, 10));
                        })) {
            pipe(driver, "a", 1_030);
            tick(driver, 79); // 1109, 1099 for clicks
            assertFalse(rows(driver, CALLS).containsKey("stream 1099"));
            tick(driver, 1);
            assertEquals(2L, rows(driver, CALLS).get("stream 1100"));
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldRefuseTheClockToTopologiesWithoutTicks() {
        TopologyException refused =
                assertThrows(
                        TopologyException.class,
                        () ->
                                driver(
                                        builder -> {
                                            builder.addStateStore(calls());
                                            clock(builder.stream("clicks", Consumed.with(CLICKS)));
                                        }));
        assertTrue(refused.remedy().contains("withTicks()"), refused.remedy());
    }

    @Test
    void shouldRefuseTwoLatenessesOfACategory() {
        TopologyException refused =
                assertThrows(
                        TopologyException.class,
                        () ->
                                driver(
                                        builder -> {
                                            clicks(builder, 1);
                                            clicks(builder, 2);
                                        }));
        assertTrue(refused.getMessage().contains("lateness=1ms refused=2ms"), refused.toString());
    }

    @Test
    void shouldKeepTheCategoryOfTicksToThem() {
        StreamsBuilder builder = new StreamsBuilder();
        assertThrows(
                TopologyException.class, () -> builder.stream("$ticks", Consumed.with(CLICKS)));
        EventStream<String, Click> clicks = clicks(builder, 0);
        assertThrows(TopologyException.class, () -> clicks.to("$ticks", Produced.with(CLICKS)));
    }

    @Test
    void shouldShowThatItReadsTicks() {
        StreamsBuilder without = new StreamsBuilder();
        without.stream("clicks", Consumed.with(CLICKS));
        assertFalse(without.build().hasTicks());
        assertFalse(without.build().describe().contains("$ticks"));
        StreamsBuilder with = new StreamsBuilder();
        clicks(with, 0);
        Topology topology = with.build();
        assertTrue(topology.hasTicks());
        assertEquals("$ticks", topology.sources().get(1).category());
        assertTrue(topology.describe().contains("Source: $ticks (topics: [$ticks])"));
    }

    /**
     * A tick at the time that is due, and no earlier, does something; until nothing is due. What
     * was told then is what a tick far in the future tells at once.
     */
    @Test
    void shouldSayWhenATickDoesSomething() {
        long seed = Long.getLong("varve.seed", 30);
        Random random = new Random(seed);
        StreamsBuilder builder = new StreamsBuilder();
        everything(builder);
        Topology topology = builder.build();
        for (int run = 0; run < 5; run++) {
            try (StateEnvironment environment = StateEnvironment.inMemory(topology.tables())) {
                List<SourceEvent> events = new ArrayList<>();
                try (ProjectionTask task = new ProjectionTask(topology, environment)) {
                    assertEquals(Timed.NEVER, task.tickDue());
                    for (int i = 0; i < 20; i++) {
                        events.add(click(i, 1_000 + random.nextInt(60)));
                        task.process(events.get(i));
                    }
                    commit(task, 19);
                    int ticks = 0;
                    long due = task.tickDue();
                    while (due != Timed.NEVER) {
                        assertTrue(ticks < 200 && due < 2_000, "seed=" + seed + " due=" + due);
                        task.process(tick(20 + ticks, due));
                        commit(task, 20 + ticks++);
                        assertTrue(task.tickDue() > due, "seed=" + seed + " due=" + due);
                        due = task.tickDue();
                    }
                    assertTrue(ticks > 0, "seed=" + seed);
                }
                assertEquals(atOnce(topology, events), told(topology, environment), "seed=" + seed);
            }
        }
    }

    private static void everything(StreamsBuilder builder) {
        EventStream<String, Click> clicks = clicks(builder, 3);
        tens(clicks)
                .count(Materialized.windowed(WINDOWS, TEXT, NUMBER))
                .toStream()
                .groupBy((key, count) -> key.key(), Grouped.with(TEXT, NUMBER))
                .windowedBy(TimeWindows.ofSizeWithNoGrace(millis(40)))
                .count(Materialized.windowed(LATER, TEXT, NUMBER))
                .suppress(Suppressed.untilWindowCloses(Materialized.windowed(HELD, TEXT, NUMBER)))
                .toStream()
                .map((key, count) -> KeyValue.pair(key.toString(), count))
                .toTable(Materialized.as(TOLD, TEXT, NUMBER));
        clicks.leftJoin(
                        clicks.filter((key, click) -> click.page().equals("buy")),
                        (click, buy) -> click.page() + buy,
                        JoinWindows.ofTimeDifferenceAndGrace(millis(4), millis(2)),
                        StreamJoined.with(StoreRef.of("join"), TEXT, serde(), serde()))
                .toTable(Materialized.as(JOINED, TEXT, TEXT));
        clicks.groupByKey().count(calls().withTtl(millis(200)));
    }

    private static SourceEvent click(int i, long time) {
        Click click = new Click(i % 3 == 0 ? "buy" : "look" + i);
        return SourceEvent.of(i, StreamId.of("clicks", "k" + i % 4), i / 4, "click", time, click);
    }

    private static SourceEvent tick(long position, long time) {
        return SourceEvent.of(position, Tick.STREAM, position, Tick.TYPE, time, Tick.READ);
    }

    private static void commit(ProjectionTask task, long position) {
        task.commit(new Checkpoint(new UUID(0, 0), 0, position, 0));
    }

    private static Map<String, String> atOnce(Topology topology, List<SourceEvent> events) {
        try (StateEnvironment environment = StateEnvironment.inMemory(topology.tables());
                ProjectionTask task = new ProjectionTask(topology, environment)) {
            events.forEach(task::process);
            // Two: what the first tells of waits once more.
            task.process(tick(20, 2_000));
            task.process(tick(21, 3_000));
            commit(task, 21);
            return told(topology, environment);
        }
    }

    private static Map<String, String> told(Topology topology, StateEnvironment environment) {
        Map<String, String> rows = new LinkedHashMap<>();
        try (StateView view = environment.view()) {
            for (StoreRef<?, ?> ref : List.of(WINDOWS, LATER, TOLD, JOINED, CALLS)) {
                topology.store(ref, view)
                        .forEach((key, value) -> rows.put(ref.name() + key, value.toString()));
            }
        }
        assertFalse(
                rows.keySet().stream().anyMatch(key -> key.startsWith("calls")), rows::toString);
        return rows;
    }
}
