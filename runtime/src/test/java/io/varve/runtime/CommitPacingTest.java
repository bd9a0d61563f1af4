package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CommitPacingTest {
    private static final long SECOND = 1_000_000_000L;

    private final RuntimeConfig config =
            RuntimeConfig.defaults()
                    .withCatchUpBatchEvents(1_000_000)
                    .withMaxDirtyRows(5_000)
                    .withCommitInterval(Duration.ofSeconds(1));
    private final CommitPacing pacing = new CommitPacing(config, 0);

    @Test
    void shouldCommitAQuarterOfWhatIsMissing() {
        assertFalse(pacing.isMuch(499_999, 0, 2_000_000));
        assertTrue(pacing.isMuch(500_000, 0, 2_000_000));
        assertFalse(pacing.isMuch(999_999, 0, 1L << 40));
        assertTrue(pacing.isMuch(1_000_000, 0, 1L << 40), "never more than is configured");
        assertFalse(pacing.isMuch(99_999, 0, 0));
        assertTrue(pacing.isMuch(100_000, 0, 0), "not in ever smaller steps");
    }

    @Test
    void shouldCommitSoonerWhereThatIsConfigured() {
        CommitPacing small = new CommitPacing(config.withCatchUpBatchEvents(10), 0);
        assertTrue(small.isMuch(10, 0, 1L << 40));
        assertFalse(small.isMuch(9, 4_999, 0));
        assertTrue(small.isMuch(9, 5_000, 0));
    }

    @Test
    void shouldCommitEachIntervalWhenLive() {
        pacing.committed(0, 5 * SECOND, false);
        assertFalse(pacing.isOverdue(6 * SECOND - 1, true));
        assertTrue(pacing.isOverdue(6 * SECOND, true));
        pacing.begin(6 * SECOND);
        assertFalse(pacing.isOverdue(7 * SECOND - 1, true));
    }

    @Test
    void shouldCommitSeldomWhileItCatchesUpWithCommitsThatTakeLong() {
        assertTrue(pacing.isOverdue(SECOND, false), "nothing is known yet");
        pacing.committed(0, SECOND / 2, false);
        assertFalse(pacing.isOverdue(SECOND / 2 + 4 * SECOND - 1, false));
        assertTrue(pacing.isOverdue(SECOND / 2 + 4 * SECOND, false));
        pacing.committed(0, 100 * SECOND, false);
        assertFalse(pacing.isOverdue(110 * SECOND - 1, false));
        assertTrue(pacing.isOverdue(110 * SECOND, false));
        pacing.committed(0, 1, false);
        assertFalse(pacing.isOverdue(SECOND, false));
        assertTrue(pacing.isOverdue(SECOND + 1, false));
    }
}
