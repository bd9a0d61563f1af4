package io.varve.store.state;

import io.varve.store.errors.StoreClosedException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The twin of the environment on LMDB, on the heap. The committed state is one immutable object:
 * views hold the one of their time, a commit replaces it.
 */
final class InMemoryStateEnvironment implements StateEnvironment {
    /** All that is committed: never changed, only replaced. */
    record Committed(Map<String, InMemoryRows> tables, Optional<Checkpoint> checkpoint) {
        Committed {
            tables = Map.copyOf(tables);
        }
    }

    private final Set<String> tables;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition writerEnded = lock.newCondition();

    /** The thread of the open transaction; empty while there is none. */
    private Optional<Thread> writer = Optional.empty();

    private Committed committed;
    private boolean closed;

    InMemoryStateEnvironment(Set<String> tables) {
        this.tables = Set.copyOf(tables);
        Map<String, InMemoryRows> empty = new HashMap<>();
        this.tables.forEach(name -> empty.put(name, InMemoryRows.NONE));
        committed = new Committed(empty, Optional.empty());
    }

    @Override
    public Set<String> tables() {
        return tables;
    }

    @Override
    public StateView view() {
        lock.lock();
        try {
            checkOpen();
            return new InMemoryView(committed);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public StateTransaction begin() {
        lock.lock();
        try {
            checkOpen();
            if (writer.isPresent() && writer.get() == Thread.currentThread()) {
                throw new IllegalStateException(
                        "This thread has a transaction already and would wait for itself for ever;"
                                + " commit or close it first: thread="
                                + Thread.currentThread().getName());
            }
            while (writer.isPresent()) {
                writerEnded.awaitUninterruptibly();
                checkOpen();
            }
            writer = Optional.of(Thread.currentThread());
            return new InMemoryTransaction(this, committed);
        } finally {
            lock.unlock();
        }
    }

    /** Called by the transaction, which is the only one. */
    void commit(Committed next) {
        lock.lock();
        try {
            checkOpen();
            committed = next;
        } finally {
            lock.unlock();
        }
    }

    /** Called by the transaction, once, when it is over. */
    void ended() {
        lock.lock();
        try {
            writer = Optional.empty();
            writerEnded.signal();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void sync() {
        lock.lock();
        try {
            checkOpen();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public StateCopy copyTo(Path folder) {
        try (StateView view = view()) {
            return StateCopy.make(view, tables, folder);
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            writerEnded.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new StoreClosedException("state environment in memory");
        }
    }
}
