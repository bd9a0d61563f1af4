package io.varve.projections;

import static io.varve.projections.TextStreams.TEXT;
import static io.varve.projections.TextStreams.kept;
import static io.varve.projections.TextStreams.pipe;
import static io.varve.projections.TextStreams.rowsAfterCrash;
import static io.varve.projections.TextStreams.seen;
import static io.varve.projections.TextStreams.take;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.testing.TopologyTestDriver;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What stands behind tables whose rows expire, which tell nobody that they do. */
class BehindExpiringTest {
    private static final Duration TTL = Duration.ofMillis(10);

    private final TextStreams texts = new TextStreams();
    private final Table<String, String> expiring =
            texts.stream("e").toTable(kept("expiring").withTtl(TTL));
    private final Table<String, String> other = texts.table("o");

    @Test
    void shouldRefuseWhatWouldHaveToKnow() {
        Materialized<String, String> in = kept("behind");
        Stream.<Executable>of(
                        () -> expiring.join(other, (one, two) -> one),
                        () -> other.leftJoin(expiring, (one, two) -> one, in),
                        () -> expiring.join(other, one -> one, (one, two) -> one, in),
                        () -> other.leftJoin(expiring, one -> one, (one, two) -> one, in),
                        () -> expiring.groupBy((key, value) -> KeyValue.pair(value, key)),
                        () -> expiring.mapValues(one -> one).groupBy(KeyValue::pair),
                        () -> expiring.filter((key, value) -> true, in),
                        () -> expiring.suppress(Suppressed.untilTimeLimit(TTL, in)))
                .forEach(
                        refused -> {
                            TopologyException e = assertThrows(TopologyException.class, refused);
                            assertTrue(
                                    e.getMessage()
                                            .startsWith(
                                                    "Rows that expire tell nothing behind them:"
                                                            + " store=expiring ttl=PT0.01S"
                                                            + " behind="),
                                    e.getMessage());
                        });
    }

    @Test
    void shouldAllowWhatNeedNotKnow() {
        List<String> changes = seen(expiring.toStream());
        List<String> joined = seen(texts.stream("s").leftJoin(expiring, (one, row) -> one + row));
        expiring.mapValues(one -> one + "!", kept("copy").withTtl(TTL));
        try (TopologyTestDriver driver = texts.driver()) {
            pipe(driver, "e", "k", "a", 100);
            pipe(driver, "s", "k", "x", 110);
            pipe(driver, "s", "k", "y", 111);
            assertEquals(List.of("k=a@100"), take(changes));
            assertEquals(List.of("k=xa@110", "k=ynull@111"), take(joined));
            assertEquals(List.of(), rowsAfterCrash(driver, StoreRef.of("copy")));
        }
    }

    @Test
    void shouldCountWindowsThatExpireWhenTheyAreOver() {
        StoreRef<Windowed<String>, Long> windows = StoreRef.of("windows");
        StoreRef<String, Long> counts = StoreRef.of("counts");
        texts.stream("w")
                .groupByKey()
                .windowedBy(TimeWindows.ofSizeWithNoGrace(TTL))
                .count(Materialized.as(windows).withTtl(TTL))
                .groupBy((key, n) -> KeyValue.pair(key.key(), n), Grouped.keySerde(TEXT))
                .count(Materialized.as(counts));
        try (TopologyTestDriver driver = texts.driver()) {
            pipe(driver, "w", "k", "a", 5);
            pipe(driver, "w", "k", "a", 15);
            pipe(driver, "w", "k", "a", 35);
            assertEquals(List.of("k=3"), rowsAfterCrash(driver, counts));
            assertEquals(1, driver.store(windows).count());
        }
    }

    @Test
    void shouldTellOfWindowsThatCloseBeforeTheyExpire() {
        StoreRef<Windowed<String>, Long> windows = StoreRef.of("windows");
        List<String> told =
                seen(
                        texts.stream("w")
                                .groupByKey()
                                .windowedBy(TimeWindows.ofSizeWithNoGrace(TTL))
                                .emitStrategy(EmitStrategy.onWindowClose())
                                .count(Materialized.as(windows).withTtl(TTL))
                                .toStream());
        try (TopologyTestDriver driver = texts.driver()) {
            pipe(driver, "w", "k", "a", 5);
            pipe(driver, "w", "k", "a", 1_005);
            assertEquals(List.of(Told.key("k", 0, 10) + "=1@5"), take(told), "both at once");
            assertEquals(
                    List.of(Told.key("k", 1_000, 1_010) + "=1"), rowsAfterCrash(driver, windows));
        }
    }

    @Test
    void shouldLetNoHoppingWindowSpan1970() {
        StoreRef<Windowed<String>, Long> windows = StoreRef.of("windows");
        texts.stream("w")
                .groupByKey()
                .windowedBy(
                        TimeWindows.ofSizeAndGrace(TTL, Duration.ofDays(1))
                                .advanceBy(Duration.ofMillis(5)))
                .count(Materialized.as(windows));
        try (TopologyTestDriver driver = texts.driver()) {
            pipe(driver, "w", "k", "a", -3);
            pipe(driver, "w", "k", "a", 3);
            assertEquals(
                    List.of(
                            Told.key("k", -10, 0) + "=1",
                            Told.key("k", -5, 5) + "=1",
                            Told.key("k", 0, 10) + "=1"),
                    rowsAfterCrash(driver, windows));
        }
    }
}
