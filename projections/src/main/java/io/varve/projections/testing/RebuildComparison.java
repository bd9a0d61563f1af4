package io.varve.projections.testing;

import io.varve.projections.StoreRef;
import io.varve.projections.Topology;
import io.varve.store.bytes.BytesView;
import io.varve.store.state.StateView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Compares the tables of a projection with those of the same projection built again, byte for byte.
 */
final class RebuildComparison {
    private final Replica original;
    private final Replica rebuilt;
    private final String circumstances;

    RebuildComparison(Replica original, Replica rebuilt, String circumstances) {
        this.original = original;
        this.rebuilt = rebuilt;
        this.circumstances = circumstances;
    }

    private record Row(byte[] key, byte[] value) {}

    void run() {
        try (StateView left = original.environment().view();
                StateView right = rebuilt.environment().view()) {
            for (String store : original.projection().topology().tables()) {
                compare(store, left, right);
            }
        }
    }

    private void compare(String store, StateView left, StateView right) {
        List<Row> leftRows = rows(store, left);
        List<Row> rightRows = rows(store, right);
        for (int i = 0; i < Math.max(leftRows.size(), rightRows.size()); i++) {
            Optional<Row> a = i < leftRows.size() ? Optional.of(leftRows.get(i)) : Optional.empty();
            Optional<Row> b =
                    i < rightRows.size() ? Optional.of(rightRows.get(i)) : Optional.empty();
            int order = order(a, b);
            if (order != 0 || !Arrays.equals(a.orElseThrow().value(), b.orElseThrow().value())) {
                boolean isStore = original.projection().topology().stores().contains(store);
                Function<StateView, Map.Entry<?, ?>> row =
                        isStore ? entry(store, i) : bytes(store, i);
                throw different(
                        store,
                        order <= 0 ? String.valueOf(row.apply(left).getValue()) : "no row",
                        order >= 0 ? String.valueOf(row.apply(right).getValue()) : "no row",
                        row.apply(order <= 0 ? left : right).getKey());
            }
        }
    }

    /** Which of two rows comes first; one that is missing comes last. */
    private static int order(Optional<Row> a, Optional<Row> b) {
        if (a.isEmpty() || b.isEmpty()) {
            return a.isEmpty() ? 1 : -1;
        }
        return Arrays.compareUnsigned(a.get().key(), b.get().key());
    }

    private AssertionError different(String store, String first, String second, Object key) {
        return new AssertionError(
                "A rebuild gives other rows: projection="
                        + original.projection()
                        + " store="
                        + store
                        + " key="
                        + key
                        + " is="
                        + first
                        + " rebuilt="
                        + second
                        + " "
                        + circumstances
                        + ". Look for clocks, randomness, shared state, or a serde that loses something.");
    }

    private Function<StateView, Map.Entry<?, ?>> entry(String store, int index) {
        Topology topology = original.projection().topology();
        return view -> topology.store(StoreRef.of(store), view).all().get(index);
    }

    /** Of a table that is not a store. */
    private static Function<StateView, Map.Entry<?, ?>> bytes(String table, int index) {
        return view -> {
            Row row = rows(table, view).get(index);
            return Map.entry(Arrays.toString(row.key()), Arrays.toString(row.value()));
        };
    }

    private static List<Row> rows(String store, StateView view) {
        List<Row> rows = new ArrayList<>();
        view.table(store)
                .scan(
                        new BytesView(),
                        new BytesView(),
                        (key, value) -> rows.add(new Row(key.toByteArray(), value.toByteArray())));
        return rows;
    }
}
