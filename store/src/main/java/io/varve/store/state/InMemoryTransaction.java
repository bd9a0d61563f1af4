package io.varve.store.state;

import io.varve.store.bytes.BytesView;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.TableUnknownException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Changes that nobody else sees until they become the environment's committed state. */
final class InMemoryTransaction implements StateTransaction {
    private final InMemoryStateEnvironment environment;
    private final Thread owner = Thread.currentThread();
    private final Map<String, InMemoryRows> tables;
    private Optional<Checkpoint> checkpoint;
    private boolean ended;

    InMemoryTransaction(
            InMemoryStateEnvironment environment, InMemoryStateEnvironment.Committed committed) {
        this.environment = environment;
        this.tables = new HashMap<>(committed.tables());
        this.checkpoint = committed.checkpoint();
    }

    @Override
    public Table table(String name) {
        rows(name);
        return new ChangingTable(name);
    }

    @Override
    public void checkpoint(Checkpoint newCheckpoint) {
        checkUsable();
        checkpoint = Optional.of(newCheckpoint);
    }

    @Override
    public void commit() {
        checkUsable();
        environment.commit(new InMemoryStateEnvironment.Committed(tables, checkpoint));
        end();
    }

    @Override
    public void close() {
        checkThread();
        if (!ended) {
            end();
        }
    }

    private void end() {
        ended = true;
        environment.ended();
    }

    private InMemoryRows rows(String name) {
        checkUsable();
        InMemoryRows rows = tables.get(Objects.requireNonNull(name, "name"));
        if (rows == null) {
            throw new TableUnknownException(name);
        }
        return rows;
    }

    private void checkUsable() {
        checkThread();
        if (ended) {
            throw new StoreClosedException("state transaction");
        }
    }

    private void checkThread() {
        if (Thread.currentThread() != owner) {
            throw new IllegalStateException(
                    "A transaction belongs to the thread that began it: owner="
                            + owner.getName()
                            + " caller="
                            + Thread.currentThread().getName());
        }
    }

    private final class ChangingTable extends InMemoryTable implements Table {
        private final String name;

        ChangingTable(String name) {
            super(() -> rows(name));
            this.name = name;
        }

        @Override
        public void put(BytesView key, BytesView value) {
            tables.put(name, rows(name).put(keyOf(key), value.toByteArray()));
        }

        @Override
        public boolean delete(BytesView key) {
            InMemoryRows before = rows(name);
            InMemoryRows after = before.remove(keyOf(key));
            tables.put(name, after);
            return after != before;
        }

        @Override
        public void clear() {
            rows(name); // refuses what has ended
            tables.put(name, InMemoryRows.NONE);
        }
    }
}
