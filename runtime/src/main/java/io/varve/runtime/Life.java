package io.varve.runtime;

import io.varve.store.bytes.BytesView;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateTransaction;
import io.varve.store.state.StateView;
import java.nio.charset.StandardCharsets;

/**
 * What a read model knows of its life besides its rows: whether it is paused. A snapshot has the
 * row of the time when it was made; see {@link StateOpening} for what is made of it.
 *
 * <pre>
 *   table varve/life:   key "paused" ──▶ "1"; no row where it is not
 * </pre>
 */
final class Life {
    /** No store can have this name: theirs have no slash. */
    static final String TABLE = "varve/life";

    private static final BytesView PAUSED = text("paused");
    private static final BytesView YES = text("1");

    private Life() {}

    private static BytesView text(String text) {
        return BytesView.of(text.getBytes(StandardCharsets.UTF_8));
    }

    static boolean isPaused(StateView view) {
        return view.table(TABLE).get(PAUSED, new BytesView());
    }

    /** Sets it; it is on the disk then. */
    static void setPaused(StateEnvironment environment, boolean paused) {
        try (StateTransaction transaction = environment.begin()) {
            if (paused) {
                transaction.table(TABLE).put(PAUSED, YES);
            } else {
                transaction.table(TABLE).delete(PAUSED);
            }
            transaction.commit();
        }
        environment.sync();
    }
}
