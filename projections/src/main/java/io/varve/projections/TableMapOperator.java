package io.varve.projections;

/**
 * Makes another table of a table, row by row. What is null before and after is not told of where
 * rows are left out, and told of where they are only changed.
 */
final class TableMapOperator<K, V, V2> implements Operator<K, Change<V>> {
    private final ValueMapperWithKey<? super K, ? super V, ? extends V2> mapper;
    private final boolean leavesOut;

    TableMapOperator(
            ValueMapperWithKey<? super K, ? super V, ? extends V2> mapper, boolean leavesOut) {
        this.mapper = mapper;
        this.leavesOut = leavesOut;
    }

    @Override
    public void process(K key, Change<V> change, ProcessorNode out) {
        V2 before = map(key, change.oldValue());
        V2 after = map(key, change.newValue());
        if (RemadeChange.isNeeded(before, after)) {
            out.forward(
                    key,
                    new RemadeChange<V2>(
                            () -> map(key, change.oldValue()),
                            () -> map(key, change.newValue()),
                            change.isLatest()));
            return;
        }
        if (!leavesOut || before != null || after != null) {
            out.forward(key, new Change<>(before, after, change.isLatest()));
        }
    }

    private V2 map(K key, V value) {
        return value == null ? null : mapper.apply(key, value);
    }
}
