package io.varve.projections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.serde.Serdes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is held back of a table has limits. */
class SuppressLimitsTest {
    private static final StoreRef<Windowed<String>, Long> COUNTS = StoreRef.of("counts");
    private static final StoreRef<Windowed<String>, Long> PENDING = StoreRef.of("pending");
    private static final StoreRef<String, String> LAST = StoreRef.of("last");
    private static final StoreRef<String, String> WAITING = StoreRef.of("waiting");

    private static Topology waiting(BufferConfig limits) {
        StreamsBuilder builder = new StreamsBuilder();
        Table<String, String> last =
                Told.words(builder)
                        .aggregate(
                                () -> "",
                                (key, word, old) -> word.equals("end") ? null : word,
                                Materialized.as(LAST, Serdes.utf8(), Serdes.utf8()));
        Told.followPlain(
                last.suppress(
                        Suppressed.untilTimeLimit(
                                Duration.ofMillis(100), limits, Materialized.as(WAITING))));
        return builder.build();
    }

    private static Topology windows(StrictBufferConfig limits) {
        StreamsBuilder builder = new StreamsBuilder();
        Told.follow(
                Told.words(builder)
                        .windowedBy(TimeWindows.ofSizeWithNoGrace(Duration.ofMillis(10)))
                        .count(Materialized.as(COUNTS))
                        .suppress(Suppressed.untilWindowCloses(limits, Materialized.as(PENDING))));
        return builder.build();
    }

    @Test
    void shouldTellOfTheFirstRowsEarlyWhereThereAreTooMany() {
        try (TopologyTestDriver driver =
                new TopologyTestDriver(waiting(BufferConfig.maxRecords(2)))) {
            driver.pipe("words", "a", "x", 100);
            driver.pipe("words", "b", "y", 101);
            driver.pipe("words", "a", "z", 102);
            assertEquals(List.of(), Told.all(driver), "two rows, however often they change");
            driver.crash();
            driver.pipe("words", "c", "w", 103);
            assertEquals(List.of("a=z"), Told.all(driver));
            driver.pipe("words", "a", "q", 104);
            driver.crash();
            driver.pipe("words", "d", "r", 105);
            assertEquals(List.of("a=z", "b=y", "c=w"), Told.all(driver));
            assertEquals(
                    List.of(Map.entry("a", "q"), Map.entry("d", "r")), driver.store(WAITING).all());
            driver.pipe("words", "a", "end", 204);
            assertEquals(
                    List.of("a=z", "b=y", "c=w", "a=null"), Told.all(driver), "due in its time");
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldTellOfTheFirstRowsEarlyWhereTheyHaveTooManyBytes() {
        try (TopologyTestDriver driver =
                new TopologyTestDriver(waiting(BufferConfig.maxBytes(10))).commitEvery(2)) {
            driver.pipe("words", "a", "xxxx", 100);
            driver.pipe("words", "b", "yyyy", 101);
            assertEquals(List.of(), Told.all(driver), "ten with their keys");
            driver.pipe("words", "b", "yyyyy", 102);
            assertEquals(List.of("a=xxxx"), Told.all(driver));
            driver.pipe("words", "b", "y", 103);
            driver.pipe("words", "c", "zzz", 104);
            driver.pipe("words", "d", "www", 105);
            driver.crash();
            driver.pipe("words", "d", "end", 106);
            driver.pipe("words", "e", "vv", 106);
            assertEquals(List.of("a=xxxx"), Told.all(driver), "2 + 4 + 1 + 3");
            driver.pipe("words", "f", "long enough for all", 106);
            assertEquals(
                    "a=xxxx b=y c=zzz d=null e=vv",
                    String.join(" ", Told.all(driver)).substring(0, 28));
            assertEquals(0, driver.store(WAITING).count(), "too large alone");
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldKeepBothLimits() {
        BufferConfig limits =
                BufferConfig.unbounded().withMaxRecords(2).withMaxBytes(9).emitEarlyWhenFull();
        try (TopologyTestDriver driver = new TopologyTestDriver(waiting(limits))) {
            driver.pipe("words", "a", "x", 100);
            driver.pipe("words", "b", "y", 101);
            driver.pipe("words", "c", "z", 102);
            assertEquals(List.of("a=x"), Told.all(driver));
            driver.pipe("words", "c", "zzzzzzz", 102);
            assertEquals(List.of("a=x", "b=y"), Told.all(driver));
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldFailRatherThanTellOfWindowsEarly() {
        StrictBufferConfig one = BufferConfig.maxRecords(1).shutDownWhenFull();
        try (TopologyTestDriver driver = new TopologyTestDriver(windows(one))) {
            driver.pipe("words", "a", "x", 3);
            driver.pipe("words", "a", "x", 12);
            assertEquals(List.of("a@0-10=1"), Told.all(driver), "what is due makes room first");
            SuppressBufferFullException full =
                    assertThrows(
                            SuppressBufferFullException.class,
                            () -> driver.pipe("words", "b", "x", 13));
            assertEquals(
                    "Too much is held back: store=pending position=2 records=2 maxRecords=1 bytes=0"
                            + " maxBytes=any",
                    full.what());
            assertEquals("pending", full.store());
            assertEquals(2, full.records());
        }
    }

    @Test
    void shouldTellAWrongLimitFromAnotherShape() {
        assertNotEquals(
                waiting(BufferConfig.maxRecords(2)).describeSerdes(),
                waiting(BufferConfig.maxRecords(3)).describeSerdes(),
                "other rows are told of");
        assertEquals(
                waiting(BufferConfig.maxRecords(2).shutDownWhenFull()).describeSerdes(),
                waiting(BufferConfig.maxRecords(3).shutDownWhenFull()).describeSerdes(),
                "the same are");
    }

    @Test
    void shouldRefuseLimitsThatAreLessThanNothing() {
        assertThrows(IllegalArgumentException.class, () -> BufferConfig.maxRecords(-1));
        assertThrows(
                IllegalArgumentException.class, () -> BufferConfig.unbounded().withMaxBytes(-1));
        assertEquals(BufferConfig.unbounded(), BufferConfig.maxRecords(1).withNoBound());
    }
}
