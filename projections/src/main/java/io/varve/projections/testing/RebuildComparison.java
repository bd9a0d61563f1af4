package io.varve.projections.testing;

import io.varve.projections.EmittedEvent;
import io.varve.projections.StateComparison;
import io.varve.projections.StateComparison.Difference;
import io.varve.store.EventHeaders;
import io.varve.store.state.StateView;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Compares the tables of a projection with those of the same projection built again, and what they
 * emit.
 */
final class RebuildComparison {
    private static final String CAUSES =
            ". Look for clocks, randomness, shared state, or a serde that loses something.";

    private final Replica original;
    private final Replica rebuilt;
    private final String circumstances;

    RebuildComparison(Replica original, Replica rebuilt, String circumstances) {
        this.original = original;
        this.rebuilt = rebuilt;
        this.circumstances = circumstances;
    }

    void run() {
        compareEmitted();
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

    private void compareEmitted() {
        List<String> is = texts(original.emitted());
        rebuilt.takeEmitted();
        List<String> again = texts(rebuilt.emitted());
        for (int i = 0; i < Math.max(is.size(), again.size()); i++) {
            String one = i < is.size() ? is.get(i) : "no event";
            String other = i < again.size() ? again.get(i) : "no event";
            if (!one.equals(other)) {
                throw new AssertionError(
                        "A rebuild emits other events: projection="
                                + original.projection()
                                + " number="
                                + i
                                + " is="
                                + one
                                + " rebuilt="
                                + other
                                + " "
                                + circumstances
                                + CAUSES);
            }
        }
    }

    private static List<String> texts(List<EmittedEvent> events) {
        return events.stream().map(RebuildComparison::text).toList();
    }

    private static String text(EmittedEvent emitted) {
        return "{position="
                + emitted.position()
                + " node="
                + emitted.node()
                + " number="
                + emitted.number()
                + " stream="
                + emitted.stream()
                + " type="
                + emitted.event().type()
                + " time="
                + emitted.event().eventTimeMillis().orElseThrow()
                + " headers="
                + texts(emitted.event().headers())
                + " payload="
                + HexFormat.of().formatHex(emitted.event().payload())
                + "}";
    }

    /** In order, which that of a map is not. */
    private static String texts(EventHeaders headers) {
        return headers.correlation() + " " + headers.causation() + new TreeMap<>(headers.user());
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
                        + CAUSES);
    }

    private static String text(Optional<Object> value) {
        return value.map(String::valueOf).orElse("no row");
    }
}
