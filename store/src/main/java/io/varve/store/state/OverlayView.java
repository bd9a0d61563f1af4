package io.varve.store.state;

import io.varve.store.errors.StoreClosedException;
import java.util.Map;
import java.util.Optional;

/** An overlay at one instant. Closing it leaves the view below open. */
final class OverlayView implements StateView {
    private final StateView base;
    private final StateView changes;
    private final Map<String, Long> added;
    private volatile boolean closed;

    OverlayView(StateView base, StateView changes, Map<String, Long> added) {
        this.base = base;
        this.changes = changes;
        this.added = added;
    }

    @Override
    public ReadOnlyTable table(String name) {
        checkOpen();
        ReadOnlyTable changed = changes.table(name); // refuses an unknown one
        return new OverlayTable(
                base.table(name),
                changed,
                () -> {
                    checkOpen();
                    return added.getOrDefault(name, 0L);
                });
    }

    @Override
    public Optional<Checkpoint> checkpoint() {
        checkOpen();
        return changes.checkpoint().or(base::checkpoint);
    }

    private void checkOpen() {
        if (closed) {
            throw new StoreClosedException("state view");
        }
    }

    @Override
    public void close() {
        closed = true;
        changes.close();
    }
}
