package io.varve.projections;

/**
 * One side of a join of two tables by key: it is told of the changes of its own table, and finds
 * the rows of the other. A result is of the later time of both rows, which are the latest versions
 * where tables have several.
 */
final class TableJoinOperator<K, V, V2, R> implements Operator<K, Change<V>> {
    private final TableLookup<K, V2> others;
    private final TableJoin<V, V2, R> join;
    private final TaskContext context;
    private final boolean shared;

    /**
     * For one task.
     *
     * @param shared whether a change of this side may be one of the other at the same time, so that
     *     the row that was joined before may be there no longer
     */
    TableJoinOperator(
            TableLookup<K, V2> others,
            TableJoin<V, V2, R> join,
            TaskContext context,
            boolean shared) {
        this.others = others;
        this.join = join;
        this.context = context;
        this.shared = shared;
    }

    @Override
    public void process(K key, Change<V> change, ProcessorNode out) {
        if (!change.isLatest()) {
            return;
        }
        Dated<V2> found = others.find(key);
        boolean nothing = change.oldValue() == null && change.newValue() == null;
        if (found == null && (nothing || join.otherNeeded() && !shared)) {
            return;
        }
        V2 other = found == null ? null : found.value();
        long time = context.timestamp();
        out.forward(
                key,
                joined(change, other),
                found == null ? time : Math.max(time, found.timestamp()));
    }

    private Change<R> joined(Change<V> change, V2 other) {
        R before = join.apply(change.oldValue(), other);
        R after = join.apply(change.newValue(), other);
        return RemadeChange.isNeeded(before, after)
                ? new RemadeChange<R>(
                        () -> join.apply(change.oldValue(), other),
                        () -> join.apply(change.newValue(), other),
                        true)
                : new Change<>(before, after);
    }
}
