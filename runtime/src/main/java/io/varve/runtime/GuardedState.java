package io.varve.runtime;

import io.varve.store.bytes.BytesView;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.ReadOnlyTable;
import io.varve.store.state.StateView;
import java.util.Optional;

/**
 * The rows of a read view as keyed state, for what is put over it. The view may be closed by others
 * at any time, as it is registered: so each call holds it, and what is lent is a copy.
 */
final class GuardedState implements StateView {
    private final ReadView view;
    private final StateView state;

    GuardedState(ReadView view, StateView state) {
        this.view = view;
        this.state = state;
    }

    @Override
    public ReadOnlyTable table(String name) {
        return view.call(() -> new GuardedTable(state.table(name)));
    }

    @Override
    public Optional<Checkpoint> checkpoint() {
        return view.call(state::checkpoint);
    }

    @Override
    public void close() {
        view.close();
    }

    private final class GuardedTable implements ReadOnlyTable {
        private final ReadOnlyTable table;

        GuardedTable(ReadOnlyTable table) {
            this.table = table;
        }

        @Override
        public boolean get(BytesView key, BytesView value) {
            return view.call(
                    () -> {
                        boolean found = table.get(key, value);
                        if (found) {
                            byte[] copy = value.toByteArray();
                            value.wrap(copy, 0, copy.length);
                        }
                        return found;
                    });
        }

        @Override
        public void scan(BytesView from, BytesView to, RowVisitor visitor) {
            view.call(
                    () -> {
                        table.scan(from, to, guarded(visitor));
                        return true;
                    });
        }

        @Override
        public void reverseScan(BytesView from, BytesView to, RowVisitor visitor) {
            view.call(
                    () -> {
                        table.reverseScan(from, to, guarded(visitor));
                        return true;
                    });
        }

        private RowVisitor guarded(RowVisitor visitor) {
            return (key, value) -> {
                view.refuseRevoked();
                return visitor.row(key, value);
            };
        }

        @Override
        public long count() {
            return view.call(table::count);
        }
    }
}
