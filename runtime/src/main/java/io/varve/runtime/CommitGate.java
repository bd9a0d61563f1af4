package io.varve.runtime;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Where the partitions of a read model wait for each other in the midst of a commit: everything is
 * written and nothing has taken effect. So a row that cannot be written keeps all of them back.
 */
final class CommitGate {
    /** Another partition could not write; not what went wrong itself. */
    static final class Shut extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private Shut() {
            super("Another partition could not commit");
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Runnable shutting = this::shut;
    private final Surroundings surroundings;
    private int expected;
    private boolean open;
    private boolean shut;

    CommitGate(int partitions, Surroundings surroundings) {
        this.surroundings = surroundings;
        expected = partitions;
    }

    /** A partition is ready; waits until it may commit, or throws if it may not. */
    void arrive() {
        lock.lock();
        try {
            expected--;
            surroundings.tell(changed);
            while (!open && !shut) {
                surroundings.await(lock, changed);
            }
            if (shut) {
                throw new Shut();
            }
        } finally {
            lock.unlock();
        }
    }

    /** A partition will not be ready. Does nothing once it is open. */
    void shut() {
        lock.lock();
        try {
            shut |= !open;
            surroundings.tell(changed);
        } finally {
            lock.unlock();
        }
    }

    /** The same whatever happens: whoever waits there waits for ever otherwise. */
    void insistOnShutting() {
        Threads.insist(shutting);
    }

    /** Waits until all are ready, or one will not be. */
    void awaitAll() {
        lock.lock();
        try {
            while (expected > 0 && !shut) {
                surroundings.await(lock, changed);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Lets all commit, unless it is shut. */
    void open() {
        lock.lock();
        try {
            open = !shut;
            surroundings.tell(changed);
        } finally {
            lock.unlock();
        }
    }
}
