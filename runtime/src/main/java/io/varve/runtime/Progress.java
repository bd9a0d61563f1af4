package io.varve.runtime;

import io.varve.store.errors.StoreClosedException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * How far a projection has got, for those who ask and those who wait. Written by its worker (by
 * {@code close()} at the end), read by anyone.
 */
final class Progress {
    /** Is told of changes, by the thread that made them, which holds no lock. */
    interface Told {
        void state(ProjectionState now);

        void failure(Throwable cause);

        /** It fails, and nobody has been told: what is to be kept of that is kept now. */
        void failing(Throwable cause);

        void committed(long position);

        void deadLetter(DeadLetter letter, Throwable failure);

        void stuck(StuckWorker stuck, Optional<Thread> worker);

        void recovered(ReadModelRecovery how);

        /** Whether that of which is told is live. */
        boolean isLive();

        /** Whether that of which is told is being rebuilt, and not live. */
        boolean isRebuild();
    }

    private final String projection;
    private final GenerationId generation;
    private final Told told;
    private final ReentrantLock lock = new ReentrantLock();
    private final WorkerMeter meter = new WorkerMeter(System.nanoTime());
    private final Condition changed = lock.newCondition();
    private volatile boolean removed;
    private volatile boolean opened;
    private volatile ProjectionState state = ProjectionState.CREATED;
    private volatile Optional<Activity> activity = Optional.empty();
    private volatile long position = -1;
    private volatile long applied;
    // Null where there is none: where memory has run out, none is taken to say so.
    private volatile Throwable failure;
    private volatile Throwable lastFailure;
    private volatile Optional<ReadModelRecovery> recovery = Optional.empty();
    private volatile Consumer<Progress> whenCommitted = progress -> {};
    private volatile long bytesRead;
    private volatile Optional<ProjectionRetry> retry = Optional.empty();

    Progress(String projection, GenerationId generation, Told told) {
        this.projection = projection;
        this.generation = generation;
        this.told = told;
    }

    ProjectionState state() {
        return state;
    }

    GenerationId generation() {
        return generation;
    }

    /** Of what it is, for logs. */
    String name() {
        return "projection=" + projection + " generation=" + generation;
    }

    /** The last position committed; -1 if none. */
    long position() {
        return position;
    }

    /** Events given to the topology and committed. */
    long applied() {
        return applied;
    }

    Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    /** Says who is at work. */
    void watch(Activity now) {
        activity = Optional.of(now);
    }

    /** That it is stuck, if it is. */
    Optional<StuckWorker> stuck() {
        return activity.flatMap(Activity::stuck);
    }

    /** What its worker is doing. */
    ProjectionActivity doing() {
        Optional<ProjectionRetry> waitsFor = retry;
        Optional<Activity> now = activity.filter(one -> one.thread().isPresent());
        if (now.isEmpty() && (waitsFor.isEmpty() || !state.isRunning())) {
            return ProjectionActivity.NONE;
        }
        if (now.isPresent() && now.get().isWorking()) {
            return now.get().stuck().isPresent()
                    ? ProjectionActivity.STUCK
                    : ProjectionActivity.WORKING;
        }
        if (waitsFor.isEmpty()) {
            return ProjectionActivity.IDLE;
        }
        return EventErrors.isLackOfRoom(waitsFor.get().failure())
                ? ProjectionActivity.WAITING_FOR_ROOM
                : ProjectionActivity.RETRYING;
    }

    /** What is counted on the way. */
    WorkerMeter meter() {
        return meter;
    }

    /** What it stands still for. */
    Optional<ProjectionRetry> retry() {
        return retry;
    }

    /** Says what it stands still for, if it does. */
    void retrying(Optional<ProjectionRetry> now) {
        retry = now;
    }

    /** Tells of an event that was left out. */
    void tell(DeadLetter letter, Throwable failure) {
        told.deadLetter(letter, failure);
    }

    /** Tells that its worker is stuck. */
    void tell(StuckWorker stuck, Optional<Thread> worker) {
        told.stuck(stuck, worker);
    }

    /** How the read model was begun anew, the last time. */
    Optional<ReadModelRecovery> recovery() {
        return recovery;
    }

    /** The read model was begun anew. */
    void recovered(ReadModelRecovery how) {
        recovery = Optional.of(how);
        told.recovered(how);
    }

    /** The worker was given a slice of so many bytes of payload. */
    void read(long bytes) {
        bytesRead += bytes; // by one thread at a time
    }

    /** So many were given before, to other processes perhaps, for the read model that is opened. */
    void readBefore(long bytes) {
        bytesRead = bytes;
    }

    /** Bytes of payload of all slices that were given. */
    long bytesRead() {
        return bytesRead;
    }

    /** Sets who hears of commits, on the thread that makes them; quick. */
    void whenCommitted(Consumer<Progress> told) {
        whenCommitted = told;
    }

    /** A read model was opened; its position may be lower than that of one before. */
    void opened(long at) {
        lock.lock();
        try {
            position = at;
            opened = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Publishes a commit: readers that begin now see it. */
    void committed(long newPosition, long newApplied) {
        lock.lock();
        try {
            position = newPosition;
            applied = newApplied;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        told.committed(newPosition);
        whenCommitted.accept(this);
    }

    /** Changes the state if there is an arrow that way; tells whether there was. */
    boolean moveTo(ProjectionState next) {
        if (!move(next, null)) {
            return false;
        }
        told.state(next);
        return true;
    }

    /**
     * Changes the state to failed, unless it has failed or stopped already; tells whether it did.
     */
    boolean fail(Throwable cause) {
        if (!failUntold(cause)) {
            return false;
        }
        keepFailure(cause);
        tellFailed();
        tellFailure(cause);
        return true;
    }

    /** Keeps why it fails for those who ask after a restart; before anybody is told. */
    void keepFailure(Throwable cause) {
        told.failing(cause);
    }

    /**
     * Changes the state likewise, and takes no memory; {@link #tellFailed} and {@link #tellFailure}
     * are to follow.
     */
    boolean failUntold(Throwable cause) {
        return move(ProjectionState.FAILED, cause);
    }

    /** Tells that it has failed; again does nothing. */
    void tellFailed() {
        told.state(ProjectionState.FAILED);
    }

    /** Tells why it has failed. */
    void tellFailure(Throwable cause) {
        told.failure(cause);
    }

    /** The cause is null where that is not a failure. */
    private boolean move(ProjectionState next, Throwable cause) {
        lock.lock();
        try {
            if (!state.canMoveTo(next)) {
                return false;
            }
            // Told also after it was stopped; but not when it was begun again.
            lastFailure = cause == null ? lastFailure : cause;
            if (next != ProjectionState.STOPPED) {
                failure = cause;
            }
            state = next;
            if (!next.isRunning()) {
                retry = Optional.empty();
            }
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Wakes who waits, so that he looks again for what he waits. */
    void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until a position is committed.
     *
     * @param giveUp ends the wait early; looked at when {@link #wake} was called
     * @return whether it was in time
     * @throws ProjectionFailedException if it will not be
     * @throws StoreClosedException if the runtime is closed
     */
    boolean await(long wanted, Duration timeout, BooleanSupplier giveUp)
            throws InterruptedException {
        return await(() -> position >= wanted, timeout, giveUp);
    }

    /** Waits likewise until everything that was there is applied. */
    boolean awaitLive(Duration timeout, BooleanSupplier giveUp) throws InterruptedException {
        return await(() -> state == ProjectionState.LIVE, timeout, giveUp);
    }

    /** Waits likewise for anything that is looked at when {@link #wake} was called. */
    boolean awaitAny(BooleanSupplier wanted, Duration timeout) throws InterruptedException {
        return await(wanted, timeout, () -> false);
    }

    private boolean await(BooleanSupplier wanted, Duration timeout, BooleanSupplier giveUp)
            throws InterruptedException {
        long left = nanos(timeout);
        lock.lockInterruptibly();
        try {
            while (!wanted.getAsBoolean()) {
                if (giveUp.getAsBoolean()) {
                    return false;
                }
                refuseIfOver();
                if (left <= 0) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void refuseIfOver() {
        if (state == ProjectionState.STOPPED) {
            throw closed();
        }
        if (state == ProjectionState.FAILED) {
            throw failed();
        }
    }

    /** From now on, what is told of it is that it was removed, not that the runtime is closed. */
    void removed() {
        removed = true;
    }

    /** What to tell of a projection that has stopped for good. */
    StoreClosedException closed() {
        return removed
                ? new StoreClosedException(
                        "projection, which was removed: projection=" + projection,
                        "The runtime is open; add the projection again to use it.")
                : new StoreClosedException("runtime, projection=" + projection);
    }

    /** What to tell likewise of a rebuild, whose data is kept. */
    StoreClosedException closedRebuild() {
        return removed
                ? new StoreClosedException(
                        "rebuild, whose projection was removed: " + name(),
                        "The runtime is open, and what it has computed is kept: add the projection"
                                + " again and ask for the rebuild again, which goes on there.")
                : new StoreClosedException(
                        "rebuild, with its runtime: " + name(),
                        "What it has computed is kept: start another runtime with the projection"
                                + " and ask for the rebuild again, which goes on there.");
    }

    /** Why it has failed the last time; null if it has not. */
    Throwable lastFailure() {
        return lastFailure;
    }

    /** Whether who asks for the projection is served by this. */
    boolean isLive() {
        return told.isLive();
    }

    /** Tells of its failure, which may be over since it was looked at. */
    ProjectionFailedException failed() {
        return told.isRebuild()
                ? ProjectionFailedException.ofRebuild(projection, generation, position, lastFailure)
                : ProjectionFailedException.ofLive(
                        projection, generation, position, opened, lastFailure);
    }

    static long nanos(Duration timeout) {
        if (timeout.isNegative()) {
            return 0;
        }
        // Longer than 292 years is for ever.
        return timeout.getSeconds() > Long.MAX_VALUE / 1_000_000_000L - 1
                ? Long.MAX_VALUE
                : timeout.toNanos();
    }
}
