package io.varve.projections;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.SerdeException;
import io.varve.store.serde.Serde;

/**
 * A record that waits for others. Those of a span of time are together, so that they are dropped
 * together; among them those of a key, in the order of time and of coming.
 *
 * <pre>
 *   s64 span │ u32 length │ bytes of the key │ s64 time │ s64 number
 *
 *   s64: with the sign bit turned over, so that bytes sort as numbers do
 * </pre>
 *
 * @param span its number: time divided by the length of spans
 * @param key of the record
 * @param time of the record
 * @param number different for all records of the join, in the order they came
 */
record BufferedKey<K>(long span, K key, long time, long number) {
    private static final int KEY = Long.BYTES + Integer.BYTES;
    private static final int BEHIND_KEY = 2 * Long.BYTES;

    static <K> Serde<BufferedKey<K>> serde(Serde<K> keys) {
        return new PartSerde<>() {
            @Override
            public int bytesBesideKey() {
                return KEY + BEHIND_KEY + PartSerde.bytesBesideKey(keys);
            }

            @Override
            public void serialize(BufferedKey<K> value, BytesWriter out) {
                writePrefix(value.span(), value.key(), keys, out);
                out.putOrderedLong(value.time()).putOrderedLong(value.number());
            }

            @Override
            public BufferedKey<K> deserialize(BytesView in) {
                int end = in.length() - BEHIND_KEY;
                if (end < KEY) {
                    throw new SerdeException(
                            "Not a record of a join: bytes=" + in.length(),
                            "Build the projection anew.",
                            null);
                }
                K key = keys.deserialize(new BytesView().wrap(in, KEY, end - KEY));
                return new BufferedKey<>(
                        ordered(in, 0), key, ordered(in, end), ordered(in, end + Long.BYTES));
            }

            @Override
            public String describe() {
                return "buffered " + keys.describe();
            }
        };
    }

    static long ordered(BytesView in, int offset) {
        return Long.reverseBytes(in.getLong(offset)) ^ Long.MIN_VALUE;
    }

    /** The bytes that all of a key in a span begin with, and a time. */
    static <K> byte[] bound(long span, K key, long time, Serde<K> keys) {
        BytesWriter writer = new BytesWriter();
        writePrefix(span, key, keys, writer);
        return writer.putOrderedLong(time).toByteArray();
    }

    private static <K> void writePrefix(long span, K key, Serde<K> keys, BytesWriter out) {
        out.putOrderedLong(span);
        int begin = out.size();
        out.putInt(0);
        keys.serialize(key, out);
        out.setInt(begin, out.size() - begin - Integer.BYTES);
    }
}
