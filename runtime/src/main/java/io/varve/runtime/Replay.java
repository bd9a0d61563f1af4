package io.varve.runtime;

import io.varve.projections.DueWorkException;
import io.varve.projections.ProjectionException;
import io.varve.projections.ProjectionTask;
import io.varve.projections.SourceEvent;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateTransaction;
import io.varve.store.state.StateView;
import io.varve.store.state.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Applies a part of the log to changes over a read model, on the thread of the caller, who is the
 * only one that sees them. Nothing of it is written to the log or to the read model.
 */
final class Replay implements AutoCloseable {
    private final Timeline line;
    private final ReplayTerms terms;
    private final StateView base;
    private final StateEnvironment overlay;
    private final ProjectionTask task;
    private final SliceReader log;
    private final LetterRows rows = new LetterRows();
    private final List<DeadLetter> passed = new ArrayList<>();
    private final RateMeter meter;
    private LeftOut left;
    private Consumer<SourceEvent> watcher = event -> {};
    private long position;
    private long committed;
    private boolean kept;

    /**
     * Stands behind what is given.
     *
     * @param base is closed with this
     * @param left the events that are not applied
     */
    Replay(Timeline line, ReplayTerms terms, Timeline.Base base, LeftOut left) {
        this.line = line;
        this.terms = terms;
        this.base = base.state();
        this.position = base.position();
        this.committed = position;
        this.left = left;
        this.overlay =
                StateEnvironment.overlay(
                        base.state(), line.tables(), terms.overlayBytes(), line.overlayFolder());
        this.task = begin();
        this.log = line.log();
        this.meter = new RateMeter(System.nanoTime(), position);
    }

    private ProjectionTask begin() {
        try {
            return line.task(overlay);
        } catch (RuntimeException | Error e) {
            release();
            throw e;
        }
    }

    /** The position of the last event applied; -1 if none. */
    long position() {
        return position;
    }

    ProjectionTask task() {
        return task;
    }

    StateEnvironment overlay() {
        return overlay;
    }

    LeftOut left() {
        return left;
    }

    /** Sets what is left out from now on. */
    void leaveOut(LeftOut now) {
        left = now;
    }

    /** Sets who looks at the rows right behind each event that is applied. */
    void watch(Consumer<SourceEvent> looks) {
        watcher = looks;
    }

    /**
     * Applies everything up to a position, and commits it.
     *
     * @throws ReplayFailedException if an event cannot be applied
     * @throws InterruptedException if the thread was interrupted
     */
    void to(long target) throws InterruptedException {
        tell(target);
        while (position < target) {
            terms.check(line, position, target);
            apply(log.read(position + 1), target);
            if (isMuch()) {
                commit();
            }
            tell(target);
        }
        commit();
    }

    private void tell(long target) {
        terms.told().accept(ReplayProgress.of(position, target, meter));
    }

    private boolean isMuch() {
        RuntimeConfig config = line.context().config();
        return position - committed >= config.catchUpBatchEvents()
                || task.dirty() >= config.maxDirtyRows()
                || task.isFull();
    }

    private void apply(EventSlice slice, long target) {
        for (EventSlice.Entry entry : slice.entries()) {
            if (entry.position() > target) {
                break;
            }
            if (left.has(entry)) {
                left.letter(entry.position()).ifPresent(passed::add);
            } else {
                apply(entry);
                commitIfFull(entry.position());
            }
        }
        position = Math.min(slice.last(), target);
    }

    /** In the middle of a slice, where few rows take all the memory that there is for them. */
    private void commitIfFull(long applied) {
        if (task.isFull()) {
            position = applied;
            commit();
        }
    }

    private void apply(EventSlice.Entry entry) {
        String name = line.projection().name();
        try {
            if (entry instanceof EventSlice.Poison poison) {
                throw new PoisonEventException(name, poison);
            }
            SourceEvent event = (EventSlice.Decoded) entry;
            task.process(event);
            watcher.accept(event);
        } catch (ProjectionException | DueWorkException | PoisonEventException e) {
            throw new ReplayFailedException(name, entry.position(), e);
        }
    }

    private void commit() {
        if (position == committed && passed.isEmpty()) {
            return;
        }
        try {
            task.commit(line.context().history().at(position), this::writeLetters);
        } catch (ProjectionException | DueWorkException e) {
            long failed = EventErrors.position(e).orElse(position);
            throw new ReplayFailedException(line.projection().name(), failed, e);
        }
        committed = position;
        passed.clear();
    }

    private void writeLetters(StateTransaction transaction) {
        if (!passed.isEmpty()) {
            Table letters = transaction.table(LetterRows.LETTERS);
            passed.forEach(letter -> rows.put(letters, letter));
        }
    }

    /** What it has come to, which is closed by who gets it; nothing more is applied. */
    StateView result() {
        EndedTask.close(line.projection().name(), task);
        OwnedState result = new OwnedState(overlay.view(), this::release);
        kept = true;
        return result;
    }

    /** Lets go of everything, unless somebody has the result. */
    @Override
    public void close() {
        EndedTask.close(line.projection().name(), task);
        if (!kept) {
            release();
        }
    }

    private void release() {
        try {
            overlay.close();
        } finally {
            base.close();
        }
    }
}
