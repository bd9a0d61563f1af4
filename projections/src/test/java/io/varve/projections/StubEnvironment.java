package io.varve.projections;

import io.varve.store.bytes.BytesView;
import io.varve.store.errors.StoreFullException;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.ReadOnlyTable;
import io.varve.store.state.StateCopy;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateTransaction;
import io.varve.store.state.StateView;
import io.varve.store.state.Table;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An environment on the heap that can run out of room, counts open views, and notes what is
 * written.
 */
final class StubEnvironment implements StateEnvironment {
    private final StateEnvironment real;
    final List<String> written = new ArrayList<>();
    int openViews;
    boolean full;

    StubEnvironment(Set<String> tables) {
        real = StateEnvironment.inMemory(tables);
    }

    @Override
    public Set<String> tables() {
        return real.tables();
    }

    @Override
    public StateView view() {
        StateView view = real.view();
        openViews++;
        return new StateView() {
            private boolean open = true;

            @Override
            public ReadOnlyTable table(String name) {
                return view.table(name);
            }

            @Override
            public Optional<Checkpoint> checkpoint() {
                return view.checkpoint();
            }

            @Override
            public void close() {
                openViews -= open ? 1 : 0;
                open = false;
                view.close();
            }
        };
    }

    @Override
    public StateTransaction begin() {
        StateTransaction transaction = real.begin();
        return new StateTransaction() {
            @Override
            public Table table(String name) {
                return noting(transaction.table(name));
            }

            @Override
            public void checkpoint(Checkpoint checkpoint) {
                transaction.checkpoint(checkpoint);
            }

            @Override
            public void commit() {
                if (full) {
                    throw new StoreFullException("No room: test=true", "Make some.", null);
                }
                transaction.commit();
            }

            @Override
            public void close() {
                transaction.close();
            }
        };
    }

    private Table noting(Table table) {
        return new Table() {
            @Override
            public void put(BytesView key, BytesView value) {
                written.add(key.getUtf8(0, key.length()));
                table.put(key, value);
            }

            @Override
            public boolean delete(BytesView key) {
                written.add("-" + key.getUtf8(0, key.length()));
                return table.delete(key);
            }

            @Override
            public void clear() {
                written.add("clear");
                table.clear();
            }

            @Override
            public boolean get(BytesView key, BytesView value) {
                return table.get(key, value);
            }

            @Override
            public void scan(BytesView from, BytesView to, RowVisitor visitor) {
                table.scan(from, to, visitor);
            }

            @Override
            public void reverseScan(BytesView from, BytesView to, RowVisitor visitor) {
                table.reverseScan(from, to, visitor);
            }

            @Override
            public long count() {
                return table.count();
            }
        };
    }

    @Override
    public void sync() {
        real.sync();
    }

    @Override
    public StateCopy copyTo(Path folder) {
        return real.copyTo(folder);
    }

    @Override
    public void close() {
        real.close();
    }
}
