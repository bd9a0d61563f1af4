package io.varve.runtime;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;

/**
 * What a worker has around it: the time, how it lets some of it pass, the log. Where many of them
 * are to be driven by one thread, others are put in place of these.
 */
interface Surroundings {
    /** Those of the machine. */
    Surroundings REAL = new Surroundings() {};

    /** Nanoseconds, as {@link System#nanoTime}. */
    default long nanos() {
        return System.nanoTime();
    }

    /** Waits until there is more for a worker to do, or it is woken; may return early. */
    default void idle(EventFeed feed) {
        feed.await();
    }

    /** Waits until it is told, or for so long; may return early. The caller has the lock. */
    default void pause(Condition told, long nanos) throws InterruptedException {
        told.await(nanos, TimeUnit.NANOSECONDS);
    }

    /** The log, as a worker reads it. */
    default SliceReader log(SliceReader log) {
        return log;
    }
}
