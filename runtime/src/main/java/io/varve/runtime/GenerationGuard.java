package io.varve.runtime;

import java.util.function.BooleanSupplier;

/** Refuses what cannot be done with a generation. */
record GenerationGuard(
        String projection,
        Progress progress,
        BooleanSupplier closing,
        BooleanSupplier opened,
        BooleanSupplier onItsThread) {
    void refuseClosed() {
        if (closing.getAsBoolean()) {
            throw progress.closed();
        }
    }

    /** Throws if it is closed, or there are no rows, or none that must be gone on with. */
    void refuseUnfit() {
        refuseClosed();
        boolean unfit = progress.failure().filter(GenerationGuard::isRefusal).isPresent();
        if (unfit || !opened.getAsBoolean() && progress.failure().isPresent()) {
            throw progress.failed();
        }
        if (!opened.getAsBoolean()) {
            throw new IllegalStateException(
                    "The projection is not started yet; call start(), or wait for one that is being"
                            + " added with awaitLive: projection="
                            + projection);
        }
    }

    void refuseOwnThread() {
        if (onItsThread.getAsBoolean()) {
            throw new IllegalStateException(
                    "A projection cannot wait for itself; use another thread: projection="
                            + projection);
        }
    }

    /** Whether a failure means that the rows must not be gone on with. */
    private static boolean isRefusal(Throwable failure) {
        return failure instanceof ChangedDefinitionException
                || failure instanceof ChangedPartitionsException
                || failure instanceof HistoryTruncatedException;
    }
}
