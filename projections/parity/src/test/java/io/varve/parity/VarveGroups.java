package io.varve.parity;

import io.varve.projections.Grouped;
import io.varve.projections.GroupedStream;
import io.varve.projections.GroupedTable;
import io.varve.projections.KeyValue;
import io.varve.projections.Materialized;
import io.varve.projections.Table;
import io.varve.store.serde.Serdes;

/** Aggregations of Varve. */
final class VarveGroups {
    private VarveGroups() {}

    static Table<String, Long> aggregated(
            GroupedStream<String, Long> group, Folding folding, Materialized<String, Long> store) {
        if (folding == Folding.COUNT) {
            return group.count(store);
        }
        return folding.isReduce()
                ? group.reduce(folding::of, store)
                : group.aggregate(
                        () -> Folding.INITIAL,
                        (key, value, aggregate) -> folding.of(aggregate, value),
                        store);
    }

    static Table<String, Long> regrouped(
            Table<String, Long> table, Step.GroupTable step, Materialized<String, Long> store) {
        GroupedTable<String, Long> group =
                table.groupBy(
                        (key, value) -> KeyValue.pair(step.by().of(key, value), value),
                        Grouped.with(Serdes.utf8(), Serdes.int64()));
        TableFolding folding = step.folding();
        if (folding == TableFolding.COUNT) {
            return group.count(store);
        }
        return folding.isReduce()
                ? group.reduce(folding::add, folding::subtract, store)
                : group.aggregate(
                        () -> Folding.INITIAL,
                        (key, value, aggregate) -> folding.add(aggregate, value),
                        (key, value, aggregate) -> folding.subtract(aggregate, value),
                        store);
    }
}
