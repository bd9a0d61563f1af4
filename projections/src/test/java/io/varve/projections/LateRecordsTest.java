package io.varve.projections;

import static java.time.Duration.ofMillis;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.StreamId;
import io.varve.store.serde.Serdes;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which records a table has dropped. */
class LateRecordsTest {
    private static final StoreRef<Windowed<String>, Long> WINDOWS = StoreRef.of("windows");
    private static final StoreRef<Windowed<String>, Long> SESSIONS = StoreRef.of("sessions");
    private static final StoreRef<Windowed<String>, Long> SLIDING = StoreRef.of("sliding");
    private static final StoreRef<String, String> VERSIONS = StoreRef.of("versions");

    private final TextStreams streams = new TextStreams();

    private static Materialized<Windowed<String>, Long> kept(
            StoreRef<Windowed<String>, Long> store) {
        return Materialized.windowed(store, TextStreams.TEXT, Serdes.int64());
    }

    private TopologyTestDriver driver() {
        GroupedStream<String, String> grouped = streams.stream("texts").groupByKey();
        grouped.windowedBy(TimeWindows.ofSizeWithNoGrace(ofMillis(10)).advanceBy(ofMillis(5)))
                .count(kept(WINDOWS));
        grouped.windowedBy(SessionWindows.ofInactivityGapWithNoGrace(ofMillis(3)))
                .count(kept(SESSIONS));
        grouped.windowedBy(SlidingWindows.ofTimeDifferenceAndGrace(ofMillis(4), Duration.ZERO))
                .count(kept(SLIDING));
        streams.stream("texts").toTable(TextStreams.kept(VERSIONS.name()).versioned(ofMillis(8)));
        return streams.driver();
    }

    private static LateRecord late(StoreRef<?, ?> store, String key, long time, long position) {
        return new LateRecord(store.name(), key, time, position, StreamId.of("texts", key));
    }

    @Test
    void shouldTellOfEachRecordThatWasDropped() {
        try (TopologyTestDriver driver = driver()) {
            TextStreams.pipe(driver, "texts", "a", "x", 20);
            assertEquals(List.of(), driver.lateRecords());
            TextStreams.pipe(driver, "texts", "b", "x", 16);
            assertEquals(
                    List.of(late(WINDOWS, "b", 16, 1)),
                    driver.lateRecords(WINDOWS),
                    "for the earlier of its windows");
            assertEquals(List.of(late(SESSIONS, "b", 16, 1)), driver.lateRecords(SESSIONS));
            TextStreams.pipe(driver, "texts", "b", "x", 9);
            assertEquals(
                    List.of(
                            late(WINDOWS, "b", 16, 1),
                            late(WINDOWS, "b", 9, 2),
                            late(WINDOWS, "b", 9, 2)),
                    driver.lateRecords(WINDOWS));
            assertEquals(late(SLIDING, "b", 9, 2), driver.lateRecords(SLIDING).get(1));
            assertEquals(List.of(late(VERSIONS, "b", 9, 2)), driver.lateRecords(VERSIONS));
            assertEquals(8, driver.lateRecords().size());
        }
    }

    /** It is joined with what is there still, as in Kafka Streams, which counts it, too. */
    @Test
    void shouldTellOfEachThatAJoinOfStreamsCouldNotKeep() {
        StoreRef<?, ?> join = StoreRef.of("join");
        List<String> seen =
                TextStreams.seen(
                        streams.stream("texts")
                                .join(
                                        streams.stream("others"),
                                        (one, other) -> one + other,
                                        JoinWindows.ofTimeDifferenceAndGrace(
                                                ofMillis(5), ofMillis(2)),
                                        StreamJoined.with(
                                                join,
                                                TextStreams.TEXT,
                                                TextStreams.TEXT,
                                                TextStreams.TEXT)));
        try (TopologyTestDriver driver = streams.driver()) {
            TextStreams.pipe(driver, "others", "a", "1", 4);
            TextStreams.pipe(driver, "texts", "b", "x", 20);
            TextStreams.pipe(driver, "texts", "a", "y", 9);
            assertEquals(List.of(), driver.lateRecords(join), "the last that is kept");
            TextStreams.pipe(driver, "texts", "a", "z", 8);
            assertEquals(List.of(late(join, "a", 8, 3)), driver.lateRecords(join));
            assertEquals(List.of("a=y1@9", "a=z1@8"), seen);
            driver.crash();
            driver.assertRebuildMatches();
            assertEquals(1, driver.lateRecords().size());
        }
    }

    @Test
    void shouldTellOfEachOnceWhateverIsAppliedAgain() {
        try (TopologyTestDriver driver = driver().commitEvery(100)) {
            TextStreams.pipe(driver, "texts", "a", "x", 20);
            TextStreams.pipe(driver, "texts", "b", "x", 16);
            List<LateRecord> before = driver.lateRecords();
            driver.crash();
            assertEquals(before, driver.lateRecords());
            driver.commit();
            driver.redeliver(2);
            assertEquals(before, driver.lateRecords());
            driver.assertRebuildMatches();
            assertEquals(before, driver.lateRecords());
        }
    }
}
