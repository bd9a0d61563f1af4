package io.varve.projections;

import io.varve.projections.VersionedStore.PutResult;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Keeps a table with versions. Each record makes one, of its own time where it is the value itself,
 * and no earlier than the latest where it is added to that. One that is too late is told to nobody;
 * one that is not the latest is told as such. Time goes by the records of all keys, also of those
 * whose rows another partition keeps.
 */
final class VersionedOperator<K, R, V> implements Operator<K, R> {
    private final VersionedRows<K, V> rows;
    private final Predicate<K> owned;
    private final TaskContext context;
    private final boolean adds;
    private final Step<K, R, V> step;

    /**
     * What a record makes of the latest version, if it is added to that; null stands for no row.
     */
    @FunctionalInterface
    interface Step<K, R, V> {
        V apply(K key, R record, V before);
    }

    /**
     * For one task.
     *
     * @param adds whether records are added to what is there; those without value are passed over
     *     then
     */
    VersionedOperator(
            StoreDefinition<K, V> store, TaskStores stores, boolean adds, Step<K, R, V> step) {
        this.rows = stores.versioned(store);
        this.owned = stores.owned(store);
        this.context = stores.context();
        this.adds = adds;
        this.step = step;
    }

    @Override
    public void process(K key, R record, ProcessorNode out) {
        if (key == null || adds && record == null) {
            return;
        }
        if (!owned.test(key)) {
            rows.pass(context.timestamp());
            return;
        }
        Row<K, V> row = rows.row(key);
        V before = out.hasChildren() ? row.value() : null;
        long time = context.timestamp();
        if (adds && row.isThere()) {
            time = Math.max(time, row.time);
        }
        if (rows.isExpired(key, time)) {
            return;
        }
        Optional<byte[]> copied = rows.copied(row); // as it may be changed in place
        V after = step.apply(key, record, adds ? rows.own(row) : null);
        PutResult result = rows.put(row, copied, after, time);
        if (result == PutResult.LATEST) {
            rows.keep(row, after);
        }
        if (out.hasChildren()) {
            out.forward(key, new Change<>(before, after, result == PutResult.LATEST), time);
        }
    }
}
