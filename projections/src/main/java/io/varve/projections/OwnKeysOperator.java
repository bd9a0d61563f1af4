package io.varve.projections;

import io.varve.store.bytes.BytesWriter;
import io.varve.store.serde.Serde;

/** Passes over the records whose keys belong to another partition. */
final class OwnKeysOperator<K, V> implements Operator<K, V> {
    private final Partition partition;
    private final Serde<K> keySerde;
    private final Operator<K, V> operator;
    private final BytesWriter writer = new BytesWriter();

    OwnKeysOperator(Partition partition, Serde<K> keySerde, Operator<K, V> operator) {
        this.partition = partition;
        this.keySerde = keySerde;
        this.operator = operator;
    }

    @Override
    public void process(K key, V value, ProcessorNode out) {
        if (key == null) {
            return;
        }
        keySerde.serialize(key, writer.reset());
        if (partition.owns(writer.view())) {
            operator.process(key, value, out);
        }
    }
}
