package io.varve.runtime;

import io.varve.store.state.Checkpoint;
import io.varve.store.state.ReadOnlyTable;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateView;
import java.util.Optional;

/**
 * Keyed state that was computed for one who reads it.
 *
 * @param view what it shows
 * @param overlay with the changes
 * @param base below it
 */
record OverlaidState(StateView view, StateEnvironment overlay, StateView base)
        implements StateView {
    @Override
    public ReadOnlyTable table(String name) {
        return view.table(name);
    }

    @Override
    public Optional<Checkpoint> checkpoint() {
        return view.checkpoint();
    }

    /** Closes all of it, and deletes what it had in files. */
    @Override
    public void close() {
        try {
            view.close();
        } finally {
            try {
                overlay.close();
            } finally {
                base.close();
            }
        }
    }
}
