package io.varve.parity;

import java.time.Duration;

/**
 * How far apart records of two streams may be that are joined, in milliseconds.
 *
 * @param before how much earlier the right one may be; negative if it has to be later
 * @param after how much later
 * @param grace how late records may be
 */
record Span(long before, long after, long grace) {
    Duration beforeTime() {
        return Duration.ofMillis(before);
    }

    Duration afterTime() {
        return Duration.ofMillis(after);
    }

    Duration graceTime() {
        return Duration.ofMillis(grace);
    }
}
