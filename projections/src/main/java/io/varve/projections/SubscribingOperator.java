package io.varve.projections;

import java.util.Objects;
import java.util.function.Function;

/**
 * The left side of a join by foreign key: keeps which row of the right each row belongs to, and
 * tells the result of each change of a latest version.
 */
final class SubscribingOperator<K, V, K2, V2, R> implements Operator<K, Change<V>> {
    private final WriteBackStore<Subscription<K2, K>, byte[]> subscriptions;
    private final TableLookup<K2, V2> others;
    private final Function<? super V, ? extends K2> foreignKey;
    private final TableJoin<V, V2, R> join;
    private final TaskContext context;

    /** For one task. */
    SubscribingOperator(
            WriteBackStore<Subscription<K2, K>, byte[]> subscriptions,
            TableLookup<K2, V2> others,
            Function<? super V, ? extends K2> foreignKey,
            TableJoin<V, V2, R> join,
            TaskContext context) {
        this.subscriptions = subscriptions;
        this.others = others;
        this.foreignKey = foreignKey;
        this.join = join;
        this.context = context;
    }

    @Override
    public void process(K key, Change<V> change, ProcessorNode out) {
        if (!change.isLatest()) {
            return;
        }
        K2 before = foreignKeyOf(change.oldValue());
        K2 after = foreignKeyOf(change.newValue());
        if (!Objects.equals(before, after)) {
            subscribe(key, before, null);
            subscribe(key, after, Subscription.VALUE);
        }
        Dated<V2> other = after == null ? null : others.find(after);
        long time = context.timestamp();
        out.forward(
                key,
                join.apply(change.newValue(), other == null ? null : other.value()),
                other == null ? time : Math.max(time, other.timestamp()));
    }

    private K2 foreignKeyOf(V value) {
        return value == null ? null : foreignKey.apply(value);
    }

    private void subscribe(K key, K2 to, byte[] value) {
        if (to != null) {
            subscriptions.write(subscriptions.row(new Subscription<>(to, key)), value);
        }
    }
}
