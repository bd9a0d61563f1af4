package io.varve.store.lmdb;

import java.util.function.Supplier;

/**
 * Does something as if the thread had not been interrupted: file channels close themselves under a
 * thread that was. The interrupt is there again afterwards.
 */
public final class Uninterrupted {
    private Uninterrupted() {}

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
