package io.varve.projections;

import io.varve.store.serde.Serde;

/** A state store, with nothing missing. */
record StoreDefinition<K, V>(StoreRef<K, V> ref, Serde<K> keySerde, Serde<V> valueSerde) {
    String name() {
        return ref.name();
    }
}
