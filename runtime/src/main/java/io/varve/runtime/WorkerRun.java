package io.varve.runtime;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/**
 * One run of a worker, on a thread of its own. It may be left behind if it does not end in time;
 * then it releases what it uses itself, whenever that is.
 */
final class WorkerRun {
    private volatile ProjectionWorker worker;
    private final UnaryOperator<ProjectionWorker> next;
    private volatile boolean stopped;
    private final Thread thread;
    private final Runnable whenEnded;

    // "It has ended" and "it is left behind": under this object's monitor, so that one side
    // releases.
    private boolean ended;
    private Runnable afterwards;

    /**
     * A run that has not begun.
     *
     * @param next tells who goes on in place of a worker that has ended; the same, if nobody
     */
    WorkerRun(
            String projection,
            ProjectionWorker worker,
            UnaryOperator<ProjectionWorker> next,
            Runnable whenEnded) {
        this.next = next;
        this.worker = worker;
        this.whenEnded = whenEnded;
        thread = new Thread(this::run, "varve-projection-" + projection);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            ProjectionWorker ended;
            do {
                ended = worker;
                ended.run();
                worker = next.apply(ended);
                if (stopped) {
                    worker.stop(); // stop() may have seen the one before
                }
            } while (worker != ended);
        } finally {
            Threads.insist(whenEnded);
            Runnable left;
            synchronized (this) {
                ended = true;
                left = afterwards;
                notifyAll();
            }
            if (left != null) {
                Threads.insist(left);
            }
        }
    }

    /** Asks the worker to end behind the slice in hand. */
    void stop() {
        stopped = true;
        worker.stop();
    }

    /** Gives it up: it applies and commits nothing more, but for a commit that is under way. */
    void abandon() {
        stopped = true;
        worker.abandon();
    }

    /** Gives it up; false if a commit is under way and does not end in time. */
    boolean abandon(Duration timeout) {
        worker.abandon();
        return worker.awaitCommit(timeout);
    }

    /** Tells the worker that damage was found. */
    void damaged() {
        worker.inbox().damaged();
    }

    /** Wakes who waits for the end, so that he looks again whether he still wants to. */
    synchronized void wake() {
        notifyAll();
    }

    /**
     * Waits for the worker to end, but not for the calling thread.
     *
     * @param deadline of {@link System#nanoTime}
     * @param giveUp ends the wait early; looked at when {@link #wake} was called
     * @return whether it has ended
     */
    boolean awaitEnd(long deadline, BooleanSupplier giveUp) {
        if (!isOnItsThread()) {
            await(deadline, giveUp);
        }
        synchronized (this) {
            if (!ended) {
                return false;
            }
        }
        Threads.join(thread, deadline);
        return true;
    }

    private void await(long deadline, BooleanSupplier giveUp) {
        boolean interrupted = false;
        synchronized (this) {
            long left = deadline - System.nanoTime();
            while (!ended && left > 0 && !giveUp.getAsBoolean()) {
                try {
                    wait(left / 1_000_000, (int) (left % 1_000_000));
                } catch (InterruptedException e) {
                    // To end halfway would leave threads on closed environments; the caller is told
                    // afterwards.
                    interrupted = true;
                }
                left = deadline - System.nanoTime();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    synchronized boolean hasEnded() {
        return ended;
    }

    /**
     * Leaves the worker behind, unless it has ended.
     *
     * @param release what it does itself when it ends
     * @return false if it has ended, and the caller releases
     */
    synchronized boolean leaveBehind(Runnable release) {
        if (ended) {
            return false;
        }
        afterwards = release;
        return true;
    }

    boolean isOnItsThread() {
        return Thread.currentThread() == thread || worker.isOnItsThread();
    }
}
