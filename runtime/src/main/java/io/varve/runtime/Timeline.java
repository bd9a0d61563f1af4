package io.varve.runtime;

import io.varve.projections.CacheSize;
import io.varve.projections.Partition;
import io.varve.projections.Projection;
import io.varve.projections.ProjectionTask;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateView;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What it takes to look at other times of a read model than now.
 *
 * @param cache of decoded rows, as the projection has it
 * @param folder for what does not fit into memory; what a killed process has left there is deleted
 *     at the next start, see {@link ProjectionFolder}
 * @param changed the last position whose rows another definition has computed, if there is one
 */
record Timeline(
        Projection projection,
        RuntimeContext context,
        Readers readers,
        ModelSnapshots snapshots,
        CacheSize cache,
        Path folder,
        OptionalLong changed) {
    private static final AtomicLong OVERLAYS = new AtomicLong();

    /** The tables that are read at other times. */
    Set<String> tables() {
        Set<String> tables = new HashSet<>(projection.topology().tables());
        tables.addAll(List.of(LetterRows.LETTERS, LetterRows.QUARANTINE));
        return tables;
    }

    /** What applies events to changes over some rows. */
    ProjectionTask task(StateEnvironment overlay) {
        ProjectionTask task =
                new ProjectionTask(
                        projection.topology(),
                        overlay,
                        Partition.WHOLE,
                        cache,
                        CaffeineRows.FACTORY);
        task.appended(Long.MAX_VALUE); // whatever it emits, nobody is to see it
        return task;
    }

    /** A folder that nobody has had. */
    Path overlayFolder() {
        return folder.resolve(ProcessHandle.current().pid() + "-" + OVERLAYS.getAndIncrement());
    }

    /** The log, as this projection alone reads it. */
    SliceReader log() {
        Sources.Decoders decoders = new Sources().add(projection.topology());
        return new StoreSliceReader(context.store(), () -> decoders, context.config());
    }

    long firstPosition() {
        return context.store().retention().firstPosition();
    }

    PositionUnavailableException truncated(long position) {
        return PositionUnavailableException.truncated(
                projection.name(), position, firstPosition(), context.store().head());
    }

    private PositionUnavailableException unverifiable(long position) {
        if (changed.isPresent()) {
            return PositionUnavailableException.unverifiableRedefined(
                    projection.name(),
                    changed.getAsLong(),
                    firstPosition(),
                    context.store().head());
        }
        return PositionUnavailableException.unverifiable(
                projection.name(), position, firstPosition(), context.store().head());
    }

    /** Refuses what has not happened yet. */
    void checkReached(long position) {
        long head = context.store().head();
        if (position > head) {
            throw PositionUnavailableException.ahead(
                    projection.name(), position, firstPosition(), head);
        }
        if (position < -1) {
            throw new IllegalArgumentException("position is -1 or more: actual=" + position);
        }
    }

    /** Where the read model is, and what it lacks. */
    record Now(long position, LeftOut left) {}

    Now now() {
        try (ReadView view = readers.openView()) {
            return now(view);
        }
    }

    static Now now(ReadView view) {
        return new Now(view.position(), LeftOut.of(view.state(), view.position()));
    }

    /** Rows as of a position at or before another, to go on from. */
    record Base(StateView state, long position) {}

    /**
     * The newest rows that can be gone on from: those of a snapshot, or none.
     *
     * @param most the position that they may be as of
     * @param left what is left out behind them must have been left out in them
     * @throws PositionUnavailableException if there are none, because events are gone
     */
    Base base(long most, LeftOut left) {
        Optional<Base> snapshot = snapshot(most, left);
        if (snapshot.isPresent()) {
            return snapshot.get();
        }
        if (changed.isPresent()) {
            throw PositionUnavailableException.redefined(
                    projection.name(),
                    changed.getAsLong(),
                    firstPosition(),
                    context.store().head());
        }
        // Also where a projection may begin later: nobody knows where this one has begun.
        if (firstPosition() > 0) {
            throw truncated(most);
        }
        return new Base(StateEnvironment.inMemory(tables()).view(), -1);
    }

    /**
     * The oldest rows that can be gone on from: none, or those of a snapshot if events are gone.
     *
     * @throws PositionUnavailableException if there are none
     */
    Base firstBase(Now now) {
        if (firstPosition() == 0 && changed.isEmpty()) {
            return base(-1, now.left());
        }
        Base oldest =
                snapshot(now.position(), now.left())
                        .orElseThrow(() -> unverifiable(now.position()));
        Optional<Base> older = snapshot(oldest.position() - 1, now.left());
        while (older.isPresent()) {
            oldest.state().close();
            oldest = older.get();
            older = snapshot(oldest.position() - 1, now.left());
        }
        return oldest;
    }

    private Optional<Base> snapshot(long most, LeftOut left) {
        long bound = most;
        while (bound >= 0) {
            Optional<Snapshots.Opened> opened =
                    snapshots.openNewest(context.history(), bound, tables());
            if (opened.isEmpty()) {
                return Optional.empty();
            }
            if (opened.get().position() < changed.orElse(-1)) {
                opened.get().state().close(); // the same definition, before another came between
                return Optional.empty();
            }
            Optional<Base> base = base(opened.get(), left);
            if (base.isPresent()) {
                return base;
            }
            bound = opened.get().position() - 1;
        }
        return Optional.empty();
    }

    /** Empty if it lacks an event that was retried since: it is older than what it says. */
    private static Optional<Base> base(Snapshots.Opened opened, LeftOut left) {
        StateView state = opened.state();
        try {
            if (left.isSame(LeftOut.of(state, opened.position()), opened.position())) {
                return Optional.of(new Base(state, opened.position()));
            }
        } catch (RuntimeException | Error e) {
            state.close();
            throw e;
        }
        state.close();
        return Optional.empty();
    }
}
