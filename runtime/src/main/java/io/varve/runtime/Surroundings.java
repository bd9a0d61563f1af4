package io.varve.runtime;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What a worker has around it: the time, how it lets some of it pass, the log, the threads of its
 * partitions and how these wait for each other. Where many of them are to be driven one at a time,
 * in an order that can be had again, others are put in place of these.
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

    /** A thread for a partition, which has not begun. */
    default Thread thread(Runnable body, String name) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Waits until it is told; may return early. The caller has the lock, once. */
    default void await(ReentrantLock lock, Condition told) {
        told.awaitUninterruptibly();
    }

    /** Tells all who wait. The caller has the lock. */
    default void tell(Condition waiting) {
        waiting.signalAll();
    }

    /** Waits for the end of a thread that will not wait any more. */
    default void join(Thread thread) {
        Threads.join(thread, System.nanoTime() + Long.MAX_VALUE / 2);
    }

    /** The log, as a worker reads it. */
    default SliceReader log(SliceReader log) {
        return log;
    }
}
