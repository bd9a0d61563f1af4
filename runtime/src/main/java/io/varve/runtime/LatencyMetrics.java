package io.varve.runtime;

import java.time.Duration;

/**
 * How long something took, over the last 30 to 60 seconds.
 *
 * @param count how many times it was measured; 0 makes all others zero
 * @param min the shortest
 * @param average of them
 * @param p99 what 99 of 100 did not exceed; up to 6 % too high, never too low
 * @param max the longest
 */
public record LatencyMetrics(
        long count, Duration min, Duration average, Duration p99, Duration max) {
    static final LatencyMetrics NONE =
            new LatencyMetrics(0, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);
}
