package io.varve.runtime;

import io.varve.projections.CacheCounts;
import io.varve.projections.Projection;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateView;
import java.time.Instant;
import java.util.BitSet;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * Applies events to one read model and commits: rows, dead letters and checkpoint in one
 * transaction. There is one at a time for a read model; it belongs to its thread.
 */
final class ProjectionWriter implements AutoCloseable {
    private final Projection projection;
    private final RuntimeContext context;
    private final BitSet own;
    private final Progress progress;
    private final BooleanSupplier abandoned;
    private final ReentrantLock committing;
    private final RowWriter rows;
    private final Runnable closing;
    private final Optional<Ticker.Seat> ticks;

    /** Of the first partition, where what concerns all of them is kept. */
    private final StateEnvironment environment;

    private final long appliedBefore;
    private final CacheCounts cacheBefore;
    private final Map<String, Long> droppedBefore;
    private long committed;
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
        this.progress = model.progress();
        this.abandoned = abandoned;
        // Until it belongs to a worker, nobody looks.
        this.activity = new Activity(projection.name(), progress, context.watchdog());
        this.committing = model.committing();
        this.appliedBefore = progress.applied();
        this.appliedCommitted = appliedBefore;
        this.cacheBefore = progress.meter().cache();
        this.droppedBefore = progress.meter().dropped();
        this.environment = model.partitions().get(0).environment();
        this.rows = model.rows(abandoned);
        this.closing = rows::close;
        this.committed = rows.committed();
        this.ticks = ticks();
    }

    private Optional<Ticker.Seat> ticks() {
        if (!projection.topology().hasTicks()) {
            return Optional.empty();
        }
        long interval = context.config().tickInterval().toNanos();
        Ticker.Seat seat = Ticker.join(context.store(), progress, interval);
        seat.due(rows.tickDue());
        return Optional.of(seat);
    }

    /** Tells, from now on, that it gets on. */
    void tells(Activity told) {
        activity = told;
        rows.tells(told);
    }

    /** The last position committed, in all partitions. */
    long committed() {
        return committed;
    }

    /** Whether all partitions are at one position, where there are several. */
    boolean isTogether() {
        return rows.isTogether();
    }

    /** Events given to the topology. */
    private long applied() {
        return appliedBefore + rows.applied();
    }

    /** Rows changed since the last commit. */
    int dirty() {
        return rows.dirty();
    }

    /** Whether they take so much of the cache that they should be committed. */
    boolean isFull() {
        return rows.isFull();
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
        if (rows.isTogether() || !isLeftOut(entry.position())) {
            rows.apply(entry);
        }
    }

    private boolean isLeftOut(long position) {
        Optional<DeadLetter> known = rows.leftOutAhead(position);
        known.ifPresent(
                letter -> {
                    rows.leaveOut(letter);
                    commit(position);
                });
        return known.isPresent();
    }

    /** Applies an event that was left out when its turn came, in these partitions. */
    void applyLate(EventSlice.Entry entry, Predicate<PartitionModel> where) {
        rows.applyLate(entry, where);
    }

    /** Leaves out an event that failed, as the policy has it; its commit comes next. */
    DeadLetter leaveOut(
            EventSlice.Entry entry, ErrorPolicy.Final policy, int attempts, Throwable failure) {
        Optional<DeadLetter.Failure> why = Optional.of(DeadLetter.Failure.of(failure));
        DeadLetter.Kind kind =
                policy instanceof ErrorPolicy.Skip ? DeadLetter.Kind.SKIPPED : DeadLetter.Kind.DEAD;
        DeadLetter letter = letter(entry, kind, attempts, why);
        rows.leaveOut(letter);
        context.reached("letter.added");
        return letter;
    }

    /** Whether an event is not left out yet, and does not wait behind another of its stream. */
    boolean mayLeaveOut(EventSlice.Poison poison) {
        return rows.isTogether() && !rows.holds(poison.stream());
    }

    PoisonEventException failureOf(EventSlice.Poison poison) {
        return new PoisonEventException(projection.name(), poison);
    }

    private DeadLetter letter(
            EventSlice.Entry entry,
            DeadLetter.Kind kind,
            int attempts,
            Optional<DeadLetter.Failure> failure) {
        return PartitionWriter.letter(entry, kind, attempts, failure, context);
    }

    Instant now() {
        return context.store().config().clock().instant();
    }

    /** Commits what was applied, if the position is behind the checkpoint. */
    void commit(long position) {
        if (position > committed) {
            rows.settle(); // user code may take its time, and has no part in the commit
        }
        committing.lock();
        try {
            if (position > committed && !isAbandoned()) {
                write(position, () -> rows.commit(position));
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
            context.reached("late.begun");
            write(committed, rows::commitLate);
            context.reached("late.done");
        } finally {
            committing.unlock();
        }
    }

    private void write(long position, Runnable commit) {
        activity.step();
        long before = committed;
        long began = System.nanoTime();
        try {
            commit.run();
        } finally {
            committed = rows.committed();
        }
        long ended = System.nanoTime();
        if (committed > before) {
            progress.retrying(Optional.empty());
        }
        count(ended, ended - began);
        appliedCommitted = applied();
        // Before the position, of which the ticker takes it that this is as of it.
        ticks.ifPresent(seat -> seat.due(rows.tickDue()));
        progress.committed(committed, appliedCommitted);
    }

    /** Counts the commit, and how old its oldest event is now that it can be read. */
    private void count(long now, long nanos) {
        long events = applied() - appliedCommitted;
        progress.meter().committed(now, events, nanos, cacheCounts());
        progress.meter().dropped(WorkerMeter.sum(droppedBefore, rows.lateRecords()));
        if (events > 0 && oldestTime != EventSlice.UNKNOWN) {
            long age = context.store().config().clock().millis() - oldestTime;
            progress.meter().visible(now, TimeUnit.MILLISECONDS.toNanos(age));
        }
        oldestTime = committed < sliceLast ? sliceTime : EventSlice.UNKNOWN;
    }

    /** Counted since the start, by the writers before this one too; the rows are its own. */
    private CacheCounts cacheCounts() {
        CacheCounts own = rows.cacheCounts();
        return new CacheCounts(
                cacheBefore.hits() + own.hits(),
                cacheBefore.misses() + own.misses(),
                own.rows(),
                own.size());
    }

    /** How often an event was tried before, by other processes too; 0 if that is not known. */
    int attempts(long position) {
        try (StateView view = environment.ownView()) {
            return Life.attempts(view, position);
        }
    }

    /** Keeps how often an event was tried. */
    void keepAttempts(long position, int attempts) {
        committing.lock();
        try {
            if (!isAbandoned()) {
                Life.keepAttempts(environment, position, attempts);
                context.reached("attempt.kept");
            }
        } finally {
            committing.unlock();
        }
    }

    /** The log has what was emitted up to a position. */
    void appended(long position) {
        rows.appended(position);
    }

    /** Goes back to the checkpoint. */
    void abandon() {
        sliceTime = EventSlice.UNKNOWN;
        oldestTime = EventSlice.UNKNOWN;
        rows.abandon();
    }

    @Override
    public void close() {
        ticks.ifPresent(Ticker.Seat::leave);
        Threads.insist(closing);
    }
}
