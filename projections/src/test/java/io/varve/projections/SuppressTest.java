package io.varve.projections;

import static io.varve.projections.Told.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.serde.Serdes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tables whose changes nodes behind them are told of later. */
class SuppressTest {
    private static final StoreRef<Windowed<String>, Long> COUNTS = StoreRef.of("counts");
    private static final StoreRef<Windowed<String>, Long> PENDING = StoreRef.of("pending");
    private static final StoreRef<String, String> LAST = StoreRef.of("last");
    private static final StoreRef<String, String> WAITING = StoreRef.of("waiting");
    private static final TimeWindows TEN =
            TimeWindows.ofSizeAndGrace(Duration.ofMillis(10), Duration.ofMillis(5));

    private final StreamsBuilder builder = new StreamsBuilder();
    private final GroupedStream<String, String> words = Told.words(builder);

    private TopologyTestDriver driver() {
        return new TopologyTestDriver(builder.build());
    }

    private Table<String, String> last() {
        return words.aggregate(
                () -> "",
                (key, word, old) -> word.equals("end") ? null : word,
                Materialized.as(LAST, Serdes.utf8(), Serdes.utf8()));
    }

    @Test
    void shouldTellOfWindowsOnceWhenTheyCloseWithEmitOnClose() {
        Told.follow(
                words.windowedBy(TEN)
                        .emitStrategy(EmitStrategy.onWindowClose())
                        .count(Materialized.as(COUNTS)));
        runWindows();
    }

    @Test
    void shouldTellOfWindowsOnceWhenTheyCloseWithSuppress() {
        Told.follow(
                words.windowedBy(TEN)
                        .count(Materialized.as(COUNTS))
                        .suppress(Suppressed.untilWindowCloses(Materialized.as(PENDING))));
        runWindows();
    }

    private void runWindows() {
        try (TopologyTestDriver driver = driver()) {
            driver.pipe("words", "b", "x", 3);
            driver.pipe("words", "a", "x", 9);
            driver.pipe("words", "a", "x", 14);
            driver.pipe("words", "a", "x", 8);
            assertEquals(List.of(), Told.all(driver));
            driver.crash();
            driver.pipe("words", "b", "x", 15);
            assertEquals(List.of("a@0-10=2", "b@0-10=1"), Told.all(driver));
            assertEquals(List.of("a@0-10=2"), Told.at(driver, 9), "the latest in it");
            driver.pipe("words", "a", "late", 9);
            driver.pipe("words", "a", "x", 30);
            assertEquals(
                    List.of("a@0-10=2", "b@0-10=1", "a@10-20=1", "b@10-20=1"), Told.all(driver));
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldTellOfManyWindowsAtOnceAlsoWithTheLongestKeys() {
        StoreRef<String, Long> told = StoreRef.of("times");
        builder.stream("words", Consumed.with(Told.TEXT))
                .selectKey((key, word) -> key + "x".repeat(495 - key.length()))
                .groupByKey(Grouped.with(Serdes.utf8(), Serdes.utf8()))
                .windowedBy(TEN)
                .emitStrategy(EmitStrategy.onWindowClose())
                .count(Materialized.as(COUNTS))
                .toStream()
                .groupBy((key, n) -> key.key().substring(0, 3), Grouped.keySerde(Serdes.utf8()))
                .count(Materialized.as(told));
        try (TopologyTestDriver driver = driver().commitEvery(7)) {
            for (int i = 100; i < 150; i++) {
                driver.pipe("words", String.valueOf(i), "x", 3);
            }
            driver.pipe("words", "100", "x", 15);
            assertEquals(50, driver.store(told).count());
            driver.store(told).forEach((key, times) -> assertEquals(1, times));
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldKeepWhatItHoldsBackUntilItTellsOfIt() {
        Told.follow(
                words.windowedBy(TEN)
                        .count(Materialized.as(COUNTS))
                        .suppress(Suppressed.untilWindowCloses(Materialized.as(PENDING))));
        Topology topology = builder.build();
        try (TopologyTestDriver driver = new TopologyTestDriver(topology)) {
            driver.pipe("words", "a", "x", 3);
            driver.pipe("words", "a", "x", 4);
            assertEquals(
                    List.of(Map.entry(key("a", 0, 10), 2L)),
                    driver.store(PENDING)
                            .list(Windowed.starting("a", Instant.EPOCH, Instant.ofEpochMilli(1))));
            driver.pipe("words", "a", "x", 15);
            assertEquals(List.of(Map.entry(key("a", 10, 20), 1L)), driver.store(PENDING).all());
            driver.assertRebuildMatches();
        }
        assertTrue(topology.tables().contains("pending/held"), topology::describe);
        assertEquals(List.of("counts", "pending"), List.copyOf(topology.stores()).subList(0, 2));
    }

    @Test
    void shouldSuppressWhatIsMadeOfAWindowedTable() {
        Told.follow(
                words.windowedBy(TEN)
                        .count(Materialized.as(COUNTS))
                        .filter((key, n) -> n > 1)
                        .mapValues(n -> n * 10)
                        .suppress(
                                Suppressed.untilWindowCloses(
                                        Materialized.as(PENDING).withValueSerde(Serdes.int64()))));
        try (TopologyTestDriver driver = driver()) {
            driver.pipe("words", "a", "x", 3);
            driver.pipe("words", "b", "x", 3);
            driver.pipe("words", "b", "x", 4);
            driver.pipe("words", "c", "x", 25);
            driver.pipe("words", "c", "x", 26);
            assertEquals(List.of("b@0-10=20"), Told.all(driver));
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldTellOfTheLastChangeOfARowWhenItsTimeHasPassedSinceTheFirst() {
        Told.followPlain(
                last().suppress(
                                Suppressed.untilTimeLimit(
                                        Duration.ofMillis(10), Materialized.as(WAITING))));
        try (TopologyTestDriver driver = driver()) {
            driver.pipe("words", "a", "x", 100);
            driver.pipe("words", "a", "y", 107);
            driver.pipe("words", "b", "z", 109);
            assertEquals(List.of(), Told.all(driver));
            assertEquals(
                    List.of(Map.entry("a", "y"), Map.entry("b", "z")), driver.store(WAITING).all());
            driver.crash();
            driver.pipe("words", "c", "time", 110);
            assertEquals(List.of("a=y"), Told.all(driver));
            assertEquals(List.of("a=y"), Told.at(driver, 107));
            driver.pipe("words", "a", "end", 112);
            driver.pipe("words", "c", "time", 119);
            driver.pipe("words", "c", "time", 122);
            assertEquals(
                    List.of("a=y", "b=z", "c=time", "a=null"),
                    Told.all(driver),
                    "a row that is gone is told of, too");
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldTellAtOnceWhereNothingIsToWait() {
        Told.followPlain(
                last().suppress(
                                Suppressed.untilTimeLimit(
                                        Duration.ZERO, Materialized.as(WAITING))));
        try (TopologyTestDriver driver = driver()) {
            driver.pipe("words", "a", "x", 100);
            driver.pipe("words", "a", "y", 101);
            assertEquals(List.of("a=x", "a=y"), Told.all(driver));
            assertEquals(0, driver.store(WAITING).count());
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldRefuseToWaitForWindowsThatAreNone() {
        Table<Windowed<String>, String> table =
                builder.stream("words", Consumed.with(Told.TEXT))
                        .selectKey((key, word) -> key(key, 0, 1))
                        .toTable(
                                Materialized.windowed(
                                        StoreRef.of("mine"), Serdes.utf8(), Serdes.utf8()));
        TopologyException refused =
                assertThrows(
                        TopologyException.class,
                        () ->
                                table.suppress(
                                        Suppressed.untilWindowCloses(
                                                Materialized.as(StoreRef.of("buffer")))));
        assertTrue(refused.getMessage().startsWith("No window of this table ever closes: node="));
    }

    @Test
    void shouldRefuseABufferThatForgets() {
        Materialized<String, String> forgets =
                Materialized.as(WAITING).withTtl(Duration.ofMillis(1));
        assertThrows(
                IllegalArgumentException.class,
                () -> Suppressed.untilTimeLimit(Duration.ofMillis(1), forgets));
    }

    @Test
    void shouldRefuseATableWithoutValueSerde() {
        Table<String, Integer> lengths = last().mapValues(String::length);
        assertThrows(
                TopologyException.class,
                () ->
                        lengths.suppress(
                                Suppressed.untilTimeLimit(
                                        Duration.ofMillis(1),
                                        Materialized.as(StoreRef.of("lengths")))));
    }
}
