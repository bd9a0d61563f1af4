package io.varve.runtime;

import io.varve.store.errors.ErrorText;
import io.varve.store.errors.Logs;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/** Threads for those who watch: as many as are busy, none while all are idle. Thread-safe. */
final class WatchThreads implements Executor {
    private final Executor threads;
    private final Runnable closing;
    private final Duration patience;

    /**
     * Those of an executor.
     *
     * @param closing is run when nobody is to wait for a next call
     * @param patience how long somebody waits for a listener at most
     */
    WatchThreads(Executor threads, Runnable closing, Duration patience) {
        this.threads = threads;
        this.closing = closing;
        this.patience = patience;
    }

    /**
     * Begins without any.
     *
     * @param idle how long one waits for the next call before it ends
     * @param patience how long somebody waits for a listener at most
     */
    static WatchThreads of(Duration idle, Duration patience) {
        AtomicLong number = new AtomicLong();
        ThreadPoolExecutor threads =
                new ThreadPoolExecutor(
                        0,
                        Integer.MAX_VALUE,
                        idle.toNanos(),
                        TimeUnit.NANOSECONDS,
                        new SynchronousQueue<>(),
                        delivery -> {
                            Thread thread =
                                    new Thread(delivery, "varve-watch-" + number.incrementAndGet());
                            thread.setDaemon(true);
                            return thread;
                        });
        return new WatchThreads(
                threads, () -> threads.setKeepAliveTime(0, TimeUnit.NANOSECONDS), patience);
    }

    @Override
    public void execute(Runnable delivery) {
        threads.execute(delivery);
    }

    /**
     * Waits for the call of a listener that is under way, unless the caller is within it; not for
     * one that does not return.
     *
     * @param delivery is held during calls
     */
    void awaitCall(String projection, ReentrantLock delivery) {
        if (Threads.tryLock(delivery, System.nanoTime() + Progress.nanos(patience))) {
            delivery.unlock();
        } else {
            Logs.of(WatchThreads.class)
                    .log(
                            Level.WARNING,
                            "A watch was closed while its listener is stuck: projection="
                                    + projection);
        }
    }

    /** The last call, of a listener that may throw. */
    static void tellEnd(String projection, Runnable call) {
        try {
            call.run();
        } catch (RuntimeException | Error e) {
            log("A listener has thrown when it was told of the end of its watch", projection, e);
        }
    }

    /** Says what a listener, or a subscriber, has thrown. */
    static void log(String what, String projection, Throwable thrown) {
        Logs.of(WatchThreads.class)
                .log(
                        Level.WARNING,
                        what + ": projection=" + projection,
                        ErrorText.printable(thrown));
    }

    /** From now on no thread waits for a next call; who is told of the end still is. */
    void close() {
        closing.run();
    }
}
