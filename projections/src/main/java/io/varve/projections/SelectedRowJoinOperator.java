package io.varve.projections;

import java.util.function.Predicate;

/**
 * Puts the row of a key that is found in a record beside it: as it is now, or as of the time of the
 * record where the table has versions. Records without value are passed over; those for which no
 * key is found are too, unless a row is not needed.
 *
 * @param <K> keys of the records
 * @param <V> their values
 * @param <K2> keys of the table
 * @param <V2> its values
 * @param <R> results
 */
final class SelectedRowJoinOperator<K, V, K2, V2, R> implements Operator<K, V> {
    private final TaskContext context;
    private final TableLookup<K2, V2> rows;
    private final Predicate<K2> owned;
    private final boolean takesOthers;
    private final Selection<K, V, K2, V2, R> selection;

    /**
     * What is joined.
     *
     * @param key finds the table's key; null for none
     * @param joiner makes the result
     * @param rowNeeded whether there is a result only where there is a row
     */
    record Selection<K, V, K2, V2, R>(
            KeyValueMapper<? super K, ? super V, ? extends K2> key,
            ValueJoiner<? super V, ? super V2, ? extends R> joiner,
            boolean rowNeeded) {}

    /**
     * For one task, which does so for the rows that it keeps; the first one where there is none.
     */
    SelectedRowJoinOperator(
            TaskStores stores,
            StoreDefinition<K2, ?> keys,
            TableLookup<K2, V2> rows,
            Selection<K, V, K2, V2, R> selection) {
        this.context = stores.context();
        this.rows = rows;
        this.owned = stores.owned(keys);
        this.takesOthers = stores.isFirst();
        this.selection = selection;
    }

    @Override
    public void process(K key, V value, ProcessorNode out) {
        if (value == null) {
            return;
        }
        K2 selected = selection.key().apply(key, value);
        if (selected == null ? !takesOthers : !owned.test(selected)) {
            return;
        }
        Dated<V2> row = selected == null ? null : rows.find(selected, context.timestamp());
        if (row != null || !selection.rowNeeded()) {
            out.forward(key, selection.joiner().apply(value, row == null ? null : row.value()));
        }
    }
}
