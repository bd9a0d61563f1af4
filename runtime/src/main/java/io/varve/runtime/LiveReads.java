package io.varve.runtime;

import io.varve.store.errors.VarveException;
import io.varve.store.errors.WaitTimeoutException;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Reads and waits of a projection, which go over to the next generation when that becomes live.
 *
 * @param live tells which is live
 */
record LiveReads(String projection, Supplier<Generation> live) {
    /** Waits until a position is committed; see {@link Progress#await}. */
    boolean await(long position, Duration timeout) throws InterruptedException {
        long deadline = deadline(timeout);
        while (true) {
            Generation asked = live.get();
            try {
                if (asked.await(position, left(deadline), () -> live.get() != asked)) {
                    return true;
                }
                if (live.get() == asked) {
                    return false;
                }
            } catch (VarveException e) {
                // What has become of a generation that is live no more is not what was asked.
                if (live.get() == asked) {
                    throw e;
                }
            }
        }
    }

    ReadView readView(PositionBound bound, Duration timeout) throws InterruptedException {
        long deadline = deadline(timeout);
        while (true) {
            if (bound instanceof PositionBound.At at && !await(at.position(), left(deadline))) {
                throw new WaitTimeoutException(
                        "projection=" + projection,
                        at.position(),
                        live.get().progress().position());
            }
            Generation asked = live.get();
            try {
                ReadView view = asked.openView();
                if (asked == live.get() || isReached(bound, view)) {
                    return view;
                }
                view.close();
            } catch (VarveException e) {
                if (live.get() == asked) {
                    throw e;
                }
            }
        }
    }

    private static boolean isReached(PositionBound bound, ReadView view) {
        return !(bound instanceof PositionBound.At at) || view.position() >= at.position();
    }

    private static long deadline(Duration timeout) {
        return System.nanoTime() + Math.min(Progress.nanos(timeout), Long.MAX_VALUE / 2);
    }

    private static Duration left(long deadline) {
        return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    }

    DeadLetters deadLetters() {
        return new DeadLetters(() -> live.get().letters());
    }
}
