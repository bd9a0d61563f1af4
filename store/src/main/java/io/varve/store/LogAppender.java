package io.varve.store;

import io.varve.store.errors.AppendOutcomeUnknownException;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.StoreFailedException;
import io.varve.store.errors.StoreFullException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.errors.VarveException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The only way into the log. Thread-safe.
 *
 * <p>Group commit by leader and followers: each caller queues its batch and tries to become the
 * leader; the leader commits everything that waits, its own batch included, in one transaction, and
 * wakes its followers and a successor. A caller who is alone commits at once, without handing over
 * to another thread.
 *
 * <pre>
 *   append ─▶ queue ─┬─ lock free ──▶ leader: take all that wait ─▶ CommitGroup ─▶ wake followers
 *                    │                                                                     wake a successor
 *                    └─ lock taken ─▶ follower: park ─▶ done, or leader now
 * </pre>
 *
 * <p>A transaction belongs to one operating-system thread, and a virtual thread may change its own
 * between two calls. So virtual threads queue, and a platform thread leads for them.
 */
final class LogAppender {
    /** A group takes no further batch when it holds this much. */
    private static final long GROUP_BYTES = 4 << 20;

    /** Nor when it is of so many, as the list is made ahead. */
    private static final int MOST_TOGETHER = 2048;

    private final Path path;
    private final int maxPayloadBytes;
    private final CommitGroup commits;
    private final VirtualThreads virtualThreads;
    private final ReentrantLock lock = new ReentrantLock();
    private final ConcurrentLinkedQueue<AppendRequest> queue = new ConcurrentLinkedQueue<>();
    private volatile VarveException failure;
    private volatile boolean closed;

    // Made ahead: there may be no memory for them when they are needed.
    private final List<AppendRequest> group = new ArrayList<>(MOST_TOGETHER); // under the lock
    private final StoreFailedException exhausted;
    private final AppendOutcomeUnknownException unknown;

    LogAppender(StoreConfig config, CommitGroup commits) {
        this.path = config.path();
        this.maxPayloadBytes = config.maxPayloadBytes();
        this.commits = commits;
        OutOfMemoryError cause = new OutOfMemoryError("While appends were being committed");
        this.exhausted = new StoreFailedException(path, cause);
        this.unknown = new AppendOutcomeUnknownException(path, cause);
        this.virtualThreads = new VirtualThreads(this::lead);
    }

    /**
     * Appends.
     *
     * @throws IllegalStateException if this thread is committing
     */
    AppendOutcome append(EventBatch batch) {
        checkNotCommitting();
        BatchLimits.check(batch, maxPayloadBytes);
        commits.awaitRoom();
        AppendRequest request = new AppendRequest(batch);
        boolean platform = !VirtualThreads.isVirtual(Thread.currentThread());
        queue.add(request);
        // From here on this thread may be the one that is woken for all: it must not go away.
        if (!platform) {
            haveLed(request);
        }
        await(request, platform);
        return request.outcome();
    }

    /** Asks for a leader; if there is no memory for that, the request is taken back. */
    private void haveLed(AppendRequest request) {
        try {
            virtualThreads.lead();
        } catch (RuntimeException | Error e) {
            if (queue.remove(request)) {
                wakeNext(); // it may have been woken in vain
                throw e;
            }
        }
    }

    /**
     * Leads or follows until the request is done. An interrupt is kept for the caller, not acted
     * upon.
     */
    private void await(AppendRequest request, boolean platform) {
        boolean interrupted = false;
        while (!request.isDone()) {
            // Once closed, leading only means refusing, which any thread may do.
            if ((platform || closed) && lock.tryLock()) {
                leadAndUnlock();
            } else {
                LockSupport.park(this);
                interrupted |= Thread.interrupted();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Commits everything that waits. */
    private void lead() {
        while (!queue.isEmpty()) {
            lock.lock();
            leadAndUnlock();
        }
    }

    private void leadAndUnlock() {
        try {
            commitWaiting();
        } finally {
            unlock();
        }
    }

    /** Gives the lock back and wakes one who found it taken, if there is one. */
    private void unlock() {
        lock.unlock();
        if (wakeNext()) {
            try {
                virtualThreads.leadIfUsed();
            } catch (RuntimeException | Error e) {
                leadInstead(); // there is no memory to ask another thread, and somebody must
            }
        }
    }

    private boolean wakeNext() {
        AppendRequest next = queue.peek();
        if (next != null) {
            next.wake();
        }
        return next != null;
    }

    /** Commits everything that waits, as long as nobody else does; takes no memory. */
    private void leadInstead() {
        while (!queue.isEmpty() && lock.tryLock()) {
            try {
                commitWaiting();
            } finally {
                lock.unlock();
            }
        }
        wakeNext();
    }

    /**
     * Refuses the clock, whose call is the only one out of here: what it would wait for waits for
     * it.
     *
     * @throws IllegalStateException if this thread is committing
     */
    void checkNotCommitting() {
        if (lock.isHeldByCurrentThread()) {
            throw new IllegalStateException(
                    "The clock of the store's config is called while events are being appended, so"
                            + " it must not call the store: path="
                            + path);
        }
    }

    /**
     * Does something while nobody appends.
     *
     * @throws IllegalStateException if this thread is committing
     */
    void withLock(Runnable action) {
        checkNotCommitting();
        lock.lock();
        try {
            action.run();
        } finally {
            unlock();
        }
    }

    /** Commits something else than events, while nobody appends, by the rules of appending. */
    void change(Runnable commit) {
        withLock(
                () -> {
                    if (closed) {
                        throw new StoreClosedException("path=" + path);
                    }
                    if (failure != null) {
                        throw new StoreFailedException(path, failure);
                    }
                    try {
                        commit.run();
                    } catch (StoreFullException e) {
                        throw e;
                    } catch (NotCommittedException e) {
                        throw notMade(e);
                    } catch (VarveException e) {
                        failure = e;
                        throw new StoreFailedException(path, e);
                    } catch (Throwable e) {
                        failure = exhausted; // until there is a better one
                        failure = new StoreFailedException(path, e);
                        throw failure;
                    }
                });
    }

    /** Throws nothing, and answers all it takes. */
    private void commitWaiting() {
        VarveException before = failure;
        takeWaiting();
        try {
            commit(group);
        } catch (Throwable e) { // whatever it is, all wait for an answer
            // Not even the error that was to be told could be made. What was written is not known,
            // unless nothing was, as the store had failed before.
            failure = before == null ? exhausted : before;
            refuse(group, before == null ? unknown : before);
        }
        for (int i = 0; i < group.size(); i++) {
            group.get(i).complete();
        }
        group.clear();
    }

    private void takeWaiting() {
        long bytes = 0;
        while (bytes < GROUP_BYTES && group.size() < MOST_TOGETHER) {
            AppendRequest request = queue.poll();
            if (request == null) {
                return;
            }
            group.add(request);
            bytes += request.batch().totalBytes();
        }
    }

    private void commit(List<AppendRequest> group) {
        if (closed) {
            refuse(group, new StoreClosedException("path=" + path));
            return;
        }
        if (failure != null) {
            refuse(group, new StoreFailedException(path, failure));
            return;
        }
        try {
            commits.commit(group);
        } catch (StoreFullException e) {
            refuse(group, e);
        } catch (NotCommittedException e) {
            refuse(group, notMade(e));
        } catch (VarveException e) {
            // What was written of the commit is not known, so nothing more may be written behind
            // it.
            failure = e;
            refuse(group, new AppendOutcomeUnknownException(path, e));
        } catch (Throwable e) {
            failure = new StoreFailedException(path, e);
            refuse(group, new AppendOutcomeUnknownException(path, e));
        }
    }

    private VarveException notMade(NotCommittedException e) {
        return e.getCause() instanceof VarveException known
                ? known
                : new StoreIoException("Nothing was written: path=" + path, e.getCause());
    }

    private static void refuse(List<AppendRequest> group, VarveException why) {
        for (int i = 0; i < group.size(); i++) { // an iterator takes memory
            group.get(i).refused(why);
        }
    }

    /** Whether it is not known what was written last. */
    boolean hasFailed() {
        return failure != null;
    }

    /** Lets the commit that is going on end, and refuses what comes later. */
    void close() {
        withLock(() -> closed = true);
        virtualThreads.close();
        lead();
    }

    @FunctionalInterface
    interface CommitGroup {
        /**
         * Commits batches, and gives each its result or the reason why it alone was refused.
         *
         * @throws StoreFullException if there is no room: nothing was written
         * @throws NotCommittedException if it was given up: nothing was written
         * @throws VarveException if it is not known whether anything was written
         */
        void commit(List<AppendRequest> group);

        /** Waits while what was committed is not dealt with. Any thread, without the lock. */
        default void awaitRoom() {}
    }
}
