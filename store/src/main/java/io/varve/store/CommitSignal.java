package io.varve.store;

import io.varve.store.errors.StoreClosedException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The position of the last committed event, and the wait for it to reach another. Thread-safe.
 *
 * <p>No wake-up is lost: a waiter counts itself before it looks at the head, a committer moves the
 * head before it looks at the count. No committer takes the lock while nobody waits.
 */
final class CommitSignal {
    /** Whose it is, as {@code name=value}. */
    private final String owner;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private final AtomicInteger waiters = new AtomicInteger();

    /** Never changed in place; an array, as to walk a list takes memory. */
    private volatile CommitWatch[] watches = {};

    private volatile long head = -1;
    private volatile boolean closed;

    CommitSignal(String owner) {
        this.owner = owner;
    }

    /** From now on a watch is told of commits. */
    synchronized void add(CommitWatch watch) {
        CommitWatch[] more = Arrays.copyOf(watches, watches.length + 1);
        more[watches.length] = watch;
        watches = more;
    }

    synchronized void remove(CommitWatch watch) {
        watches =
                Arrays.stream(watches).filter(other -> other != watch).toArray(CommitWatch[]::new);
    }

    boolean isClosed() {
        return closed;
    }

    long head() {
        return head;
    }

    void advance(long position) {
        head = position;
        wake();
        for (CommitWatch watch : watches) {
            watch.committed(position);
        }
    }

    void checkOpen() {
        if (closed) {
            throw new StoreClosedException(owner);
        }
    }

    /** Lets everybody go who waits. */
    void close() {
        closed = true;
        wake();
        for (CommitWatch watch : watches) {
            watch.wake();
        }
    }

    private void wake() {
        if (waiters.get() > 0) {
            lock.lock();
            try {
                moved.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Waits for the head to reach a position; false when the time is up. */
    boolean await(long position, Duration timeout) throws InterruptedException {
        checkOpen();
        if (head >= position) {
            return true;
        }
        lock.lockInterruptibly();
        waiters.incrementAndGet();
        try {
            long left = saturatedNanos(timeout);
            while (head < position && left > 0 && !closed) {
                left = moved.awaitNanos(left);
            }
            if (head < position && closed) {
                throw new StoreClosedException(owner + " waiting for position=" + position);
            }
            return head >= position;
        } finally {
            waiters.decrementAndGet();
            lock.unlock();
        }
    }

    private static long saturatedNanos(Duration timeout) {
        if (timeout.isNegative()) {
            return 0;
        }
        return timeout.compareTo(Duration.ofDays(10_000)) > 0 ? Long.MAX_VALUE : timeout.toNanos();
    }
}
