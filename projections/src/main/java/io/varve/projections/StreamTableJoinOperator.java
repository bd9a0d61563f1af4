package io.varve.projections;

/**
 * Puts the row of its key beside each record: as it is now, or as of the time of the record where
 * the table has versions. Records without value are passed over; those without key are too, unless
 * a row is not needed.
 */
final class StreamTableJoinOperator<K, V, V2, R> implements Operator<K, V> {
    private final TableLookup<K, V2> rows;
    private final ValueJoinerWithKey<? super K, ? super V, ? super V2, ? extends R> joiner;
    private final boolean rowNeeded;
    private final TaskContext context;

    StreamTableJoinOperator(
            TaskContext context,
            TableLookup<K, V2> rows,
            ValueJoinerWithKey<? super K, ? super V, ? super V2, ? extends R> joiner,
            boolean rowNeeded) {
        this.context = context;
        this.rows = rows;
        this.joiner = joiner;
        this.rowNeeded = rowNeeded;
    }

    /** For one task, which does so for its own keys; the first one for records without. */
    static <K, V, V2, R> Operator<K, V> in(
            TaskStores stores,
            StoreDefinition<K, ?> keys,
            StreamTableJoinOperator<K, V, V2, R> operator) {
        Operator<K, V> ofOwnKeys = stores.ofOwnKeys(keys, operator);
        return (key, value, out) -> {
            if (key != null) {
                ofOwnKeys.process(key, value, out);
            } else if (stores.isFirst()) {
                operator.process(null, value, out);
            }
        };
    }

    @Override
    public void process(K key, V value, ProcessorNode out) {
        if (takes(key, value)) {
            join(key, value, context.timestamp(), out);
        }
    }

    /** Whether it does not pass over a record. */
    boolean takes(K key, V value) {
        return value != null && (key != null || !rowNeeded);
    }

    /** Joins a record that it takes, as of a time. */
    void join(K key, V value, long time, ProcessorNode out) {
        Dated<V2> row = key == null ? null : rows.find(key, time);
        if (row != null || !rowNeeded) {
            out.forward(key, joiner.apply(key, value, row == null ? null : row.value()), time);
        }
    }
}
