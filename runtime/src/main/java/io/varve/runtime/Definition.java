package io.varve.runtime;

import io.varve.projections.Projection;
import io.varve.projections.StoreTransition;
import io.varve.projections.Topology;
import io.varve.projections.TopologyTexts;
import io.varve.store.bytes.BytesView;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateTransaction;
import io.varve.store.state.StateView;
import io.varve.store.state.Table;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The definition a read model was computed with, kept beside its rows as texts. What functions
 * compute does not show in it: that is what versions are for.
 *
 * <pre>
 *   table varve/definition:   "topology"    ──▶ Topology.describe()
 *                             "serdes"      ──▶ "serdes 1", then the lines of
 *                                               Topology.describeSerdes()
 *                             "stores"      ──▶ Topology.describeStores()
 *                             "operators"   ──▶ Topology.describeOperators()
 *                             "fingerprint" ──▶ Topology.fingerprint()
 *                             "changes"     ──▶ see DefinitionChange; a line for each
 *                             "place"       ──▶ see ReadModelPlace
 * </pre>
 *
 * <p>The row "serdes" is missing where an earlier version of Varve has computed the rows, and so
 * may be those of stores, operators and fingerprint; "changes" is missing where there were none.
 */
final class Definition {
    /** No store can have this name: theirs have no slash. */
    static final String TABLE = "varve/definition";

    private static final BytesView TOPOLOGY = BytesView.of(bytes("topology"));
    private static final BytesView SERDES = BytesView.of(bytes("serdes"));
    private static final BytesView STORES = BytesView.of(bytes("stores"));
    private static final BytesView OPERATORS = BytesView.of(bytes("operators"));
    private static final BytesView FINGERPRINT = BytesView.of(bytes("fingerprint"));
    private static final BytesView CHANGES = BytesView.of(bytes("changes"));

    /** The first line of the text; another one, if lines ever mean something else. */
    private static final String FORMAT = "serdes 1\n";

    private Definition() {}

    /** All of it, as one text. */
    static String text(Projection projection) {
        return projection.topology().describe()
                + serdes(projection)
                + projection.topology().describeStores()
                + projection.topology().describeOperators();
    }

    private static String serdes(Projection projection) {
        return FORMAT + projection.topology().describeSerdes();
    }

    private static TopologyTexts texts(Projection projection) {
        Topology topology = projection.topology();
        return new TopologyTexts(
                topology.describe(),
                serdes(projection),
                topology.describeStores(),
                topology.describeOperators());
    }

    /**
     * What a read model says of itself.
     *
     * @param position of its checkpoint; -1 if nothing was committed
     */
    record Kept(
            Optional<String> topology,
            Optional<String> serdes,
            Optional<String> stores,
            Optional<String> operators,
            Optional<String> fingerprint,
            List<DefinitionChange> changes,
            long position) {
        /** Whether it is to be given the definition of those who begin with it. */
        boolean isNew() {
            return topology.isEmpty() && position < 0;
        }

        /** In what a definition differs, if that can be told, as "was" and "is". */
        Optional<String> difference(Projection projection) {
            if (texts().filter(Definition.texts(projection)::meansTheSameAs).isPresent()) {
                return Optional.empty();
            }
            return topology.flatMap(text -> differing(text, projection.topology().describe()))
                    .or(
                            () ->
                                    serdes.flatMap(
                                            text -> differing(text, Definition.serdes(projection))))
                    .or(
                            () ->
                                    stores.flatMap(
                                            text ->
                                                    differing(
                                                            text,
                                                            projection
                                                                    .topology()
                                                                    .describeStores())))
                    .or(() -> topology.flatMap(text -> otherOperators(projection)));
        }

        private Optional<TopologyTexts> texts() {
            return topology.isPresent()
                            && serdes.isPresent()
                            && stores.isPresent()
                            && operators.isPresent()
                    ? Optional.of(
                            new TopologyTexts(
                                    topology.get(), serdes.get(), stores.get(), operators.get()))
                    : Optional.empty();
        }

        /** Those of a read model that does not say them are taken for others: they may be. */
        private Optional<String> otherOperators(Projection projection) {
            return differing(operators.orElse(""), projection.topology().describeOperators());
        }

        /** What it does not say that has computed it, if so, of what it takes to compare. */
        Optional<String> missing(Projection projection) {
            if (topology.isEmpty()) {
                return Optional.of("topology");
            }
            if (serdes.isEmpty()) {
                return Optional.of("serdes");
            }
            boolean complete = stores.isPresent() && fingerprint.isPresent();
            return complete || difference(projection).isEmpty()
                    ? Optional.empty()
                    : Optional.of("stores");
        }

        /** What becomes of its stores with another definition. */
        StoreTransition transition(Projection projection) {
            return StoreTransition.between(stores.orElseThrow(), projection.topology());
        }
    }

    /**
     * Reads what is kept.
     *
     * @throws StoreCorruptedException if it is damaged
     */
    static Kept read(StateEnvironment environment) {
        try (StateView view = environment.ownView()) {
            return new Kept(
                    kept(view, TOPOLOGY),
                    kept(view, SERDES),
                    kept(view, STORES),
                    kept(view, OPERATORS),
                    kept(view, FINGERPRINT),
                    DefinitionChange.parse(kept(view, CHANGES).orElse("")),
                    view.checkpoint().map(Checkpoint::position).orElse(-1L));
        }
    }

    /** Keeps that of a new read model and its place, or what an earlier version did not keep. */
    static void keep(
            Kept kept, Projection projection, ReadModelPlace place, StateEnvironment environment) {
        if (kept.fingerprint().isPresent()) {
            return;
        }
        try (StateTransaction transaction = environment.begin()) {
            write(projection, transaction.table(TABLE));
            if (kept.isNew()) {
                place.keep(transaction);
            }
            transaction.commit();
        }
    }

    private static void write(Projection projection, Table table) {
        Topology topology = projection.topology();
        table.put(TOPOLOGY, BytesView.of(bytes(topology.describe())));
        table.put(SERDES, BytesView.of(bytes(serdes(projection))));
        table.put(STORES, BytesView.of(bytes(topology.describeStores())));
        table.put(OPERATORS, BytesView.of(bytes(topology.describeOperators())));
        table.put(FINGERPRINT, BytesView.of(bytes(topology.fingerprint())));
    }

    /**
     * Lets a read model be of another definition, with the rows that both have.
     *
     * @param environment with the tables of both
     * @return all changes up to now
     */
    static List<DefinitionChange> change(
            Kept kept,
            Projection projection,
            StoreTransition transition,
            StateEnvironment environment) {
        List<DefinitionChange> changes = new ArrayList<>(kept.changes());
        String from = kept.fingerprint().orElseThrow();
        changes.add(DefinitionChange.of(from, kept.position(), transition));
        String lines =
                changes.stream().map(DefinitionChange::line).collect(Collectors.joining("\n"));
        try (StateTransaction transaction = environment.begin()) {
            transition.apply(transaction);
            Table table = transaction.table(TABLE);
            write(projection, table);
            table.put(CHANGES, BytesView.of(bytes(lines)));
            transaction.commit();
        }
        // What is computed from here on may be seen, and emitted: it is not computed otherwise
        // again.
        environment.sync();
        return changes;
    }

    private static Optional<String> kept(StateView view, BytesView key) {
        BytesView kept = new BytesView();
        return view.table(TABLE).get(key, kept)
                ? Optional.of(kept.getUtf8(0, kept.length()))
                : Optional.empty();
    }

    private static Optional<String> differing(String then, String now) {
        if (then.equals(now)) {
            return Optional.empty();
        }
        List<String> before = then.lines().toList();
        List<String> after = now.lines().toList();
        int line = 0;
        while (line < Math.min(before.size(), after.size())
                && before.get(line).equals(after.get(line))) {
            line++;
        }
        return Optional.of("was=[" + lineAt(before, line) + "] is=[" + lineAt(after, line) + "]");
    }

    private static String lineAt(List<String> lines, int line) {
        return line < lines.size() ? lines.get(line).strip() : "";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
