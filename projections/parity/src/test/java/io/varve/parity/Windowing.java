package io.varve.parity;

import java.time.Duration;

/**
 * Windows of both systems.
 *
 * @param shape which
 * @param size milliseconds; of sessions the gap
 * @param advance milliseconds, of hopping ones
 * @param grace milliseconds
 */
record Windowing(Shape shape, long size, long advance, long grace) {
    /** The kinds of windows. */
    enum Shape {
        TUMBLING,
        HOPPING
    }

    Duration sizeTime() {
        return Duration.ofMillis(size);
    }

    Duration advanceTime() {
        return Duration.ofMillis(advance);
    }

    Duration graceTime() {
        return Duration.ofMillis(grace);
    }
}
