package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
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
                        .withShutdownTimeout(Duration.ofMillis(8));
        assertEquals(
                new RuntimeConfig(2, 3, 4, 5, 6, Duration.ofMillis(7), Duration.ofMillis(8)),
                changed);
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
