package io.varve.projections;

import io.varve.store.serde.Serde;
import java.util.function.Function;

/**
 * The right side of a join by foreign key: finds the rows of the left that belong to a row, and
 * tells their results. A row that has gone elsewhere with the same event, of which the left side
 * has not been told yet, is passed over.
 */
final class SubscribedOperator<K, V, K2, V2, R> implements Operator<K2, Change<V2>> {
    private final WriteBackStore<Subscription<K2, K>, byte[]> subscriptions;
    private final Serde<K2> keySerde;
    private final TableLookup<K, V> others;
    private final Function<? super V, ? extends K2> foreignKey;
    private final TableJoin<V, V2, R> join;
    private final TaskContext context;

    /** For one task. */
    SubscribedOperator(
            WriteBackStore<Subscription<K2, K>, byte[]> subscriptions,
            Serde<K2> keySerde,
            TableLookup<K, V> others,
            Function<? super V, ? extends K2> foreignKey,
            TableJoin<V, V2, R> join,
            TaskContext context) {
        this.subscriptions = subscriptions;
        this.keySerde = keySerde;
        this.others = others;
        this.foreignKey = foreignKey;
        this.join = join;
        this.context = context;
    }

    @Override
    public void process(K2 key, Change<V2> change, ProcessorNode out) {
        if (!change.isLatest() || change.oldValue() == null && change.newValue() == null) {
            return;
        }
        ByteRange range = Subscription.range(key, keySerde);
        subscriptions
                .inOrder()
                .walk(
                        range.from(),
                        range.to(),
                        row -> {
                            tell(row.key, change.newValue(), out);
                            return true;
                        });
    }

    private void tell(Subscription<K2, K> subscription, V2 value, ProcessorNode out) {
        Dated<V> other = others.find(subscription.key());
        if (other != null && subscription.foreignKey().equals(foreignKey.apply(other.value()))) {
            out.forward(
                    subscription.key(),
                    join.apply(other.value(), value),
                    Math.max(context.timestamp(), other.timestamp()));
        }
    }
}
