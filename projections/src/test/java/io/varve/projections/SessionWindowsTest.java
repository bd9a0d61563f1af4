package io.varve.projections;

import static io.varve.projections.Told.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.projections.query.RangeQuery;
import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.serde.Serdes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SessionWindowsTest {
    private static final StoreRef<Windowed<String>, String> TEXTS = StoreRef.of("texts");
    private static final StoreRef<Windowed<String>, Long> COUNTS = StoreRef.of("counts");
    private static final SessionWindows GAP =
            SessionWindows.ofInactivityGapWithNoGrace(Duration.ofMillis(10));

    private final StreamsBuilder builder = new StreamsBuilder();
    private final GroupedStream<String, String> words = Told.words(builder);

    private TopologyTestDriver driver() {
        return new TopologyTestDriver(builder.build());
    }

    private static void pipe(TopologyTestDriver driver, String key, String word, long time) {
        driver.pipe("words", key, word, time);
    }

    @Test
    void shouldCountTheRecordsOfEachSession() {
        words.windowedBy(GAP).count(Materialized.as(COUNTS));
        try (TopologyTestDriver driver = driver()) {
            pipe(driver, "a", "x", 100);
            pipe(driver, "a", "x", 110);
            driver.crash();
            pipe(driver, "b", "x", 115);
            pipe(driver, "a", "x", 121);
            assertEquals(
                    List.of(
                            Map.entry(key("a", 100, 110), 2L),
                            Map.entry(key("a", 121, 121), 1L),
                            Map.entry(key("b", 115, 115), 1L)),
                    driver.store(COUNTS).all(),
                    "ten apart is together, eleven is not");
            driver.assertRebuildMatches();
        }
    }

    /** In time only for the session behind it. */
    @Test
    void shouldLeaveASessionThatIsClosedWhateverComesNearIt() {
        for (boolean onClose : new boolean[] {true, false}) {
            StreamsBuilder other = new StreamsBuilder();
            SessionWindowedStream<String, String> sessions =
                    Told.words(other)
                            .windowedBy(
                                    SessionWindows.ofInactivityGapAndGrace(
                                            Duration.ofMillis(10), Duration.ofMillis(2)));
            Told.follow(
                    onClose
                            ? sessions.emitStrategy(EmitStrategy.onWindowClose())
                                    .count(Materialized.as(COUNTS))
                            : sessions.count(Materialized.as(COUNTS))
                                    .suppress(
                                            Suppressed.untilWindowCloses(
                                                    Materialized.as(StoreRef.of("held")))));
            try (TopologyTestDriver driver = new TopologyTestDriver(other.build())) {
                for (long time : new long[] {8, 18, 20, 32, 38, 25, 46, 100}) {
                    pipe(driver, "a", "x", time);
                }
                assertEquals(List.of("a@8-20=3", "a@25-46=4"), Told.all(driver));
                assertEquals(3, driver.store(COUNTS).all().size());
                driver.assertRebuildMatches();
            }
        }
    }

    @Test
    void shouldMergeSessionsThatARecordJoinsAndTellOfEachThatIsGone() {
        Table<Windowed<String>, String> table =
                words.windowedBy(
                                SessionWindows.ofInactivityGapAndGrace(
                                        Duration.ofMillis(10), Duration.ofMillis(50)))
                        .aggregate(
                                () -> "",
                                (key, word, old) -> old + word,
                                (key, first, second) -> first + second,
                                Materialized.as(TEXTS).withValueSerde(Serdes.utf8()));
        Told.follow(table);
        try (TopologyTestDriver driver = driver()) {
            pipe(driver, "a", "x", 100);
            pipe(driver, "a", "y", 118);
            driver.crash();
            pipe(driver, "a", "z", 109);
            assertEquals(
                    List.of(
                            "a@100-100=x",
                            "a@118-118=y",
                            "a@100-100=null",
                            "a@118-118=null",
                            "a@100-118=xyz"),
                    Told.all(driver));
            assertEquals(List.of("a@100-100=x", "a@100-100=null"), Told.at(driver, 100));
            assertEquals(
                    List.of("a@118-118=y", "a@118-118=null", "a@100-118=xyz"),
                    Told.at(driver, 118),
                    "the time of a session is its end");
            pipe(driver, "a", "w", 105);
            assertEquals(
                    List.of("a@100-118=null", "a@100-118=xyzw"),
                    Told.all(driver).subList(5, 7),
                    "a session that only takes one more goes and comes, too");
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldReduceSessions() {
        words.windowedBy(GAP).reduce((old, next) -> old + next, Materialized.as(TEXTS));
        try (TopologyTestDriver driver = driver()) {
            pipe(driver, "a", "x", 100);
            pipe(driver, "a", "y", 108);
            pipe(driver, "a", "z", 95);
            assertEquals(List.of(Map.entry(key("a", 95, 108), "xyz")), driver.store(TEXTS).all());
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldDropWhatIsLateAndBelongsToNoOpenSession() {
        words.windowedBy(GAP).reduce((old, next) -> old + next, Materialized.as(TEXTS));
        try (TopologyTestDriver driver = driver()) {
            pipe(driver, "a", "x", 110);
            pipe(driver, "b", "time", 120);
            pipe(driver, "a", "y", 109);
            assertEquals(
                    "xy",
                    driver.store(TEXTS).get(key("a", 109, 110)).orElseThrow(),
                    "open up to gap behind its end");
            pipe(driver, "b", "time", 121);
            driver.crash();
            pipe(driver, "a", "late", 108);
            assertEquals(
                    List.of("xy"),
                    driver.store(TEXTS).list(RangeQuery.before(key("b", 0, 0))).stream()
                            .map(Map.Entry::getValue)
                            .toList());
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldDeleteASessionWhoseAggregateIsNull() {
        words.windowedBy(GAP)
                .aggregate(
                        () -> "",
                        (key, word, old) -> word.equals("end") ? null : old + word,
                        (key, first, second) -> first + second,
                        Materialized.as(TEXTS).withValueSerde(Serdes.utf8()));
        try (TopologyTestDriver driver = driver()) {
            pipe(driver, "a", "x", 100);
            pipe(driver, "a", "end", 105);
            assertEquals(0, driver.store(TEXTS).count());
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldForgetSessionsByTheirEnd() {
        words.windowedBy(GAP).count(Materialized.as(COUNTS).withTtl(Duration.ofMillis(10)));
        try (TopologyTestDriver driver = driver()) {
            for (long time = 100; time <= 200; time += 10) {
                pipe(driver, "a", "x", time);
            }
            assertEquals(List.of(Map.entry(key("a", 100, 200), 11L)), driver.store(COUNTS).all());
            pipe(driver, "b", "x", 211);
            assertEquals(List.of(Map.entry(key("b", 211, 211), 1L)), driver.store(COUNTS).all());
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldTellOfSessionsOnceTheyAreClosed() {
        Told.follow(
                words.windowedBy(GAP)
                        .emitStrategy(EmitStrategy.onWindowClose())
                        .count(Materialized.as(COUNTS)));
        try (TopologyTestDriver driver = driver()) {
            pipe(driver, "b", "x", 101);
            pipe(driver, "a", "x", 95);
            pipe(driver, "a", "x", 105);
            pipe(driver, "c", "time", 115);
            assertEquals(List.of("b@101-101=1"), Told.all(driver));
            driver.crash();
            pipe(driver, "c", "time", 116);
            assertEquals(List.of("b@101-101=1", "a@95-105=2"), Told.all(driver));
            assertEquals(List.of("a@95-105=2"), Told.at(driver, 105));
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldRefuseToBePartitioned() {
        words.windowedBy(GAP).count(Materialized.as(COUNTS));
        assertThrows(TopologyException.class, () -> builder.build().checkPartitionable());
    }
}
