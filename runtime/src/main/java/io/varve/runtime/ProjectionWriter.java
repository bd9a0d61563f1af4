package io.varve.runtime;

import io.varve.projections.Projection;
import io.varve.projections.ProjectionTask;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.state.Checkpoint;
import java.time.Instant;
import java.util.BitSet;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Applies events to one read model and commits: rows, dead letters and checkpoint in one
 * transaction. There is one at a time for a read model; it belongs to its thread.
 */
final class ProjectionWriter implements AutoCloseable {
    private final Projection projection;
    private final RuntimeContext context;
    private final BitSet own;
    private final LetterBook letters;
    private final Progress progress;
    private final BooleanSupplier abandoned;
    private final ReentrantLock committing;
    private final ProjectionTask task;
    private long committed;
    private long applied;
    private long appliedCommitted;
    private Activity activity;
    private long sliceTime = EventSlice.UNKNOWN;
    private long sliceLast = -1;
    private long oldestTime = EventSlice.UNKNOWN;

    /**
     * Begins behind the checkpoint.
     *
     * @param own the numbers of the sources the projection reads
     * @param abandoned tells that nothing may be applied or committed any more
     */
    ProjectionWriter(ReadModel model, BitSet own, BooleanSupplier abandoned) {
        this.projection = model.projection();
        this.context = model.context();
        this.own = own;
        this.letters = model.letters();
        this.progress = model.progress();
        this.abandoned = abandoned;
        // Until it belongs to a worker, nobody looks.
        this.activity = new Activity(projection.name(), progress, context.watchdog());
        this.committing = model.committing();
        this.task = new ProjectionTask(projection.topology(), model.environment());
        this.task.onCommit(checkpoint -> model.watches().committed(task, checkpoint.position()));
        this.committed = task.checkpoint().map(Checkpoint::position).orElse(model.start() - 1);
        this.applied = progress.applied();
        this.appliedCommitted = applied;
    }

    /** Tells, from now on, that it gets on. */
    void tells(Activity told) {
        activity = told;
    }

    /** The last position committed. */
    long committed() {
        return committed;
    }

    /** Events given to the topology. */
    long applied() {
        return applied;
    }

    /** Rows changed since the last commit. */
    int dirty() {
        return task.dirty();
    }

    boolean isAbandoned() {
        return abandoned.getAsBoolean();
    }

    /** Whether an entry is of a source that the projection reads. */
    boolean reads(EventSlice.Entry entry) {
        return own.get(entry.source());
    }

    /** Says what the events come from that are applied from now on. */
    void begin(EventSlice slice) {
        sliceTime = slice.commitTimeMillis();
        sliceLast = slice.last();
        if (oldestTime == EventSlice.UNKNOWN) {
            oldestTime = sliceTime;
        }
    }

    /**
     * Applies an event whose turn has come, or lets it wait where its stream is under quarantine.
     */
    void apply(EventSlice.Entry entry) {
        if (letters.holds(entry.stream())) {
            letters.addWaiting(letter(entry, DeadLetter.Kind.WAITING, 0, Optional.empty()));
            return;
        }
        activity.step(entry.position());
        task.process(decoded(entry).event());
        applied++;
    }

    /** Applies an event that was left out when its turn came. */
    void applyLate(EventSlice.Entry entry) {
        activity.step(entry.position());
        task.processLate(decoded(entry).event());
        applied++;
    }

    private EventSlice.Decoded decoded(EventSlice.Entry entry) {
        if (entry instanceof EventSlice.Poison poison) {
            throw new PoisonEventException(projection.name(), poison);
        }
        return (EventSlice.Decoded) entry;
    }

    /** Leaves out an event that failed, as the policy has it; its commit comes next. */
    DeadLetter leaveOut(
            EventSlice.Entry entry, ErrorPolicy.Final policy, int attempts, Throwable failure) {
        Optional<DeadLetter.Failure> why = Optional.of(DeadLetter.Failure.of(failure));
        if (policy instanceof ErrorPolicy.Skip) {
            DeadLetter letter = letter(entry, DeadLetter.Kind.SKIPPED, attempts, why);
            letters.addSkipped(letter);
            return letter;
        }
        DeadLetter letter = letter(entry, DeadLetter.Kind.DEAD, attempts, why);
        letters.addDead(letter);
        return letter;
    }

    private DeadLetter letter(
            EventSlice.Entry entry,
            DeadLetter.Kind kind,
            int attempts,
            Optional<DeadLetter.Failure> failure) {
        return new DeadLetter(
                entry.position(), kind, entry.stream(), entry.type(), attempts, failure, now());
    }

    Instant now() {
        return context.store().config().clock().instant();
    }

    /** Commits what was applied, if the position is behind the checkpoint. */
    void commit(long position) {
        committing.lock();
        try {
            if (position > committed && !isAbandoned()) {
                write(position);
            }
        } finally {
            committing.unlock();
        }
    }

    /**
     * Commits what was changed without going on.
     *
     * @throws StoreClosedException if it may not any more
     */
    void commitLate() {
        committing.lock();
        try {
            if (isAbandoned()) {
                throw new StoreClosedException("runtime, projection=" + projection.name());
            }
            write(committed);
        } finally {
            committing.unlock();
        }
    }

    private void write(long position) {
        activity.step();
        Checkpoint checkpoint = context.history().at(position);
        long began = System.nanoTime();
        task.commit(checkpoint, letters::writeTo);
        long ended = System.nanoTime();
        letters.committed();
        if (position > committed) {
            progress.retrying(Optional.empty());
        }
        committed = position;
        count(ended, ended - began);
        appliedCommitted = applied;
        progress.committed(position, applied);
    }

    /** Counts the commit, and how old its oldest event is now that it can be read. */
    private void count(long now, long nanos) {
        long events = applied - appliedCommitted;
        progress.meter().committed(now, events, nanos, task.cacheCounts());
        if (events > 0 && oldestTime != EventSlice.UNKNOWN) {
            long age = context.store().config().clock().millis() - oldestTime;
            progress.meter().visible(now, TimeUnit.MILLISECONDS.toNanos(age));
        }
        oldestTime = committed < sliceLast ? sliceTime : EventSlice.UNKNOWN;
    }

    /** Goes back to the checkpoint. */
    void abandon() {
        letters.abandon();
        applied = appliedCommitted;
        sliceTime = EventSlice.UNKNOWN;
        oldestTime = EventSlice.UNKNOWN;
        task.abandon();
    }

    @Override
    public void close() {
        letters.abandon();
        task.close();
    }
}
