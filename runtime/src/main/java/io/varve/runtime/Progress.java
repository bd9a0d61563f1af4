package io.varve.runtime;

import io.varve.store.errors.StoreClosedException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * How far a projection has got, for those who ask and those who wait. Written by its worker (by
 * {@code close()} at the end), read by anyone.
 */
final class Progress {
    private static final System.Logger LOG = System.getLogger(Progress.class.getName());

    private final String projection;
    private final ProjectionListener listener;
    private final ReentrantLock lock = new ReentrantLock();
    private final WorkerMeter meter = new WorkerMeter(System.nanoTime());
    private final Condition changed = lock.newCondition();
    private volatile ProjectionState state = ProjectionState.CREATED;
    private volatile Optional<Activity> activity = Optional.empty();
    private volatile long position = -1;
    private volatile long applied;
    private volatile Optional<Throwable> failure = Optional.empty();
    private volatile Optional<ReadModelRecovery> recovery = Optional.empty();
    private volatile Consumer<Progress> whenCommitted = progress -> {};
    private volatile long bytesRead;
    private volatile Optional<ProjectionRetry> retry = Optional.empty();

    Progress(String projection, ProjectionListener listener) {
        this.projection = projection;
        this.listener = listener;
    }

    ProjectionState state() {
        return state;
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
        return failure;
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
        if (now.isEmpty()) {
            return ProjectionActivity.NONE;
        }
        if (now.get().isWorking()) {
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
    void tell(DeadLetter letter) {
        tell(() -> listener.onDeadLetter(projection, letter));
    }

    /** How the read model was begun anew, the last time. */
    Optional<ReadModelRecovery> recovery() {
        return recovery;
    }

    /** The read model was begun anew. */
    void recovered(ReadModelRecovery how) {
        recovery = Optional.of(how);
        tell(() -> listener.onRecovery(projection, how));
    }

    /** The worker was given a slice of so many bytes of payload. */
    void read(long bytes) {
        bytesRead += bytes; // by one thread at a time
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
        whenCommitted.accept(this);
    }

    /** Changes the state if there is an arrow that way; tells whether there was. */
    boolean moveTo(ProjectionState next) {
        return move(next, Optional.empty());
    }

    /**
     * Changes the state to failed, unless it has failed or stopped already; tells whether it did.
     */
    boolean fail(Throwable cause) {
        if (!move(ProjectionState.FAILED, Optional.of(cause))) {
            return false;
        }
        tell(() -> listener.onFailure(projection, cause));
        return true;
    }

    private boolean move(ProjectionState next, Optional<Throwable> cause) {
        ProjectionState from;
        lock.lock();
        try {
            from = state;
            if (!from.canMoveTo(next)) {
                return false;
            }
            cause.ifPresent(why -> failure = cause);
            state = next;
            if (next == ProjectionState.FAILED || next == ProjectionState.STOPPED) {
                retry = Optional.empty();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        tell(() -> listener.onStateChange(projection, from, next));
        return true;
    }

    private void tell(Runnable news) {
        try {
            news.run();
        } catch (Throwable e) {
            LOG.log(Level.WARNING, "A listener has thrown: projection=" + projection, e);
        }
    }

    /**
     * Waits until a position is committed.
     *
     * @return whether it was in time
     * @throws ProjectionFailedException if it will not be
     * @throws StoreClosedException if the runtime is closed
     */
    boolean await(long wanted, Duration timeout) throws InterruptedException {
        long left = nanos(timeout);
        lock.lockInterruptibly();
        try {
            while (position < wanted) {
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
            throw new StoreClosedException("runtime, waiting for projection=" + projection);
        }
        if (state == ProjectionState.FAILED) {
            throw failed();
        }
    }

    ProjectionFailedException failed() {
        return new ProjectionFailedException(projection, position, failure.orElseThrow());
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
