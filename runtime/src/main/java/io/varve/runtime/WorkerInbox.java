package io.varve.runtime;

import io.varve.store.errors.LackOfMemory;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What others want of a worker: that it stops, that it gives up, that it does something on its
 * thread between two events. Ends its pauses. Thread-safe.
 */
final class WorkerInbox {
    private final Activity activity;
    private final Surroundings surroundings;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition told = lock.newCondition();
    private final Deque<LetterCall<?>> calls = new ArrayDeque<>();
    private boolean open = true;
    private volatile boolean waiting;
    private volatile boolean stopped;
    private volatile boolean abandoned;
    private volatile boolean damaged;
    private volatile Throwable exhausted; // null if not
    private volatile Runnable wake = () -> {};

    /**
     * Of a worker.
     *
     * @param activity is told when it waits
     * @param surroundings in which it waits
     */
    WorkerInbox(Activity activity, Surroundings surroundings) {
        this.activity = activity;
        this.surroundings = surroundings;
    }

    /** Whether the caller is the worker, or helps it. */
    boolean isOnItsThread() {
        return activity.isOnItsThread();
    }

    /** Says how the worker is woken that waits for something else. */
    void wakeBy(Runnable waker) {
        wake = waker;
    }

    /** The worker ends behind the event in hand, a pause at once. */
    void stop() {
        stopped = true;
        signal();
    }

    /** The worker applies and commits nothing more. */
    void abandon() {
        abandoned = true;
        stop();
    }

    /** Damage was found in the read model, by whoever read it: nothing more is built on it. */
    void damaged() {
        damaged = true;
        abandon();
    }

    boolean isDamaged() {
        return damaged;
    }

    /** Whether the worker ends because memory has run out, and another may go on; keeps that. */
    boolean isExhausted(Throwable failure) {
        exhausted = !stopped && LackOfMemory.isCauseOf(failure) ? failure : null;
        return exhausted != null;
    }

    /** The lack of memory of which the worker has ended; null if it was none. */
    Throwable exhausted() {
        return exhausted;
    }

    boolean isStopped() {
        return stopped;
    }

    boolean isAbandoned() {
        return abandoned;
    }

    /** Leaves a call for the worker; returns false if it takes none any more. */
    boolean offer(LetterCall<?> call) {
        lock.lock();
        try {
            if (!open) {
                return false;
            }
            calls.add(call);
            waiting = true;
        } finally {
            lock.unlock();
        }
        signal();
        return true;
    }

    private void signal() {
        lock.lock();
        try {
            told.signalAll();
        } finally {
            lock.unlock();
        }
        wake.run();
    }

    /** Whether there are calls; cheap. */
    boolean hasCalls() {
        return waiting;
    }

    /** Runs what was left, on the worker's thread; nothing that is not committed may be at hand. */
    void runCalls(LetterWork work) {
        LetterCall<?> call = poll();
        while (call != null && !stopped) {
            call.run(work);
            call = poll();
        }
        if (call != null) {
            call.refuse();
        }
    }

    private LetterCall<?> poll() {
        lock.lock();
        try {
            LetterCall<?> call = calls.poll();
            waiting = !calls.isEmpty();
            return call;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits, and runs calls meanwhile.
     *
     * @return false if the worker is to stop
     */
    boolean pause(Duration time, LetterWork work) {
        long end = surroundings.nanos() + time.toNanos();
        long left = time.toNanos();
        while (left > 0 && !stopped) {
            runCalls(work);
            lock.lock();
            try {
                if (!waiting && !stopped) {
                    activity.waits();
                    surroundings.pause(told, end - surroundings.nanos());
                }
            } catch (InterruptedException e) {
                // Nothing of ours interrupts a worker; user code on its thread did, and close() has
                // its own way.
            } finally {
                lock.unlock();
                activity.works();
            }
            left = end - surroundings.nanos();
        }
        return !stopped;
    }

    /** Takes no more calls; those that wait must look for another way. */
    void close() {
        lock.lock();
        try {
            open = false;
            calls.forEach(LetterCall::refuse);
            calls.clear();
            waiting = false;
        } finally {
            lock.unlock();
        }
    }
}
