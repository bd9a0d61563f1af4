package io.varve.projections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.query.RangeQuery;
import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.StreamId;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serdes;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateView;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TimeWindowsTest {
    private static final EventSerde<String> TEXT =
            EventSerde.of(String.class).type("text", String.class, Serdes.utf8()).build();
    private static final StoreRef<Windowed<String>, Long> COUNTS = StoreRef.of("counts");
    private static final StoreRef<Windowed<String>, String> TEXTS = StoreRef.of("texts");
    private static final StoreRef<String, String> TOLD = StoreRef.of("told");
    private static final StoreRef<Windowed<String>, String> TOLD_AT = StoreRef.of("told-at");
    private static final TimeWindows TUMBLING = TimeWindows.ofSizeWithNoGrace(millis(10));

    private final StreamsBuilder builder = new StreamsBuilder();
    private final EventStream<String, String> words = builder.stream("words", Consumed.with(TEXT));
    private final GroupedStream<String, String> grouped =
            words.groupByKey(Grouped.with(Serdes.utf8(), Serdes.utf8()));

    private static Duration millis(long n) {
        return Duration.ofMillis(n);
    }

    private static Windowed<String> key(String key, long start, long end) {
        return new Windowed<>(key, new Window(start, end));
    }

    /** What is told of a table, in order, and beside that by the times of the records. */
    private static void tell(Table<Windowed<String>, ?> table) {
        GroupedStream<String, String> told =
                table.toStream()
                        .map(
                                (key, value) ->
                                        new KeyValue<>(
                                                "all",
                                                key.key() + key.window().startMillis() + value))
                        .groupByKey(Grouped.with(Serdes.utf8(), Serdes.utf8()));
        told.reduce((old, next) -> old + " " + next, Materialized.as(TOLD));
        told.windowedBy(TimeWindows.ofSizeAndGrace(millis(1), millis(1_000_000)))
                .reduce((old, next) -> old + " " + next, Materialized.as(TOLD_AT));
    }

    private static String told(TopologyTestDriver driver) {
        return driver.store(TOLD).get("all").orElse("");
    }

    private static String toldAt(TopologyTestDriver driver, long time) {
        return driver.store(TOLD_AT).get(key("all", time, time + 1)).orElse("");
    }

    private TopologyTestDriver driver() {
        return new TopologyTestDriver(builder.build());
    }

    @Test
    void shouldCountInTumblingWindows() {
        grouped.windowedBy(TUMBLING).count(Materialized.as(COUNTS));
        try (TopologyTestDriver driver = driver()) {
            driver.pipe("words", "a", "x", 0);
            driver.pipe("words", "b", "x", 5);
            driver.pipe("words", "a", "x", 9);
            driver.pipe("words", "a", "x", 10);
            driver.crash();
            driver.pipe("words", "a", "x", 19);
            assertEquals(
                    List.of(
                            Map.entry(key("a", 0, 10), 2L),
                            Map.entry(key("a", 10, 20), 2L),
                            Map.entry(key("b", 0, 10), 1L)),
                    driver.store(COUNTS).all());
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldPutARecordInEachHoppingWindowThatSpansIt() {
        grouped.windowedBy(TUMBLING.advanceBy(millis(4)))
                .reduce((old, next) -> old + next, Materialized.as(TEXTS));
        try (TopologyTestDriver driver = driver()) {
            driver.pipe("words", "a", "x", 3);
            driver.pipe("words", "a", "y", 13);
            driver.pipe("words", "a", "z", 8);
            assertEquals(
                    List.of(
                            Map.entry(key("a", 0, 10), "x"),
                            Map.entry(key("a", 4, 14), "yz"),
                            Map.entry(key("a", 8, 18), "yz"),
                            Map.entry(key("a", 12, 22), "y")),
                    driver.store(TEXTS).all(),
                    "none begins before 1970; [0, 10) was closed at 13");
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldTakeLateRecordsAsLongAsTheGracePeriodLastsAlsoAfterACrash() {
        tell(
                grouped.windowedBy(TimeWindows.ofSizeAndGrace(millis(10), millis(5)))
                        .reduce((old, next) -> old + next, Materialized.as(TEXTS)));
        try (TopologyTestDriver driver = driver()) {
            driver.pipe("words", "a", "x", 6);
            driver.pipe("words", "b", "y", 14);
            driver.pipe("words", "a", "z", 4);
            assertEquals(Optional.of("xz"), driver.store(TEXTS).get(key("a", 0, 10)));
            driver.pipe("words", "b", "y", 15);
            driver.crash();
            driver.pipe("words", "a", "late", 9);
            driver.pipe("words", "c", "late", 9);
            assertEquals(Optional.of("xz"), driver.store(TEXTS).get(key("a", 0, 10)));
            assertEquals("a0x b10y a0xz b10yy", told(driver));
            assertEquals("a0x a0xz", toldAt(driver, 6), "the time of a row is its latest");
            assertEquals("b10yy", toldAt(driver, 15));
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldDeleteOnNullAndBeginAnew() {
        tell(
                grouped.windowedBy(TUMBLING)
                        .aggregate(
                                () -> "",
                                (key, word, old) -> word.equals("end") ? null : old + word,
                                Materialized.as(TEXTS).withValueSerde(Serdes.utf8())));
        try (TopologyTestDriver driver = driver()) {
            driver.pipe("words", "a", "x", 5);
            driver.pipe("words", "a", "end", 4);
            assertEquals(0, driver.store(TEXTS).count());
            driver.pipe("words", "a", "y", 3);
            assertEquals("a0x a0null a0y", told(driver));
            assertEquals("a0x a0null", toldAt(driver, 5));
            assertEquals("a0y", toldAt(driver, 3));
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldCountLateRecordsOfTheTask() {
        grouped.windowedBy(TUMBLING.advanceBy(millis(5))).count(Materialized.as(COUNTS));
        Topology topology = builder.build();
        try (StateEnvironment environment = StateEnvironment.inMemory(topology.tables());
                ProjectionTask task = new ProjectionTask(topology, environment)) {
            long[] times = {20, 14, 9, 20};
            for (int i = 0; i < times.length; i++) {
                StreamId stream = StreamId.of("words", "a");
                task.process(SourceEvent.of(i, stream, i, "text", times[i], "x"));
            }
            assertEquals(4, task.lateRecords().total(), "14 and 9 for two windows each");
            task.commit(new Checkpoint(new UUID(0, 0), 0, 3, 0));
        }
    }

    @Test
    void shouldFindWindowsOfAKeyByRange() {
        grouped.windowedBy(TUMBLING).count(Materialized.as(COUNTS));
        try (TopologyTestDriver driver = driver()) {
            for (int i = 0; i < 50; i++) {
                driver.pipe("words", i % 2 == 0 ? "a" : "ab", "x", i);
            }
            assertEquals(
                    List.of(Map.entry(key("a", 10, 20), 5L), Map.entry(key("a", 20, 30), 5L)),
                    driver.store(COUNTS)
                            .list(RangeQuery.between(key("a", 10, 10), key("a", 30, 30))));
            assertEquals(5, driver.store(COUNTS).count(RangeQuery.prefix("ab", Serdes.utf8())));
        }
    }

    @Test
    void shouldForgetWindowsByTheirStart() {
        grouped.windowedBy(TUMBLING).count(Materialized.as(COUNTS).withTtl(millis(30)));
        try (TopologyTestDriver driver = driver()) {
            driver.pipe("words", "a", "x", 5);
            driver.pipe("words", "a", "x", 9);
            driver.pipe("words", "a", "x", 30);
            assertEquals(2, driver.store(COUNTS).count(), "30 after its start is not more");
            driver.pipe("words", "a", "x", 31);
            assertEquals(List.of(Map.entry(key("a", 30, 40), 2L)), driver.store(COUNTS).all());
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldPassOverRecordsWithoutKeyAndCountThoseWithoutValue() {
        words.map((key, word) -> new KeyValue<>(word.equals("none") ? null : key, word))
                .mapValues(word -> word.equals("null") ? null : word)
                .groupByKey(Grouped.with(Serdes.utf8(), Serdes.utf8()))
                .windowedBy(TUMBLING)
                .count(Materialized.as(COUNTS));
        try (TopologyTestDriver driver = driver()) {
            driver.pipe("words", "a", "none", 100);
            driver.pipe("words", "a", "null", 5);
            assertEquals(
                    List.of(Map.entry(key("a", 0, 10), 1L)),
                    driver.store(COUNTS).all(),
                    "a record without a key moves no time");
        }
    }

    @Test
    void shouldGroupWindowsFurther() {
        StoreRef<Long, Long> starts = StoreRef.of("starts");
        grouped.windowedBy(TUMBLING)
                .count(Materialized.as(COUNTS))
                .toStream()
                .groupBy((key, n) -> key.window().startMillis(), Grouped.keySerde(Serdes.int64()))
                .count(Materialized.as(starts));
        try (TopologyTestDriver driver = driver()) {
            driver.pipe("words", "a", "x", 5);
            driver.pipe("words", "b", "x", 7);
            driver.pipe("words", "b", "x", 17);
            assertEquals(
                    List.of(Map.entry(0L, 2L), Map.entry(10L, 1L)), driver.store(starts).all());
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldDivideWindowsAmongPartitionsLikeOne() {
        grouped.windowedBy(TUMBLING.advanceBy(millis(5))).count(Materialized.as(COUNTS));
        Map<Windowed<String>, Long> whole = partitioned(builder.build(), 1);
        assertEquals(8, whole.size());
        assertEquals(whole, partitioned(builder.build(), 3));
    }

    private static Map<Windowed<String>, Long> partitioned(Topology topology, int parts) {
        Map<Windowed<String>, Long> rows = new HashMap<>();
        long[] times = {20, 14, 9, 20, 44, 41, 30};
        for (int part = 0; part < parts; part++) {
            try (StateEnvironment environment = StateEnvironment.inMemory(topology.tables());
                    ProjectionTask task =
                            new ProjectionTask(topology, environment, new Partition(part, parts))) {
                for (int i = 0; i < times.length; i++) {
                    StreamId stream = StreamId.of("words", "k" + i % 2);
                    task.process(SourceEvent.of(i, stream, i, "text", times[i], "x"));
                }
                task.commit(new Checkpoint(new UUID(0, 0), 0, times.length - 1, 0));
                try (StateView view = environment.view()) {
                    topology.store(COUNTS, view)
                            .forEach((key, n) -> assertNull(rows.put(key, n), "kept once"));
                }
            }
        }
        return rows;
    }

    @Test
    void shouldRefuseWindowsThatCannotBe() {
        for (Duration size : List.of(Duration.ZERO, millis(-1), Duration.ofDays(365_251))) {
            assertThrows(IllegalArgumentException.class, () -> TimeWindows.ofSizeWithNoGrace(size));
        }
        assertThrows(IllegalArgumentException.class, () -> TUMBLING.advanceBy(Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> TUMBLING.advanceBy(millis(11)));
        assertThrows(
                IllegalArgumentException.class,
                () -> TimeWindows.ofSizeAndGrace(millis(1), millis(-1)));
        assertThrows(
                IllegalArgumentException.class, () -> TimeWindows.ofSizeAndGrace(millis(1), null));
    }

    @Test
    void shouldRefuseATimeToLiveThatIsShorterThanAWindowCanTakeRecords() {
        TimeWindowedStream<String, String> windowed =
                grouped.windowedBy(TimeWindows.ofSizeAndGrace(millis(10), millis(5)));
        TopologyException refused =
                assertThrows(
                        TopologyException.class,
                        () -> windowed.count(Materialized.as(COUNTS).withTtl(millis(14))));
        assertTrue(refused.getMessage().contains("store=counts ttl=PT0.014S least=PT0.015S"));
        windowed.count(Materialized.as(COUNTS).withTtl(millis(15)));
    }

    @Test
    void shouldRefuseAnotherSerdeForWindowedKeys() {
        assertThrows(
                TopologyException.class,
                () ->
                        grouped.windowedBy(TUMBLING)
                                .count(
                                        Materialized.as(COUNTS)
                                                .withKeySerde(
                                                        Serdes.named(
                                                                "mine",
                                                                Windowed.serde(Serdes.utf8())))));
    }
}
