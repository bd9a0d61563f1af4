package io.varve.projections;

import java.time.Duration;
import java.util.Optional;

/**
 * Windows that slide with the records of a key: for each record there is one that ends at it, and
 * one that begins right behind it, as long as there are records in it. Both their start and their
 * end belong to them, so that records of one window are at most the time difference apart.
 *
 * <pre>{@code
 * SlidingWindows.ofTimeDifferenceWithNoGrace(Duration.ofSeconds(10))
 * SlidingWindows.ofTimeDifferenceAndGrace(Duration.ofSeconds(10), Duration.ofSeconds(1))
 * }</pre>
 *
 * <p>A window closes when the stream time, which is the latest time of the records that came to the
 * operator, has passed its end by more than the grace period. No window of records of 1970 and
 * later begins before 1970.
 *
 * @param timeDifference from the start of a window to its end, 1 ms to a thousand years
 * @param grace how long records may be late, 0 to a thousand years
 */
public record SlidingWindows(Duration timeDifference, Duration grace) {
    /**
     * Refuses what cannot be.
     *
     * @param timeDifference from the start of a window to its end, 1 ms to a thousand years
     * @param grace how long records may be late, 0 to a thousand years
     */
    public SlidingWindows {
        WindowTimes.check("time difference", timeDifference, 1);
        WindowTimes.check("grace period", grace, 0);
    }

    /**
     * Windows that close right behind their end.
     *
     * @param timeDifference from the start of a window to its end, 1 ms to a thousand years
     * @return the windows
     */
    public static SlidingWindows ofTimeDifferenceWithNoGrace(Duration timeDifference) {
        return new SlidingWindows(timeDifference, Duration.ZERO);
    }

    /**
     * Windows that wait for late records.
     *
     * @param timeDifference from the start of a window to its end, 1 ms to a thousand years
     * @param grace how long records may be late, 0 to a thousand years
     * @return the windows
     */
    public static SlidingWindows ofTimeDifferenceAndGrace(Duration timeDifference, Duration grace) {
        return new SlidingWindows(timeDifference, grace);
    }

    /**
     * What its stores keep. A record may come for the window right behind another one when that is
     * in no window any longer that takes records: its own one is needed a millisecond longer.
     */
    <K> WindowTerms<K> terms() {
        StoreKind<Windowed<K>> kind =
                new StoreKind<>(
                        true,
                        true,
                        Optional.of(windowed -> windowed.window().startMillis() + 1),
                        false);
        return new WindowTerms<>(
                kind,
                timeDifference.multipliedBy(2).plus(grace),
                grace.toMillis() + 1,
                "sliding windows difference=" + timeDifference);
    }

    <K, V, A> Operator<K, V> operator(
            AggregateOperator.Update<K, V, A> update, WindowParts<K, A> parts) {
        return new SlidingWindowOperator<>(timeDifference.toMillis(), update, parts);
    }
}
