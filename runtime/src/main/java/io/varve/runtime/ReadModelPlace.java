package io.varve.runtime;

import io.varve.projections.Partition;
import io.varve.store.bytes.BytesView;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateTransaction;
import io.varve.store.state.StateView;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Whose rows are in a folder, kept beside them: folders of other partitions, generations and
 * projections look alike, and a copy of one may come into the place of another.
 *
 * <pre>
 *   table varve/definition:   "place" ──▶ "generation=2 v1 partition=3 of 8 projection=revenue"
 * </pre>
 *
 * <p>The row is missing where an earlier version of Varve has computed the rows. In a snapshot, it
 * says where that was made.
 *
 * @param projection its name
 * @param generation which computation of it
 * @param partition which part of that
 */
record ReadModelPlace(String projection, GenerationId generation, Partition partition) {
    private static final BytesView KEY = bytes("place");

    private String text() {
        return "generation=" + generation + " partition=" + partition + " projection=" + projection;
    }

    /** What is kept, if anything. */
    static Optional<String> kept(StateView view) {
        BytesView row = new BytesView();
        return view.table(Definition.TABLE).get(KEY, row)
                ? Optional.of(row.getUtf8(0, row.length()))
                : Optional.empty();
    }

    /** Why something cannot be in this place, given what it says of itself; empty if it can. */
    Optional<String> contradicts(Optional<String> kept) {
        return kept.filter(other -> !other.equals(text()))
                .map(other -> "was=[" + other + "] is=[" + text() + "]");
    }

    /** Keeps it with what else the transaction changes. */
    void keep(StateTransaction transaction) {
        transaction.table(Definition.TABLE).put(KEY, bytes(text()));
    }

    /** Keeps it where nothing is kept yet, or in a snapshot that was made in another place. */
    void settle(StateEnvironment environment) {
        try (StateView view = environment.ownView()) {
            if (kept(view).filter(text()::equals).isPresent()) {
                return;
            }
        }
        try (StateTransaction transaction = environment.begin()) {
            keep(transaction);
            transaction.commit();
        }
        environment.sync();
    }

    private static BytesView bytes(String text) {
        return BytesView.of(text.getBytes(StandardCharsets.UTF_8));
    }
}
