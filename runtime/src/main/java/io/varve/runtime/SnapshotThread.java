package io.varve.runtime;

import io.varve.store.errors.Logs;
import java.lang.System.Logger.Level;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The thread that makes the snapshots that are due, one at a time, for all projections of a
 * runtime; a daemon, which exists while there is something to do.
 */
final class SnapshotThread {
    private static final long IDLE_SECONDS = 10;

    private final ThreadPoolExecutor executor =
            new ThreadPoolExecutor(
                    1,
                    1,
                    IDLE_SECONDS,
                    TimeUnit.SECONDS,
                    new LinkedBlockingQueue<>(),
                    SnapshotThread::daemon);

    SnapshotThread() {
        executor.allowCoreThreadTimeOut(true);
    }

    private static Thread daemon(Runnable body) {
        Thread thread = new Thread(body, "varve-projection-snapshots");
        thread.setDaemon(true);
        return thread;
    }

    /** Makes one soon; returns false once it is stopped. */
    boolean submit(Runnable making) {
        try {
            executor.execute(making);
            return true;
        } catch (RejectedExecutionException e) {
            Logs.of(SnapshotThread.class).log(Level.DEBUG, "No snapshots while closing");
            return false;
        }
    }

    /** Begins no other. */
    void stop() {
        executor.shutdown();
        executor.getQueue().clear();
    }

    /**
     * Waits for the one that is being made.
     *
     * @param deadline of {@link System#nanoTime}
     */
    void join(long deadline) {
        boolean interrupted = false;
        while (!executor.isTerminated() && deadline - System.nanoTime() > 0) {
            try {
                executor.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
