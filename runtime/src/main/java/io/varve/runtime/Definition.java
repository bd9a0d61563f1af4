package io.varve.runtime;

import io.varve.projections.Projection;
import io.varve.store.bytes.BytesView;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateTransaction;
import io.varve.store.state.StateView;
import io.varve.store.state.Table;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The definition a read model was computed with, kept beside its rows as texts. What functions
 * compute does not show in it: that is what versions are for.
 *
 * <pre>
 *   table varve/definition:   "topology" ──▶ Topology.describe()
 *                             "serdes"   ──▶ "serdes 1", then the lines of Topology.describeSerdes()
 *                             "place"    ──▶ see ReadModelPlace
 * </pre>
 *
 * <p>The row "serdes" is missing where an earlier version of Varve has computed the rows.
 */
final class Definition {
    /** No store can have this name: theirs have no slash. */
    static final String TABLE = "varve/definition";

    private static final BytesView TOPOLOGY = BytesView.of(bytes("topology"));
    private static final BytesView SERDES = BytesView.of(bytes("serdes"));

    /** The first line of the text; another one, if lines ever mean something else. */
    private static final String FORMAT = "serdes 1\n";

    private Definition() {}

    /** All of it, as one text. */
    static String text(Projection projection) {
        return projection.topology().describe() + serdes(projection);
    }

    private static String serdes(Projection projection) {
        return FORMAT + projection.topology().describeSerdes();
    }

    /**
     * What a read model says of itself.
     *
     * @param isBegun whether it has rows, or could have
     */
    record Kept(Optional<String> topology, Optional<String> serdes, boolean isBegun) {}

    /**
     * Reads what is kept.
     *
     * @throws StoreCorruptedException if it is damaged
     */
    static Kept read(StateEnvironment environment) {
        try (StateView view = environment.ownView()) {
            return new Kept(
                    kept(view, TOPOLOGY), kept(view, SERDES), view.checkpoint().isPresent());
        }
    }

    /**
     * Keeps the definition of a new read model and its place, or compares the definition with the
     * one that is kept.
     */
    static void check(
            Kept kept,
            Projection projection,
            ReadModelPlace place,
            Path folder,
            StateEnvironment environment) {
        if (kept.topology().isPresent()) {
            compare(projection, folder, kept.topology().get(), projection.topology().describe());
            compare(
                    projection,
                    folder,
                    kept.serdes().orElseThrow(() -> unknown(projection, folder, "serdes")),
                    serdes(projection));
            return;
        }
        if (kept.isBegun()) {
            throw unknown(projection, folder, "topology");
        }
        try (StateTransaction transaction = environment.begin()) {
            Table table = transaction.table(TABLE);
            table.put(TOPOLOGY, BytesView.of(bytes(projection.topology().describe())));
            table.put(SERDES, BytesView.of(bytes(serdes(projection))));
            place.keep(transaction);
            transaction.commit();
        }
    }

    private static Optional<String> kept(StateView view, BytesView key) {
        BytesView kept = new BytesView();
        return view.table(TABLE).get(key, kept)
                ? Optional.of(kept.getUtf8(0, kept.length()))
                : Optional.empty();
    }

    private static ChangedDefinitionException unknown(
            Projection projection, Path folder, String what) {
        return new ChangedDefinitionException(
                projection.name(),
                folder,
                "it does not say with which "
                        + what
                        + ", as an earlier version of Varve has computed it");
    }

    private static void compare(Projection projection, Path folder, String then, String now) {
        if (then.equals(now)) {
            return;
        }
        List<String> before = then.lines().toList();
        List<String> after = now.lines().toList();
        int line = 0;
        while (line < Math.min(before.size(), after.size())
                && before.get(line).equals(after.get(line))) {
            line++;
        }
        throw new ChangedDefinitionException(
                projection.name(),
                folder,
                "was=[" + lineAt(before, line) + "] is=[" + lineAt(after, line) + "]");
    }

    private static String lineAt(List<String> lines, int line) {
        return line < lines.size() ? lines.get(line).strip() : "";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
