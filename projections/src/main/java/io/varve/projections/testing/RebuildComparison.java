package io.varve.projections.testing;

import io.varve.projections.StateComparison;
import io.varve.projections.StateComparison.Difference;
import io.varve.store.state.StateView;
import java.util.Optional;

/** Compares the tables of a projection with those of the same projection built again. */
final class RebuildComparison {
    private final Replica original;
    private final Replica rebuilt;
    private final String circumstances;

    RebuildComparison(Replica original, Replica rebuilt, String circumstances) {
        this.original = original;
        this.rebuilt = rebuilt;
        this.circumstances = circumstances;
    }

    void run() {
        try (StateView is = original.environment().view();
                StateView again = rebuilt.environment().view()) {
            new StateComparison(original.projection().topology())
                    .run(is, again, () -> {}).stream()
                            .filter(table -> table.first().isPresent())
                            .findFirst()
                            .ifPresent(
                                    table -> {
                                        throw different(table.table(), table.first().get());
                                    });
        }
    }

    private AssertionError different(String table, Difference row) {
        return new AssertionError(
                "A rebuild gives other rows: projection="
                        + original.projection()
                        + " store="
                        + table
                        + " key="
                        + row.key()
                        + " is="
                        + text(row.expected())
                        + " rebuilt="
                        + text(row.found())
                        + " "
                        + circumstances
                        + ". Look for clocks, randomness, shared state, or a serde that loses something.");
    }

    private static String text(Optional<Object> value) {
        return value.map(String::valueOf).orElse("no row");
    }
}
