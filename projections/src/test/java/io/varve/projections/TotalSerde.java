package io.varve.projections;

import io.varve.projections.GroupedStreamTest.Total;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.serde.Serde;

/** Eight bytes; refuses totals below zero, to have something that cannot be written. */
enum TotalSerde implements Serde<Total> {
    SERDE;

    @Override
    public void serialize(Total value, BytesWriter out) {
        if (value.cents < 0) {
            throw new IllegalStateException("below zero");
        }
        out.putLong(value.cents);
    }

    @Override
    public Total deserialize(BytesView in) {
        Total total = new Total();
        total.cents = in.getLong(0);
        return total;
    }
}
