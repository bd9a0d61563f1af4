package io.varve.store;

import java.util.concurrent.locks.LockSupport;

/**
 * Wakes one thread when the log has reached the position it waits for. What the committer does for
 * it is a comparison, and a wake-up where one is due; nobody's code runs.
 *
 * <p>No wake-up is lost: the thread says what it waits for before it looks at the head, the
 * committer moves the head before it looks at what is waited for.
 */
final class CommitWatch implements AutoCloseable {
    private final CommitSignal signal;
    private volatile Thread thread;
    private volatile long wanted = Long.MAX_VALUE;
    private volatile boolean woken;

    CommitWatch(CommitSignal signal, Thread thread) {
        this.signal = signal;
        this.thread = thread;
        signal.add(this);
    }

    /**
     * Waits until the head has reached a position, the store is closed, or there was a {@link
     * #wake} since the last wait. The caller looks at everything anew. Called by the thread alone;
     * an interrupt means nothing to it.
     */
    void await(long position) {
        wanted = position;
        while (signal.head() < position && !woken && !signal.isClosed()) {
            LockSupport.park(this);
            Thread.interrupted(); // or park() would return at once for ever
        }
        wanted = Long.MAX_VALUE;
        woken = false;
    }

    /**
     * Has another thread unparked when the head has reached a position; at once where it has. One
     * thread at a time calls it, and the one that waits looks at everything anew.
     */
    void arm(Thread waiting, long position) {
        wanted = Long.MAX_VALUE;
        thread = waiting;
        wanted = position;
        committed(signal.head());
    }

    /** Called by the committer when it has moved the head. */
    void committed(long head) {
        if (head >= wanted) {
            LockSupport.unpark(thread);
        }
    }

    /** Ends the wait, or the next one. */
    void wake() {
        woken = true;
        LockSupport.unpark(thread);
    }

    @Override
    public void close() {
        signal.remove(this);
    }
}
