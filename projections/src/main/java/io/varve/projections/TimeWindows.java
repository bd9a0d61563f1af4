package io.varve.projections;

import java.time.Duration;
import java.util.Optional;

/**
 * Windows of one size, which begin at 1970 and then one after the other (tumbling), or one each hop
 * (hopping). The start of a window belongs to it, its end does not.
 *
 * <pre>{@code
 * TimeWindows.ofSizeWithNoGrace(Duration.ofMinutes(5))                                  // tumbling
 * TimeWindows.ofSizeAndGrace(Duration.ofMinutes(5), Duration.ofSeconds(30))
 *         .advanceBy(Duration.ofMinutes(1))                                             // hopping
 * }</pre>
 *
 * <p>A window closes when the stream time, which is the latest time of the records that came to the
 * operator, reaches its end and the grace period behind it. Records that come for it later are
 * dropped, and counted as late.
 *
 * @param size of a window, 1 ms to a thousand years
 * @param advance from one start to the next, 1 ms to {@code size}
 * @param grace how long records may be late, 0 to a thousand years
 */
public record TimeWindows(Duration size, Duration advance, Duration grace) {
    private static final long MOST_AT_ONCE = 1_000_000;

    /**
     * Refuses what cannot be.
     *
     * @param size of a window, 1 ms to a thousand years
     * @param advance from one start to the next, 1 ms to {@code size}
     * @param grace how long records may be late, 0 to a thousand years
     */
    public TimeWindows {
        WindowTimes.check("size of windows", size, 1);
        WindowTimes.check("advance of windows", advance, 1);
        WindowTimes.check("grace period", grace, 0);
        if (advance.compareTo(size) > 0) {
            throw new IllegalArgumentException(
                    "Windows advance by their size at most, or records would be lost: size="
                            + size
                            + " advance="
                            + advance
                            + ".");
        }
        if (size.toMillis() / advance.toMillis() > MOST_AT_ONCE) {
            throw new IllegalArgumentException(
                    "A record falls into a million windows at most: size="
                            + size
                            + " advance="
                            + advance
                            + ". Let them advance by more.");
        }
    }

    /**
     * Tumbling windows that close at their end.
     *
     * @param size of a window, 1 ms to a thousand years
     * @return the windows
     */
    public static TimeWindows ofSizeWithNoGrace(Duration size) {
        return ofSizeAndGrace(size, Duration.ZERO);
    }

    /**
     * Tumbling windows that wait for late records.
     *
     * @param size of a window, 1 ms to a thousand years
     * @param grace how long after its end a window takes records, 0 to a thousand years
     * @return the windows
     */
    public static TimeWindows ofSizeAndGrace(Duration size, Duration grace) {
        return new TimeWindows(size, size, grace);
    }

    /**
     * Hopping windows of the same size.
     *
     * @param hop from one start to the next, 1 ms to the size
     * @return other windows
     */
    public TimeWindows advanceBy(Duration hop) {
        return new TimeWindows(size, hop, grace);
    }

    /**
     * Of the first window that a time falls into; as before 1970 there is nothing, none spans it.
     */
    long firstStart(long timestamp) {
        long hop = advance.toMillis();
        long start = Math.floorDiv(timestamp - size.toMillis() + hop, hop) * hop;
        return timestamp >= 0 ? Math.max(0, start) : start;
    }

    /** What its stores keep. */
    <K> WindowTerms<K> terms() {
        StoreKind<Windowed<K>> kind =
                new StoreKind<>(
                        false, false, Optional.of(windowed -> windowed.window().startMillis()));
        return new WindowTerms<>(
                kind,
                size.plus(grace),
                grace.toMillis(),
                "time windows size=" + size + " advance=" + advance);
    }

    <K, V, A> Operator<K, V> operator(
            AggregateOperator.Update<K, V, A> update, WindowParts<K, A> parts) {
        return new TimeWindowOperator<>(this, update, parts);
    }
}
