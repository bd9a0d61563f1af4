package io.varve.store.lmdb;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * Does something as if the thread had not been interrupted: file channels close themselves under a
 * thread that was. The interrupt is there again afterwards.
 *
 * <p>An interrupt may also come while it is done. So files are read and written as {@link
 * PlainFile}; only what needs a channel, a lock and the sync of a folder, is tried again.
 */
public final class Uninterrupted {
    private Uninterrupted() {}

    /** What is done with a channel of its own, and may be done twice. */
    @FunctionalInterface
    interface ChannelAction<T> {
        T run() throws IOException;
    }

    /** Does it, and does it again where an interrupt has closed its channel. */
    static <T> T retry(ChannelAction<T> action) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return action.run();
                } catch (ClosedByInterruptException e) {
                    interrupted = true;
                    Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Waits for another thread, and says what came of it. */
    static <T> T result(FutureTask<T> task) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) e.getCause();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Does it.
     *
     * @param action what
     * @param <T> what it gives
     * @return what it gives
     */
    public static <T> T call(Supplier<T> action) {
        boolean interrupted = Thread.interrupted();
        try {
            return action.get();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
