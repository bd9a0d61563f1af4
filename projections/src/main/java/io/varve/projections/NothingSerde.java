package io.varve.projections;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.serde.Serde;

/** The value of rows that have only a key: true, in no bytes. */
final class NothingSerde implements Serde<Boolean> {
    @Override
    public String describe() {
        return "nothing";
    }

    @Override
    public void serialize(Boolean value, BytesWriter out) {
        // That there is a row says all.
    }

    @Override
    public Boolean deserialize(BytesView in) {
        return true;
    }
}
