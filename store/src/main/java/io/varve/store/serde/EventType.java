package io.varve.store.serde;

import io.varve.store.bytes.BytesWriter;

/** A type of event that is written: its name, its class, exactly, and its bytes. */
record EventType<T>(String name, Class<T> type, Serde<T> serde) {
    void serialize(Object event, BytesWriter out) {
        serde.serialize(type.cast(event), out);
    }
}
