package io.varve.runtime;

import java.util.function.BooleanSupplier;

/** Refuses what cannot be done with a generation. */
record GenerationGuard(
        String projection,
        Progress progress,
        BooleanSupplier closing,
        BooleanSupplier opened,
        BooleanSupplier onItsThread,
        BooleanSupplier started) {
    void refuseClosed() {
        if (closing.getAsBoolean()) {
            throw progress.closed();
        }
    }

    /** Throws if it is closed, or there are no rows, or none that must be gone on with. */
    void refuseUnfit() {
        refuseClosed();
        refuseRefused();
        if (!opened.getAsBoolean() && progress.failure().isPresent()) {
            throw progress.failed();
        }
        if (!opened.getAsBoolean()) {
            throw unopened();
        }
    }

    /** Throws if its rows, however many it has applied, are not those that are asked for. */
    void refuseRefused() {
        if (progress.failure().filter(GenerationGuard::isRefusal).isPresent()) {
            throw progress.failed();
        }
    }

    /** What to tell where there is nothing yet. */
    RuntimeException unopened() {
        if (progress.failure().isPresent()) {
            return progress.failed();
        }
        return started.getAsBoolean()
                ? new ProjectionStartingException(projection)
                : new IllegalStateException(
                        "The projection is not started yet; call start(): projection="
                                + projection);
    }

    /** Throws before the start, where who waits would wait for what nobody has begun. */
    void refuseUnstarted() {
        boolean begun = started.getAsBoolean() || opened.getAsBoolean();
        if (!begun && progress.state() == ProjectionState.CREATED) {
            throw unopened();
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
