package io.varve.projections;

import io.varve.projections.query.StoreIndex;
import io.varve.store.serde.Serde;
import java.util.ArrayList;
import java.util.List;

/** A state store, with nothing missing. */
record StoreDefinition<K, V>(
        StoreRef<K, V> ref,
        Serde<K> keySerde,
        Serde<V> valueSerde,
        List<StoreIndex<K, V, ?>> indexes) {
    String name() {
        return ref.name();
    }

    /** All tables it needs: that of its rows first. */
    List<String> tables() {
        List<String> tables = new ArrayList<>();
        tables.add(name());
        indexes.forEach(index -> tables.add(IndexKeys.table(name(), index)));
        return tables;
    }

    boolean hasIndex(StoreIndex<?, ?, ?> wanted) {
        return indexes.stream().anyMatch(index -> index.name().equals(wanted.name()));
    }
}
