package io.varve.runtime;

import io.varve.projections.Projection;
import io.varve.store.state.StateEnvironment;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * What it takes to write to the read model of a projection.
 *
 * @param start the first position to apply where there is no checkpoint
 * @param committing held during each commit: who gives a writer up must know that it has committed
 *     for the last time
 */
record ReadModel(
        Projection projection,
        StateEnvironment environment,
        RuntimeContext context,
        LetterBook letters,
        Watches watches,
        Progress progress,
        long start,
        ReentrantLock committing) {
    /** Waits for a commit that is under way; false if it does not end in time. */
    boolean awaitCommit(Duration timeout) {
        boolean interrupted = Thread.interrupted();
        try {
            boolean free = committing.tryLock(Progress.nanos(timeout), TimeUnit.NANOSECONDS);
            if (free) {
                committing.unlock();
            }
            return free;
        } catch (InterruptedException e) {
            interrupted = true;
            return false;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Begins to write behind the checkpoint; only one may at a time. */
    ProjectionWriter writer(Sources.Decoders decoders, BooleanSupplier abandoned) {
        return new ProjectionWriter(this, decoders.numbers(), abandoned);
    }

    /** The log, as this projection alone reads it. */
    SliceReader log(Sources.Decoders decoders) {
        return new StoreSliceReader(context.store(), () -> decoders, context.config());
    }

    LetterWork letterWork(ProjectionWriter writer, SliceReader log, BooleanSupplier stopped) {
        return new LetterWork(environment, writer, letters, log, stopped);
    }
}
