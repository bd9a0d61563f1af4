package io.varve.store.lmdb;

import io.varve.store.errors.LackOfMemory;
import io.varve.store.errors.Logs;
import io.varve.store.errors.StoreFailedException;
import io.varve.store.errors.VarveException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Says when to sync, on a thread of its own: an interval after the first commit that is not synced,
 * or sooner where much was written. While there is nothing to sync the thread sleeps.
 *
 * <p>Whoever writes faster than the disk takes it waits in {@link #awaitRoom}.
 */
final class SyncSchedule {
    /** Nobody writes on while so much is not on disk; another number is set by tests alone. */
    static volatile long mostBytes = 256L << 20;

    /** What a commit writes beside its data: pages of the trees above it. */
    static final long COMMIT = 16 << 10;

    /** Nanoseconds until a sync that was put off is tried again, if much was written. */
    private static final long PUT_OFF = 100_000_000;

    /** Nanoseconds that others have to let memory go. */
    private static final long REST = 50_000_000;

    static {
        LockSupport.parkNanos(1); // made ready, which takes memory the first time
    }

    private final Path folder;
    private final long most = mostBytes;

    /** A sync begins early when so much was written. */
    private final long early = most / 4;

    private final long intervalNanos;
    private final Runnable sync;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long dirty;
    private long underway;
    private long firstNanos;

    /** A sync that was put off is not tried again before. */
    private long notBefore = System.nanoTime();

    private boolean stopped;

    /** Somebody wants the write lock: who has just had it lets him. */
    private volatile boolean capturing;

    private volatile VarveException failure;

    SyncSchedule(Path folder, Duration interval, Runnable sync) {
        this.folder = folder;
        this.intervalNanos = interval.toNanos();
        this.sync = sync;
        this.thread = new Thread(this::run, "varve-sync");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        boolean goesOn = true;
        while (goesOn) {
            try {
                goesOn = syncWhenDue();
            } catch (RuntimeException | Error e) {
                if (!LackOfMemory.isCauseOf(e)) {
                    throw e;
                }
                rest(); // nobody would sync any more without this thread
            }
        }
    }

    /** False if there will be nothing to sync any more. */
    private boolean syncWhenDue() {
        if (!awaitDue()) {
            return false;
        }
        try {
            sync.run();
        } catch (VarveException e) {
            if (failure != null) {
                return false; // it is noted, and whoever writes next hears of it
            }
            LackOfMemory.throwIfCauseOf(e);
            Logs.of(SyncSchedule.class).log(Level.DEBUG, "A sync was put off: path=" + folder, e);
        }
        return true;
    }

    /** Others may let memory go meanwhile. Takes none itself, but for a lock that is held. */
    private void rest() {
        try {
            putOff();
            LockSupport.parkNanos(REST);
        } catch (Error e) {
            if (!LackOfMemory.isCauseOf(e)) {
                throw e;
            }
            Thread.onSpinWait();
        }
    }

    private boolean awaitDue() {
        lock.lock();
        try {
            while (!stopped && failure == null) {
                if (dirty == 0) {
                    changed.awaitUninterruptibly();
                    continue;
                }
                long now = System.nanoTime();
                long left = firstNanos + intervalNanos - now;
                if (left <= 0 || dirty >= early && now - notBefore >= 0) {
                    return true;
                }
                await(dirty >= early ? Math.min(left, notBefore - now) : left);
            }
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void await(long nanos) {
        try {
            changed.awaitNanos(nanos);
        } catch (InterruptedException e) {
            // A stranger's, who did not mean commits to stay off the disk: stop() has its own way.
            Logs.of(SyncSchedule.class)
                    .log(Level.DEBUG, "The thread that syncs was interrupted: path=" + folder);
        }
    }

    void committed(long bytes) {
        lock.lock();
        try {
            if (dirty == 0) {
                firstNanos = System.nanoTime();
                changed.signalAll();
            }
            dirty += bytes + COMMIT;
            if (dirty >= early) {
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
        checkFailure();
    }

    void awaitRoom() {
        if (failure == null && !capturing && dirtyBytes() < most) {
            return;
        }
        lock.lock();
        try {
            while (failure == null && !stopped && (capturing || dirty + underway >= most)) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
        checkFailure();
    }

    private long dirtyBytes() {
        lock.lock();
        try {
            return dirty + underway;
        } finally {
            lock.unlock();
        }
    }

    void checkFailure() {
        if (failure != null) {
            throw new StoreFailedException(folder, failure);
        }
    }

    boolean hasFailed() {
        return failure != null;
    }

    /** A sync is about to take the write lock. */
    void capturing() {
        capturing = true;
    }

    /** What was committed so far is what the sync is about. */
    void captured() {
        lock.lock();
        try {
            capturing = false;
            underway = dirty;
            dirty = 0;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void synced() {
        lock.lock();
        try {
            underway = 0;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The sync was not made: what it was about is still to be synced. */
    void putOff() {
        lock.lock();
        try {
            capturing = false;
            dirty += underway;
            underway = 0;
            firstNanos = System.nanoTime();
            notBefore = firstNanos + PUT_OFF;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Called by one thread at a time. */
    void failed(VarveException e) {
        failure = failure == null ? e : failure; // first, whatever happens then
        lock.lock();
        try {
            capturing = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Ends the thread, once the sync that is going on has ended. */
    void stop() {
        lock.lock();
        try {
            stopped = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
