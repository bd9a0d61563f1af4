package io.varve.runtime;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * All read views of a runtime that are open, the oldest first; closes those that are open for too
 * long, on a thread that {@link #start} starts. Thread-safe.
 */
final class OpenViews {
    private final Duration limit;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition stop = lock.newCondition();
    private final Runnable closing = this::closeExpired;

    /** The oldest first, but for the moment between opening one and adding it. */
    private final Set<ReadView> views = new LinkedHashSet<>();

    private long expired;
    private boolean stopped;

    OpenViews(Duration limit) {
        this.limit = limit;
    }

    void start() {
        if (limit.isZero()) {
            return;
        }
        Thread thread = new Thread(() -> Threads.insist(closing), "varve-views");
        thread.setDaemon(true);
        thread.start();
    }

    void stop() {
        lock.lock();
        try {
            stopped = true;
            stop.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void add(ReadView view) {
        lock.lock();
        try {
            views.add(view);
        } finally {
            lock.unlock();
        }
    }

    void remove(ReadView view) {
        lock.lock();
        try {
            views.remove(view);
        } finally {
            lock.unlock();
        }
    }

    ViewStatus status() {
        lock.lock();
        try {
            return new ViewStatus(views.size(), Duration.ofNanos(oldest()), expired);
        } finally {
            lock.unlock();
        }
    }

    private void closeExpired() {
        lock.lock();
        try {
            while (!stopped) {
                long left = untilNext();
                if (left > 0) {
                    pause(left);
                } else {
                    expireOldest();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void pause(long nanos) {
        try {
            stop.awaitNanos(nanos);
        } catch (InterruptedException e) {
            // Nothing of ours does that; whoever did, did not mean views to stay open for ever.
            Thread.interrupted();
        }
    }

    /**
     * Nanoseconds until the oldest has expired. A view that is opened while there is none, or
     * younger ones, cannot expire before that, so nobody has to wake the thread.
     */
    private long untilNext() {
        return limit.toNanos() - oldest();
    }

    /** Nanoseconds that the oldest has been open; 0 if there is none. */
    private long oldest() {
        Iterator<ReadView> all = views.iterator();
        return all.hasNext() ? System.nanoTime() - all.next().openedAt() : 0;
    }

    private void expireOldest() {
        ReadView oldest = views.iterator().next();
        views.remove(oldest);
        expired++;
        // It closes at once, or leaves that to the call under way: this does not wait.
        oldest.expire(limit);
    }
}
