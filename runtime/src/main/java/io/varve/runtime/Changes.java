package io.varve.runtime;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Changes of the life of a projection: one at a time. What is told of one is told when it is whole
 * and nobody is kept from the next, so that a listener finds what it was told of, and may make the
 * next change itself.
 */
final class Changes {
    private final ReentrantLock lock = new ReentrantLock();
    private final News news;
    private final BooleanSupplier closing;

    Changes(News news, BooleanSupplier closing) {
        this.news = news;
        this.closing = closing;
    }

    /** Does something while nobody makes one, unless the projection is closed by then. */
    void between(Runnable one) {
        lock.lock();
        try {
            if (!closing.getAsBoolean()) {
                one.run();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Lets them wait; the caller can make them. What happens meanwhile is told at once. */
    void hold() {
        lock.lock();
    }

    /** Takes {@link #hold} back. */
    void let() {
        lock.unlock();
    }

    /** Likewise, until a time of {@link System#nanoTime}; false if it cannot be had by then. */
    boolean hold(long deadline) {
        return Threads.tryLock(lock, deadline);
    }

    /**
     * Begins one, which may be part of another; waits for that of another thread.
     *
     * @param refusal throws where there must be none
     */
    void begin(Runnable refusal) {
        lock.lock();
        try {
            refusal.run();
            news.hold();
        } catch (Throwable e) {
            lock.unlock();
            throw e;
        }
    }

    /** Ends that which was begun last, and tells of it. */
    void end() {
        boolean tells = news.letGo(); // takes no memory
        lock.unlock();
        if (tells) {
            news.tellWaiting();
        }
    }
}
