package io.varve.store.state;

import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.TableUnknownException;
import java.util.Map;
import java.util.Optional;

/** What was committed when the view was opened. Outlives the environment: it holds all it needs. */
final class InMemoryView implements StateView {
    private final Map<String, InMemoryRows> tables;
    private final Optional<Checkpoint> checkpoint;
    private volatile boolean closed;

    InMemoryView(InMemoryStateEnvironment.Committed committed) {
        this.tables = committed.tables();
        this.checkpoint = committed.checkpoint();
    }

    @Override
    public ReadOnlyTable table(String name) {
        checkOpen();
        InMemoryRows rows = tables.get(name);
        if (rows == null) {
            throw new TableUnknownException(name);
        }
        return new InMemoryTable(
                () -> {
                    checkOpen();
                    return rows;
                });
    }

    @Override
    public Optional<Checkpoint> checkpoint() {
        checkOpen();
        return checkpoint;
    }

    @Override
    public void close() {
        closed = true;
    }

    private void checkOpen() {
        if (closed) {
            throw new StoreClosedException("state view");
        }
    }
}
