package io.varve.projections;

import java.time.Duration;
import java.util.Optional;

/**
 * Sessions: records of a key of which each comes no later than a gap after the one before. A record
 * between two sessions makes one of them. A session begins at its first record and ends at its
 * last, which both belong to it.
 *
 * <pre>{@code
 * SessionWindows.ofInactivityGapWithNoGrace(Duration.ofMinutes(30))
 * SessionWindows.ofInactivityGapAndGrace(Duration.ofMinutes(30), Duration.ofMinutes(1))
 * }</pre>
 *
 * <p>A session closes when the stream time, which is the latest time of the records that came to
 * the operator, has passed its end by more than the gap and the grace period together. It is final
 * then: a record that is in time for a session behind it makes no part of that of it.
 *
 * @param gap within which the next record belongs to the same session, 1 ms to a thousand years
 * @param grace how long records may be late, 0 to a thousand years
 */
public record SessionWindows(Duration gap, Duration grace) {
    /**
     * Refuses what cannot be.
     *
     * @param gap within which the next record belongs to the same session, 1 ms to a thousand years
     * @param grace how long records may be late, 0 to a thousand years
     */
    public SessionWindows {
        WindowTimes.check("inactivity gap", gap, 1);
        WindowTimes.check("grace period", grace, 0);
    }

    /**
     * Sessions that close as soon as the gap is over.
     *
     * @param gap within which the next record belongs to the same session, 1 ms to a thousand years
     * @return the windows
     */
    public static SessionWindows ofInactivityGapWithNoGrace(Duration gap) {
        return new SessionWindows(gap, Duration.ZERO);
    }

    /**
     * Sessions that wait for late records.
     *
     * @param gap within which the next record belongs to the same session, 1 ms to a thousand years
     * @param grace how long records may be late, 0 to a thousand years
     * @return the windows
     */
    public static SessionWindows ofInactivityGapAndGrace(Duration gap, Duration grace) {
        return new SessionWindows(gap, grace);
    }

    /** What its stores keep. */
    <K> WindowTerms<K> terms() {
        StoreKind<Windowed<K>> kind =
                new StoreKind<>(
                        false, true, Optional.of(windowed -> windowed.window().endMillis()), false);
        Duration all = gap.plus(grace);
        return new WindowTerms<>(kind, all, all.toMillis() + 1, "sessions gap=" + gap);
    }
}
