package io.varve.runtime;

import io.varve.projections.CacheSize;
import io.varve.projections.Projection;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateView;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.StampedLock;
import java.util.function.BooleanSupplier;

/**
 * What it takes to write to the read model of a projection.
 *
 * @param partitions its parts, by number
 * @param start the first position to apply where there is no checkpoint
 * @param committing held during each commit: who gives a writer up must know that it has committed
 *     for the last time
 * @param together held for writing while several partitions commit: who opens a view of all of them
 *     sees none in between
 * @param cacheSize of the decoded rows of all partitions together
 * @param keepsBytesRead whether its first partition keeps with each commit how much was read for it
 */
record ReadModel(
        Projection projection,
        List<PartitionModel> partitions,
        RuntimeContext context,
        Watches watches,
        Progress progress,
        long start,
        ReentrantLock committing,
        StampedLock together,
        CacheSize cacheSize,
        boolean keepsBytesRead) {
    private List<StateEnvironment> environments() {
        return partitions.stream().map(PartitionModel::environment).toList();
    }

    /** Opens a view of its dead letters, and of all else as each partition has it. */
    StateView letters() {
        return partitions.size() == 1
                ? partitions.get(0).environment().view()
                : PartitionedView.open(environments());
    }

    /**
     * How many dead letters it has. Partitions have the same ones, but for those that failed in
     * some of them only after others had been killed or lost.
     */
    DeadLetterCounts counts() {
        return partitions.stream()
                .map(one -> one.letters().counts())
                .reduce(DeadLetterCounts.NONE, DeadLetterCounts::most);
    }

    /** The first position that may still be retried; all if there is none. */
    long oldestLetter() {
        return PartitionModel.oldestLetter(partitions);
    }

    /** The first damage that was found in it. */
    Optional<StoreCorruptedException> damage() {
        return environments().stream().flatMap(one -> one.damage().stream()).findFirst();
    }

    /** Begins to write rows; only one may at a time. */
    RowWriter rows(BooleanSupplier abandoned) {
        return partitions.size() == 1
                ? new PartitionWriter(this, partitions.get(0))
                : new PartitionWriters(this, abandoned);
    }

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

    /** The log, with what this projection reads and nothing else. */
    SliceReader log(Sources.Decoders decoders) {
        StoreSliceReader log =
                new StoreSliceReader(context.store(), () -> decoders, context.config());
        return context.shared().reader(log, decoders.numbers());
    }

    LetterWork letterWork(ProjectionWriter writer, SliceReader log, BooleanSupplier stopped) {
        return new LetterWork(partitions, writer, log, stopped);
    }
}
