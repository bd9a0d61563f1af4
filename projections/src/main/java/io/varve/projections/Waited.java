package io.varve.projections;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.serde.Serde;

/**
 * A record that waits to be joined, but for its key and its time.
 *
 * @param value of the record
 * @param headers of the record, where the topology has nodes that read some
 */
record Waited<V>(V value, RecordHeaders headers) {
    /**
     * Writes it.
     *
     * <pre>
     *   u8 0 no headers, 1 of the event, 2 of a processor │ {@link HeaderTexts} │ bytes of the value
     * </pre>
     */
    static <V> Serde<Waited<V>> serde(Serde<V> values) {
        return new Serde<>() {
            @Override
            public void serialize(Waited<V> waited, BytesWriter out) {
                RecordHeaders headers = waited.headers();
                if (headers.equals(RecordHeaders.NONE)) {
                    out.putByte(0);
                } else {
                    out.putByte(headers.own() ? 2 : 1);
                    HeaderTexts.write(headers.headers(), out);
                }
                values.serialize(waited.value(), out);
            }

            @Override
            public Waited<V> deserialize(BytesView in) {
                int kind = in.getByte(0);
                HeaderTexts.Reader reader = new HeaderTexts.Reader(in, 1);
                RecordHeaders headers =
                        kind == 0
                                ? RecordHeaders.NONE
                                : new RecordHeaders(reader.headers(), kind == 2);
                int at = reader.at();
                V value = values.deserialize(new BytesView().wrap(in, at, in.length() - at));
                return new Waited<>(value, headers);
            }

            @Override
            public String describe() {
                return "waited " + values.describe();
            }
        };
    }
}
