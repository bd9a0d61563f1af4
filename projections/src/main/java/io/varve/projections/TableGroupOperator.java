package io.varve.projections;

import java.util.Objects;

/**
 * Gives changes of rows the key of their group: what leaves a group comes before what enters
 * another, and a change within one is told of as such. Pairs without key or value are of no group,
 * nor are versions that are not the latest.
 */
final class TableGroupOperator<K, V, K2, V2> implements Operator<K, Change<V>> {
    private final KeyValueMapper<? super K, ? super V, KeyValue<K2, V2>> mapper;

    TableGroupOperator(KeyValueMapper<? super K, ? super V, KeyValue<K2, V2>> mapper) {
        this.mapper = mapper;
    }

    @Override
    public void process(K key, Change<V> change, ProcessorNode out) {
        if (!change.isLatest()) {
            return;
        }
        KeyValue<K2, V2> before = pair(key, change.oldValue());
        KeyValue<K2, V2> after = pair(key, change.newValue());
        if (before != null && after != null) {
            replace(key, change, before, after, out);
        } else if (before != null) {
            out.forward(before.key(), new Change<>(before.value(), null));
        } else if (after != null) {
            out.forward(after.key(), new Change<>(null, after.value()));
        }
    }

    private void replace(
            K key,
            Change<V> change,
            KeyValue<K2, V2> before,
            KeyValue<K2, V2> after,
            ProcessorNode out) {
        Change<V2> pairs =
                RemadeChange.isNeeded(before.value(), after.value())
                        ? new RemadeChange<V2>(
                                () -> pair(key, change.oldValue()).value(),
                                () -> pair(key, change.newValue()).value(),
                                true)
                        : new Change<>(before.value(), after.value());
        if (Objects.equals(before.key(), after.key())) {
            out.forward(after.key(), pairs);
        } else {
            out.forward(before.key(), new Change<>(pairs.oldValue(), null));
            out.forward(after.key(), new Change<>(null, pairs.newValue()));
        }
    }

    private KeyValue<K2, V2> pair(K key, V value) {
        if (value == null) {
            return null;
        }
        KeyValue<K2, V2> pair = mapper.apply(key, value);
        Objects.requireNonNull(pair, "groupBy() needs a KeyValue, not null; its key may be null");
        return pair.key() == null || pair.value() == null ? null : pair;
    }
}
