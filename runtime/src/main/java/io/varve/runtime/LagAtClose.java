package io.varve.runtime;

import io.varve.store.EventStore;
import io.varve.store.errors.Logs;
import io.varve.store.errors.VarveException;
import java.lang.System.Logger.Level;
import java.util.Optional;

/** The lag of a read model, which is still known when its store is closed as well. */
final class LagAtClose {
    private final EventStore store;
    private final Progress progress;
    private volatile Optional<Lag> atClose = Optional.empty();

    LagAtClose(EventStore store, Progress progress) {
        this.store = store;
        this.progress = progress;
    }

    Lag behind(long position) {
        return atClose.orElseGet(() -> Lag.behind(store, position));
    }

    /** Keeps it as it is; the first time counts. */
    void remember() {
        if (atClose.isPresent()) {
            return;
        }
        try {
            atClose = Optional.of(Lag.behind(store, progress.position()));
        } catch (VarveException e) {
            // Closed too early, or damaged. That must not keep the runtime from closing; status()
            // will tell.
            Logs.of(LagAtClose.class)
                    .log(
                            Level.WARNING,
                            "The store was closed before its runtime: {0}",
                            e.getMessage());
        }
    }
}
