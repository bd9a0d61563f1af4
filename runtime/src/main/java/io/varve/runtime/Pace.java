package io.varve.runtime;

import java.util.OptionalLong;
import java.util.function.BooleanSupplier;

/** How fast a worker may go. Its worker passes; anyone sets the limit. */
final class Pace {
    private static final long SECOND = 1_000_000_000L;

    /** So long, in nanoseconds, nobody should wait to see it get on. */
    static final long LONG_WAIT = SECOND / 20;

    private volatile long limit;
    private long due = System.nanoTime();

    /** Sets the most positions a second; 0 for no limit. What is owed is paid at the new rate. */
    synchronized void limit(long perSecond) {
        long now = System.nanoTime();
        double owed = due - now > 0 && limit > 0 ? (double) (due - now) * limit / SECOND : 0;
        limit = perSecond;
        due = perSecond == 0 ? now : now + (long) (owed * SECOND / perSecond);
        notifyAll();
    }

    OptionalLong limit() {
        return limit == 0 ? OptionalLong.empty() : OptionalLong.of(limit);
    }

    boolean isLimited() {
        return limit > 0;
    }

    /** How many positions, 1 or more, may be passed at once without a long wait behind them. */
    long portion() {
        long most = limit;
        return most == 0 ? Long.MAX_VALUE : Math.max(1, most / (SECOND / LONG_WAIT));
    }

    /** Whether {@link #pass} would wait for so long that it should not wait with open changes. */
    synchronized boolean isWaitLong(long positions) {
        long ahead = Math.max(0, due - System.nanoTime());
        return limit > 0 && ahead + (double) positions * SECOND / limit >= LONG_WAIT;
    }

    /** Waits after some positions were passed; saves nothing up. */
    void pass(long positions, BooleanSupplier stopped) {
        if (limit > 0) {
            await(positions, stopped);
        }
    }

    private synchronized void await(long positions, BooleanSupplier stopped) {
        if (limit == 0) {
            return;
        }
        long now = System.nanoTime();
        due = (due - now > 0 ? due : now) + (long) ((double) positions * SECOND / limit);
        while (limit > 0 && due - now > 0 && !stopped.getAsBoolean()) {
            try {
                long left = due - now;
                wait(left / 1_000_000, (int) (left % 1_000_000));
            } catch (InterruptedException e) {
                // Nothing of ours interrupts a worker; user code on its thread did.
            }
            now = System.nanoTime();
        }
    }

    /** Lets the worker look whether it is to stop. */
    synchronized void wake() {
        notifyAll();
    }
}
