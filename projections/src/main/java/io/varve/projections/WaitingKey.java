package io.varve.projections;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.SerdeException;
import io.varve.store.serde.Serde;

/**
 * The key of a record that waits to be joined: in the order in which that is done, as in Kafka
 * Streams.
 *
 * <pre>
 *   s64 time, its sign bit turned over │ bytes of the key │ u64 number
 * </pre>
 *
 * @param time of the record, in milliseconds since 1970
 * @param key of the record
 * @param number of the record among all that waited
 */
record WaitingKey<K>(long time, K key, long number) {
    static <K> Serde<WaitingKey<K>> serde(Serde<K> keys) {
        return new PartSerde<>() {
            @Override
            public int bytesBesideKey() {
                return 2 * Long.BYTES + PartSerde.bytesBesideKey(keys);
            }

            @Override
            public void serialize(WaitingKey<K> value, BytesWriter out) {
                out.putOrderedLong(value.time());
                keys.serialize(value.key(), out);
                out.putLong(Long.reverseBytes(value.number()));
            }

            @Override
            public WaitingKey<K> deserialize(BytesView in) {
                int end = in.length() - Long.BYTES;
                if (end < Long.BYTES) {
                    throw new SerdeException(
                            "Not a record that waits to be joined: bytes=" + in.length(),
                            "Build the projection anew.",
                            null);
                }
                return new WaitingKey<>(
                        WindowedSerde.ordered(in, 0),
                        keys.deserialize(new BytesView().wrap(in, Long.BYTES, end - Long.BYTES)),
                        Long.reverseBytes(in.getLong(end)));
            }

            @Override
            public String describe() {
                return "waiting " + keys.describe();
            }
        };
    }
}
