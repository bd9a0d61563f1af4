package io.varve.runtime;

import io.varve.projections.Projection;
import io.varve.store.bytes.BytesView;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateTransaction;
import io.varve.store.state.StateView;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * The topology a read model was computed with, kept beside its rows as the text of {@code
 * Topology.describe()}. What functions compute does not show in it: that is what versions are for.
 */
final class Definition {
    /** No store can have this name: theirs have no slash. */
    static final String TABLE = "varve/definition";

    private static final BytesView KEY = BytesView.of(bytes("topology"));

    private Definition() {}

    /** Keeps the definition of a new read model, or compares it with the one that is kept. */
    static void check(Projection projection, Path folder, StateEnvironment environment) {
        String now = projection.topology().describe();
        BytesView kept = new BytesView();
        try (StateView view = environment.view()) {
            if (view.table(TABLE).get(KEY, kept)) {
                compare(projection, folder, kept.getUtf8(0, kept.length()), now);
                return;
            }
            if (view.checkpoint().isPresent()) {
                throw new ChangedDefinitionException(
                        projection.name(), folder, "the read model does not say with which");
            }
        }
        try (StateTransaction transaction = environment.begin()) {
            transaction.table(TABLE).put(KEY, BytesView.of(bytes(now)));
            transaction.commit();
        }
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
