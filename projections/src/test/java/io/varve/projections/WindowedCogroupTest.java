package io.varve.projections;

import static io.varve.projections.TextStreams.pipe;
import static io.varve.projections.TextStreams.rowsAfterCrash;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.serde.Serdes;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Several groups in windows that make one row per key and window. */
class WindowedCogroupTest {
    private static final StoreRef<Windowed<String>, String> ALL = StoreRef.of("all");
    private static final Materialized<Windowed<String>, String> IN_ALL =
            Materialized.windowed(ALL, Serdes.utf8(), Serdes.utf8());
    private static final Duration TEN = Duration.ofMillis(10);
    private static final TimeWindows WINDOWS = TimeWindows.ofSizeAndGrace(TEN, TEN.dividedBy(2));

    private final TextStreams texts = new TextStreams();
    private final CogroupedStream<String, String> groups =
            texts.stream("l")
                    .groupByKey()
                    .<String>cogroup((key, value, all) -> all + value)
                    .cogroup(
                            texts.stream("r").groupByKey(),
                            (key, value, all) -> value.equals("end") ? null : all + "/" + value);

    @Test
    void shouldAddTheRecordsOfAllGroupsInTheirWindows() {
        Told.follow(groups.windowedBy(WINDOWS).aggregate(() -> ">", IN_ALL));
        try (TopologyTestDriver driver = texts.driver().commitEvery(2)) {
            pipe(driver, "l", "k", "a", 5);
            pipe(driver, "r", "k", "b", 9);
            pipe(driver, "r", "k", "c", 10);
            pipe(driver, "l", "j", "d", 11);
            assertEquals(
                    List.of("k@0-10=>a", "k@0-10=>a/b", "k@10-20=>/c", "j@10-20=>d"),
                    Told.all(driver));
            assertEquals(List.of("k@0-10=>a/b"), Told.at(driver, 9), "the latest in it");
            pipe(driver, "r", "k", "end", 3);
            pipe(driver, "l", "k", "e", 4);
            assertEquals(List.of("k@0-10=null", "k@0-10=>e"), Told.all(driver).subList(4, 6));
            assertEquals(3, rowsAfterCrash(driver, ALL).size());
        }
    }

    @Test
    void shouldCallRecordsLateByTheTimeOfTheirOwnGroup() {
        Told.follow(groups.windowedBy(WINDOWS).aggregate(() -> ">", IN_ALL));
        try (TopologyTestDriver driver = texts.driver()) {
            pipe(driver, "l", "k", "a", 5);
            pipe(driver, "r", "k", "b", 30);
            driver.crash();
            pipe(driver, "l", "k", "c", 7);
            pipe(driver, "r", "k", "late", 9);
            driver.crash();
            pipe(driver, "l", "k", "d", 14);
            pipe(driver, "l", "k", "e", 9);
            pipe(driver, "l", "k", "f", 15);
            pipe(driver, "l", "k", "late", 9);
            assertEquals(
                    List.of(
                            "k@0-10=>a",
                            "k@30-40=>/b",
                            "k@0-10=>ac",
                            "k@10-20=>d",
                            "k@0-10=>ace",
                            "k@10-20=>df"),
                    Told.all(driver));
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldSlideWithTheRecordsOfAllGroups() {
        groups.windowedBy(SlidingWindows.ofTimeDifferenceAndGrace(TEN, TEN))
                .aggregate(() -> "", Named.as("slides"), IN_ALL);
        try (TopologyTestDriver driver = texts.driver().commitEvery(2)) {
            pipe(driver, "l", "k", "a", 100);
            pipe(driver, "r", "k", "b", 105);
            assertEquals(
                    List.of(
                            Told.key("k", 90, 100) + "=a",
                            Told.key("k", 95, 105) + "=a/b",
                            Told.key("k", 101, 111) + "=/b"),
                    rowsAfterCrash(driver, ALL));
        }
    }

    @Test
    void shouldMakeSessionsOfTheRecordsOfAllGroups() {
        Told.follow(
                groups.windowedBy(SessionWindows.ofInactivityGapWithNoGrace(TEN))
                        .aggregate(() -> "", (key, one, two) -> one + two, IN_ALL));
        try (TopologyTestDriver driver = texts.driver().commitEvery(2)) {
            pipe(driver, "l", "k", "a", 100);
            pipe(driver, "r", "k", "b", 118);
            pipe(driver, "l", "k", "c", 109);
            pipe(driver, "r", "k", "late", 100);
            assertEquals(
                    List.of(
                            "k@100-100=a",
                            "k@118-118=/b",
                            "k@100-100=null",
                            "k@118-118=null",
                            "k@100-118=a/bc",
                            "k@100-118=null",
                            "k@100-118=a/bc/late"),
                    Told.all(driver),
                    "what is in a session that is open is not late");
            pipe(driver, "r", "k", "late", 70);
            assertEquals(
                    List.of(Told.key("k", 100, 118) + "=a/bc/late"), rowsAfterCrash(driver, ALL));
        }
    }

    @Test
    void shouldBeSuppressedUntilItsWindowsClose() {
        StoreRef<Windowed<String>, String> pending = StoreRef.of("pending");
        Told.follow(
                groups.windowedBy(WINDOWS)
                        .aggregate(() -> ">", IN_ALL)
                        .suppress(Suppressed.untilWindowCloses(Materialized.as(pending))));
        try (TopologyTestDriver driver = texts.driver()) {
            pipe(driver, "l", "k", "a", 5);
            pipe(driver, "r", "k", "b", 14);
            assertEquals(List.of(), Told.all(driver));
            pipe(driver, "r", "k", "c", 15);
            assertEquals(List.of("k@0-10=>a"), Told.all(driver));
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldBePartitionedWhereItsWindowsAreOfTime() {
        groups.windowedBy(WINDOWS).aggregate(() -> ">", IN_ALL);
        assertDoesNotThrow(() -> texts.builder.build().checkPartitionable());
    }

    @Test
    void shouldRefuseRowsThatExpireWhileRecordsCanCome() {
        TimeWindowedCogroupedStream<String, String> windowed = groups.windowedBy(WINDOWS);
        assertThrows(
                TopologyException.class,
                () -> windowed.aggregate(() -> ">", IN_ALL.withTtl(TEN)),
                "ten and five are more than ten");
    }
}
