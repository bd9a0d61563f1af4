package io.varve.runtime;

import io.varve.store.errors.LackOfMemory;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The thread of one partition: does what its worker gives it, in order, until something fails; what
 * comes after that is dropped until {@link #forget}. While it is idle its writer is the worker's.
 */
final class PartitionThread {
    /** How much may wait for it; then the worker waits. */
    private static final int MOST_WAITING = 8;

    static {
        Threads.makeReady();
    }

    /** Something to be done. */
    interface Task {
        void run(PartitionWriter writer);

        /** It will not be done, or not to its end; again does nothing. */
        default void dropped() {}
    }

    private final PartitionWriter writer;
    private final Activity activity;
    private final Surroundings surroundings;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Under the lock.
    private final Deque<Task> waiting = new ArrayDeque<>();
    private boolean busy;
    private boolean ended;

    // By the thread only.
    private Task current;
    private boolean holdsRows;
    private boolean over;

    // Null where there is none: where memory has run out, none is taken to say so.
    private volatile Throwable failure;
    private volatile int dirty;
    private volatile boolean full;

    PartitionThread(
            PartitionWriter writer,
            String projection,
            Activity activity,
            Surroundings surroundings) {
        this.surroundings = surroundings;
        this.writer = writer;
        this.activity = activity;
        writer.tells(activity);
        String name = projection + "-" + writer.model().partition().number();
        thread = surroundings.thread(this::run, "varve-projection-" + name);
    }

    void start() {
        thread.start();
    }

    PartitionWriter writer() {
        return writer;
    }

    /** What has failed; the rest is dropped. */
    Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    /** Rows changed since the last commit, as of the last task. */
    int dirty() {
        return dirty;
    }

    /** Whether they should be committed, as of the last task. */
    boolean isFull() {
        return full;
    }

    /** Leaves something to be done; waits while much is waiting. */
    void submit(Task task) {
        lock.lock();
        try {
            while (waiting.size() >= MOST_WAITING) {
                surroundings.await(lock, changed);
            }
            waiting.add(task);
            surroundings.tell(changed);
        } finally {
            lock.unlock();
        }
    }

    void awaitIdle() {
        lock.lock();
        try {
            while (busy || !waiting.isEmpty()) {
                surroundings.await(lock, changed);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Drops what waits, and waits for what is being done. Takes no memory where there is nothing to
     * wait for.
     */
    void clear() {
        lock.lock();
        try {
            while (!waiting.isEmpty()) {
                waiting.peek().dropped(); // again, if it throws and the worker insists
                waiting.remove();
            }
            surroundings.tell(changed);
        } finally {
            lock.unlock();
        }
        awaitIdle();
    }

    /** It is idle, and its writer was brought back to the last commit. */
    void forget() {
        failure = null;
        dirty = 0;
        full = false;
    }

    /** Ends it; it is idle. */
    void end() {
        lock.lock();
        try {
            ended = true;
            surroundings.tell(changed);
        } finally {
            lock.unlock();
        }
        surroundings.join(thread);
    }

    /**
     * Whoever waits for this thread waits for ever if it is gone: whatever is thrown, it goes on
     * where it was.
     */
    private void run() {
        while (!over) {
            try {
                work();
            } catch (Throwable e) {
                rest();
            }
        }
    }

    /** Lets time pass: memory has run out, mostly. */
    private static void rest() {
        try {
            Threads.pause();
        } catch (Throwable e) {
            Thread.onSpinWait();
        }
    }

    /** Until the end; may be begun again after anything it has thrown. */
    private void work() {
        activity.attach();
        while (take()) {
            perform();
            current = null;
            activity.waits();
        }
        activity.detach();
        over = true;
    }

    /** Takes what is next, unless it has something; false at the end. */
    private boolean take() {
        if (current != null) {
            return true;
        }
        lock.lock();
        try {
            busy = false;
            surroundings.tell(changed);
            while (waiting.isEmpty() && !ended) {
                surroundings.await(lock, changed);
            }
            busy = !waiting.isEmpty();
            surroundings.tell(changed);
            current = waiting.poll();
            return current != null;
        } finally {
            lock.unlock();
        }
    }

    private void perform() {
        if (failure == null) {
            try {
                activity.works();
                current.run(writer);
                dirty = writer.dirty();
                full = writer.isFull();
                return;
            } catch (Throwable e) {
                failure = e; // its worker throws it
                holdsRows = true;
            }
        }
        current.dropped();
        letGo();
    }

    /** Once, and at once where memory has run out: its worker needs some to get as far as that. */
    private void letGo() {
        if (holdsRows) {
            holdsRows = false;
            if (LackOfMemory.isCauseOf(failure)) {
                writer.abandon();
            }
        }
    }
}
