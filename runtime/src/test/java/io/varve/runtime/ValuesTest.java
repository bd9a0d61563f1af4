package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.CacheSize;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {
    private final RuntimeConfig config = RuntimeConfig.defaults();

    @ParameterizedTest
    @ValueSource(ints = {-2, 0, 1, 3, 100, 1 << 21})
    void shouldRefuseRingsThatAreNoPowerOfTwo(int slots) {
        assertThrows(IllegalArgumentException.class, () -> config.withRingSlots(slots));
    }

    @Test
    void shouldRefuseLimitsThatLetNothingThrough() {
        assertThrows(IllegalArgumentException.class, () -> config.withSlotEvents(0));
        assertThrows(IllegalArgumentException.class, () -> config.withSlotBytes(0));
        assertThrows(IllegalArgumentException.class, () -> config.withCatchUpBatchEvents(0));
        assertThrows(IllegalArgumentException.class, () -> config.withMaxDirtyRows(0));
        assertThrows(
                IllegalArgumentException.class, () -> config.withCommitInterval(Duration.ZERO));
        assertThrows(
                IllegalArgumentException.class,
                () -> config.withShutdownTimeout(Duration.ofMillis(-1)));
        assertThrows(
                IllegalArgumentException.class, () -> config.withViewLimit(Duration.ofMillis(-1)));
        assertThrows(
                IllegalArgumentException.class, () -> config.withViewLimit(Duration.ofDays(2)));
    }

    @Test
    void shouldChangeOneThingAtATime() {
        RuntimeConfig changed =
                config.withRingSlots(2)
                        .withSlotEvents(3)
                        .withSlotBytes(4)
                        .withCatchUpBatchEvents(5)
                        .withMaxDirtyRows(6)
                        .withCommitInterval(Duration.ofMillis(7))
                        .withShutdownTimeout(Duration.ofMillis(8))
                        .withViewLimit(Duration.ofMillis(9))
                        .withStuckAfter(Duration.ofMillis(10))
                        .withHealthyLag(Duration.ofMillis(11))
                        .withTickInterval(Duration.ofMillis(12));
        assertEquals(
                new RuntimeConfig(
                        2,
                        3,
                        4,
                        5,
                        6,
                        Duration.ofMillis(7),
                        Duration.ofMillis(8),
                        Duration.ofMillis(9),
                        Duration.ofMillis(10),
                        Duration.ofMillis(11),
                        Duration.ofMillis(12)),
                changed);
    }

    @Test
    void shouldDoublePausesUpToTheLongest() {
        ErrorPolicy.Retry retry =
                new ErrorPolicy.Retry(9, Duration.ofMillis(100), ErrorPolicy.fail());
        assertEquals(Duration.ofMillis(100), retry.pause(1));
        assertEquals(Duration.ofMillis(200), retry.pause(2));
        assertEquals(Duration.ofMillis(800), retry.pause(4));
        assertEquals(Duration.ofSeconds(30), retry.pause(10));
        assertEquals(Duration.ofSeconds(30), retry.pause(Integer.MAX_VALUE));
        assertEquals(
                Duration.ofSeconds(30),
                new ErrorPolicy.Retry(99, Duration.ofNanos(1), ErrorPolicy.fail()).pause(99));
    }

    @Test
    void shouldRefuseRetriesThatAreNone() {
        ErrorPolicy.Final last = ErrorPolicy.skip();
        Duration second = Duration.ofSeconds(1);
        assertThrows(IllegalArgumentException.class, () -> ErrorPolicy.retry(0, second, last));
        assertThrows(
                IllegalArgumentException.class, () -> ErrorPolicy.retry(1, Duration.ZERO, last));
        assertThrows(
                IllegalArgumentException.class,
                () -> ErrorPolicy.retry(1, Duration.ofMinutes(1), last));
        assertThrows(NullPointerException.class, () -> ErrorPolicy.retry(1, second, null));
    }

    @Test
    void shouldChangeOneThingOfAProjectionAtATime() {
        ProjectionConfig changed =
                ProjectionConfig.defaults()
                        .withErrorPolicy(ErrorPolicy.fail())
                        .withRebuildErrorPolicy(ErrorPolicy.skip())
                        .withMaxDeadLetters(3)
                        .withSnapshotPolicy(SnapshotPolicy.everyEvents(9))
                        .withPartitions(8)
                        .withCacheSize(CacheSize.entries(10))
                        .withLetterRetention(
                                LetterRetention.defaults().withMost(9).withAge(Duration.ofDays(1)))
                        .withStateOf("9f86d081884c");
        assertEquals(
                new ProjectionConfig(
                        ErrorPolicy.fail(),
                        Optional.of(ErrorPolicy.skip()),
                        3,
                        SnapshotPolicy.everyEvents(9),
                        8,
                        CacheSize.entries(10),
                        new LetterRetention(9, Optional.of(Duration.ofDays(1))),
                        Optional.empty(),
                        Set.of("9f86d081884c")),
                changed);
        assertThrows(IllegalArgumentException.class, () -> LetterRetention.defaults().withMost(0));
        assertThrows(
                IllegalArgumentException.class,
                () -> LetterRetention.defaults().withAge(Duration.ofMillis(1)));
        assertEquals(ErrorPolicy.deadLetter(), ErrorPolicy.defaults().last());
        assertThrows(IllegalArgumentException.class, () -> changed.withMaxDeadLetters(0));
        assertThrows(IllegalArgumentException.class, () -> changed.withPartitions(0));
        assertThrows(IllegalArgumentException.class, () -> changed.withPartitions(65));
    }

    @Test
    void shouldSayWhenASnapshotIsDue() {
        Duration second = Duration.ofSeconds(1);
        SnapshotPolicy policy =
                SnapshotPolicy.everyEvents(100)
                        .orEveryBytes(1_000)
                        .orEvery(Duration.ofMinutes(1))
                        .keep(5);
        assertFalse(policy.isDue(99, 999, second));
        assertTrue(policy.isDue(100, 0, second));
        assertTrue(policy.isDue(1, 1_000, second));
        assertTrue(policy.isDue(1, 1, Duration.ofMinutes(1)));
        assertFalse(policy.isDue(0, 0, Duration.ofDays(1)));
        assertFalse(SnapshotPolicy.onDemand().isDue(1 << 30, 1 << 30, Duration.ofDays(1)));
        assertThrows(IllegalArgumentException.class, () -> policy.keep(0));
        assertThrows(IllegalArgumentException.class, () -> SnapshotPolicy.everyEvents(0));
        assertThrows(IllegalArgumentException.class, () -> SnapshotPolicy.every(Duration.ZERO));
    }

    @Test
    void shouldEndInStopped() {
        for (ProjectionState state : ProjectionState.values()) {
            assertEquals(
                    state != ProjectionState.STOPPED, state.canMoveTo(ProjectionState.STOPPED));
            assertFalse(state.canMoveTo(state));
            assertFalse(state.canMoveTo(ProjectionState.CREATED));
        }
        assertTrue(ProjectionState.LIVE.canMoveTo(ProjectionState.CATCHING_UP));
        assertFalse(ProjectionState.FAILED.canMoveTo(ProjectionState.LIVE));
    }
}
