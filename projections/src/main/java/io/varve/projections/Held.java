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
 * @param headers of its last change, where the topology has nodes that read some
 */
record Held<V>(long due, long timestamp, V told, RecordHeaders headers) {
    /**
     * Writes it.
     *
     * <pre>
     *   s64 due │ s64 timestamp │ u8 1: there is a value, +2: there are headers, +4: of a processor
     *           │ headers: {@link HeaderTexts} │ bytes of the value
     * </pre>
     */
    static final class HeldSerde<V> implements Serde<Held<V>> {
        private static final int FLAGS = 2 * Long.BYTES;
        private static final int TOLD = 1;
        private static final int HEADERS = 2;
        private static final int OWN = 4;

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
            int flags = value.told() == null ? 0 : TOLD;
            RecordHeaders headers = value.headers();
            if (headers.equals(RecordHeaders.NONE)) {
                out.putByte(flags);
            } else {
                out.putByte(flags | HEADERS | (headers.own() ? OWN : 0));
                HeaderTexts.write(headers.headers(), out);
            }
            if (value.told() != null) {
                valueSerde.serialize(value.told(), out);
            }
        }

        @Override
        public Held<V> deserialize(BytesView in) {
            long due = WindowedSerde.ordered(in, 0);
            long timestamp = WindowedSerde.ordered(in, Long.BYTES);
            int flags = in.getByte(FLAGS);
            HeaderTexts.Reader reader = new HeaderTexts.Reader(in, FLAGS + 1);
            RecordHeaders headers =
                    (flags & HEADERS) == 0
                            ? RecordHeaders.NONE
                            : new RecordHeaders(reader.headers(), (flags & OWN) != 0);
            int at = reader.at();
            V told =
                    (flags & TOLD) == 0
                            ? null
                            : valueSerde.deserialize(
                                    new BytesView().wrap(in, at, in.length() - at));
            return new Held<>(due, timestamp, told, headers);
        }
    }
}
