package io.varve.projections;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.serde.Serde;

/**
 * What is known of a row whose changes are held back.
 *
 * @param due when it is to be told of
 * @param timestamp of its last change
 * @param told its value as nodes behind know it; null for no row
 */
record Held<V>(long due, long timestamp, V told) {
    /**
     * Writes it.
     *
     * <pre>
     *   s64 due │ s64 timestamp │ bytes of the value, behind a byte that is 1; 0 for no row
     * </pre>
     */
    static final class HeldSerde<V> implements Serde<Held<V>> {
        private static final int TOLD = 2 * Long.BYTES;

        private final Serde<V> valueSerde;

        HeldSerde(Serde<V> valueSerde) {
            this.valueSerde = valueSerde;
        }

        @Override
        public String describe() {
            return "held " + valueSerde.describe();
        }

        @Override
        public void serialize(Held<V> value, BytesWriter out) {
            out.putOrderedLong(value.due()).putOrderedLong(value.timestamp());
            out.putByte(value.told() == null ? 0 : 1);
            if (value.told() != null) {
                valueSerde.serialize(value.told(), out);
            }
        }

        @Override
        public Held<V> deserialize(BytesView in) {
            long due = WindowedSerde.ordered(in, 0);
            long timestamp = WindowedSerde.ordered(in, Long.BYTES);
            int at = TOLD + 1;
            V told =
                    in.getByte(TOLD) == 0
                            ? null
                            : valueSerde.deserialize(
                                    new BytesView().wrap(in, at, in.length() - at));
            return new Held<>(due, timestamp, told);
        }
    }
}
