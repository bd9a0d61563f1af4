package io.varve.parity;

import java.time.Duration;

/**
 * Windows of both systems.
 *
 * @param shape which
 * @param size milliseconds; of sessions the gap
 * @param advance milliseconds, of hopping ones
 * @param grace milliseconds
 * @param onClose whether windows are told of when they close
 */
record Windowing(Shape shape, long size, long advance, long grace, boolean onClose) {
    /** The kinds of windows. */
    enum Shape {
        TUMBLING,
        HOPPING,
        SLIDING,
        SESSION
    }

    /** Whether headers are not those of the record in hand, in one of the systems. */
    boolean losesHeaders() {
        return shape == Shape.SESSION;
    }

    Windowing onUpdate() {
        return new Windowing(shape, size, advance, grace, false);
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
