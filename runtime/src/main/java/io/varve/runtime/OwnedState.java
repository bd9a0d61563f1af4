package io.varve.runtime;

import io.varve.store.state.Checkpoint;
import io.varve.store.state.ReadOnlyTable;
import io.varve.store.state.StateView;
import java.util.Optional;

/**
 * Keyed state that was computed for one who reads it.
 *
 * @param view what it shows
 * @param afterwards is run when it is closed
 */
record OwnedState(StateView view, Runnable afterwards) implements StateView {
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
        try {
            view.close();
        } finally {
            afterwards.run();
        }
    }
}
