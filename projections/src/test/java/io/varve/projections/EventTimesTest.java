package io.varve.projections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.TextStreams.Text;
import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.NewEvent;
import io.varve.store.StreamId;
import io.varve.store.serde.Serdes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever gives a time gives one that an event can have: windows are right for all of them. */
class EventTimesTest {
    private static final long MOST = NewEvent.MAX_EVENT_TIME_MILLIS;
    private static final Duration SIZE = Duration.ofMillis(10);
    private static final Duration AGES = Duration.ofDays(365_250);
    private static final StoreRef<Windowed<String>, Long> COUNTS = StoreRef.of("counts");

    private final TextStreams texts = new TextStreams();

    private static void assertRefused(Executable given) {
        String message = assertThrows(IllegalArgumentException.class, given).getMessage();
        assertTrue(message.startsWith("An event time lies within 4,000 years of 1970: "), message);
    }

    private static Materialized<Windowed<String>, Long> counts() {
        return Materialized.windowed(COUNTS, Serdes.utf8(), Serdes.int64());
    }

    @ParameterizedTest
    @ValueSource(longs = {MOST + 1, -MOST - 1, Long.MAX_VALUE, Long.MIN_VALUE})
    void shouldRefuseTimesThatNoLogHolds(long time) {
        Record<String, String> record = new Record<>("k", "v", 0);
        StreamId stream = StreamId.of("in", "k");
        assertRefused(() -> new Record<>("k", "v", time));
        assertRefused(() -> record.withTimestamp(time));
        assertRefused(() -> SourceEvent.of(0, stream, 0, "text", time, new Text("v")));
        texts.stream("in");
        try (TopologyTestDriver driver = texts.driver()) {
            assertRefused(() -> driver.pipe("in", "k", new Text("v"), time));
            assertEquals(0, driver.pipe("in", "k", new Text("v"), MOST));
        }
    }

    @Test
    void shouldRefuseToForwardSuchATime() {
        texts.stream("in").processValues(() -> EventTimesTest::atTheEnd);
        try (TopologyTestDriver driver = texts.driver()) {
            ProjectionException failed =
                    assertThrows(
                            ProjectionException.class,
                            () -> driver.pipe("in", "k", new Text("v"), 0));
            assertInstanceOf(IllegalArgumentException.class, failed.getCause());
        }
    }

    private static void atTheEnd(FixedKeyRecord<String, String> record) {
        record.withTimestamp(Long.MAX_VALUE);
    }

    @Test
    void shouldRefuseToLetTimePassBeyondThem() {
        texts.builder.stream("in", Consumed.with(TextStreams.SERDE).withTicks());
        try (TopologyTestDriver driver = texts.driver()) {
            assertRefused(() -> driver.advanceTime(Duration.ofDays(2_000_000)));
            assertRefused(() -> driver.advanceWallClockTime(Duration.ofDays(2_000_000)));
            Duration forEver = Duration.ofSeconds(Long.MAX_VALUE);
            assertThrows(IllegalArgumentException.class, () -> driver.advanceTime(forEver));
            assertThrows(
                    IllegalArgumentException.class, () -> driver.advanceWallClockTime(forEver));
        }
    }

    private List<String> rowsOf(long... times) {
        try (TopologyTestDriver driver = texts.driver()) {
            for (long time : times) {
                TextStreams.pipe(driver, "in", "k", "v", time);
            }
            return driver.store(COUNTS).all().stream().map(EventTimesTest::text).toList();
        }
    }

    private static String text(java.util.Map.Entry<Windowed<String>, Long> row) {
        Window window = row.getKey().window();
        return window.startMillis() + ".." + window.endMillis() + "=" + row.getValue();
    }

    @Test
    void shouldHaveTheRightWindowsAtTheFirstAndTheLastTime() {
        texts.stream("in")
                .groupByKey()
                .windowedBy(TimeWindows.ofSizeAndGrace(SIZE, AGES))
                .count(counts());
        long first = Math.floorDiv(-MOST, 10) * 10;
        long last = MOST / 10 * 10;
        assertEquals(
                List.of(first + ".." + (first + 10) + "=1", last + ".." + (last + 10) + "=1"),
                rowsOf(-MOST, MOST));
    }

    @Test
    void shouldHaveTheRightSessionsAndSlidingWindowsThere() {
        texts.stream("in")
                .groupByKey()
                .windowedBy(SessionWindows.ofInactivityGapAndGrace(AGES, AGES))
                .count(counts());
        assertEquals(
                List.of((-MOST) + ".." + (-MOST + 1) + "=2", (MOST - 1) + ".." + MOST + "=2"),
                rowsOf(-MOST, -MOST + 1, MOST - 1, MOST));
    }

    @Test
    void shouldHaveTheRightSlidingWindowsThere() {
        texts.stream("in")
                .groupByKey()
                .windowedBy(SlidingWindows.ofTimeDifferenceAndGrace(SIZE, AGES))
                .count(counts());
        assertEquals(
                List.of((-MOST - 10) + ".." + (-MOST) + "=1", (MOST - 10) + ".." + MOST + "=1"),
                rowsOf(-MOST, MOST));
    }

    @Test
    void shouldFindAllWindowsOfAKeyBetweenTheEndsOfTime() {
        texts.stream("in")
                .groupByKey()
                .windowedBy(TimeWindows.ofSizeWithNoGrace(SIZE))
                .count(counts());
        try (TopologyTestDriver driver = texts.driver()) {
            TextStreams.pipe(driver, "in", "k", "v", -MOST);
            TextStreams.pipe(driver, "in", "k", "v", MOST);
            assertEquals(
                    2,
                    driver.store(COUNTS)
                            .list(Windowed.starting("k", Instant.MIN, Instant.MAX))
                            .size());
        }
    }

    @Test
    void shouldHaveOneRuleForSpansOfTime() {
        Duration tooLong = AGES.plusMillis(1);
        List<Executable> refused =
                List.of(
                        () -> TimeWindows.ofSizeWithNoGrace(tooLong),
                        () -> TimeWindows.ofSizeWithNoGrace(Duration.ofNanos(999_999)),
                        () -> TimeWindows.ofSizeAndGrace(SIZE, tooLong),
                        () -> SlidingWindows.ofTimeDifferenceWithNoGrace(tooLong),
                        () -> SessionWindows.ofInactivityGapWithNoGrace(tooLong),
                        () -> JoinWindows.ofTimeDifferenceWithNoGrace(tooLong),
                        () -> JoinWindows.ofTimeDifferenceWithNoGrace(SIZE).after(tooLong),
                        () ->
                                JoinWindows.ofTimeDifferenceWithNoGrace(SIZE)
                                        .before(Duration.ofSeconds(Long.MIN_VALUE)),
                        () -> Materialized.as(StoreRef.of("rows")).withTtl(tooLong),
                        () -> Materialized.as(StoreRef.of("rows")).withTtl(Duration.ZERO),
                        () -> Consumed.with(TextStreams.SERDE).withTicks(tooLong),
                        () -> Consumed.with(TextStreams.SERDE).withTicks(SIZE.negated()),
                        () ->
                                Suppressed.untilTimeLimit(
                                        tooLong, Materialized.as(StoreRef.of("held"))));
        for (Executable one : refused) {
            String message = assertThrows(IllegalArgumentException.class, one).getMessage();
            assertTrue(message.contains(" to a thousand years: time="), message);
        }
    }

    @Test
    void shouldHaveTheSameRuleForSchedules() {
        texts.stream("in").process(() -> new Scheduling(Duration.ZERO), Named.as("scheduling"));
        Throwable refused = assertThrows(TopologyException.class, texts::driver).getCause();
        assertTrue(refused.getMessage().contains(" to a thousand years: time="), refused::toString);
    }

    private record Scheduling(Duration interval)
            implements Processor<String, String, String, String> {
        @Override
        public void init(ProcessorContext<String, String> context) {
            context.schedule(interval, PunctuationType.STREAM_TIME, time -> {});
        }

        @Override
        public void process(Record<String, String> record) {
            // It never gets one.
        }
    }
}
