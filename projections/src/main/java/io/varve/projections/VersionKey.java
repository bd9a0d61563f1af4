package io.varve.projections;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.SerdeException;
import io.varve.store.serde.Serde;

/**
 * The key of an older version of a row. All of one row are together, in the order of their times,
 * and nothing is between them, whatever bytes keys have.
 *
 * <pre>
 *   u16 length │ bytes of the key │ s64 time from which it is valid
 * </pre>
 *
 * @param key of the row
 * @param validFrom in milliseconds since 1970
 */
record VersionKey<K>(K key, long validFrom) {
    static final int BYTES_BESIDE_KEY = Short.BYTES + Long.BYTES;

    static <K> Serde<VersionKey<K>> serde(Serde<K> keys) {
        return new PartSerde<>() {
            @Override
            public int bytesBesideKey() {
                return BYTES_BESIDE_KEY + PartSerde.bytesBesideKey(keys);
            }

            @Override
            public void serialize(VersionKey<K> value, BytesWriter out) {
                writePrefix(value.key(), keys, out);
                out.putOrderedLong(value.validFrom());
            }

            @Override
            public VersionKey<K> deserialize(BytesView in) {
                int length = in.length() - BYTES_BESIDE_KEY;
                if (length < 0) {
                    throw new SerdeException(
                            "Not the key of a version: bytes=" + in.length(),
                            "Build the projection anew.",
                            null);
                }
                BytesView key = new BytesView().wrap(in, Short.BYTES, length);
                return new VersionKey<>(keys.deserialize(key), validFrom(in));
            }

            @Override
            public String describe() {
                return "version of " + keys.describe();
            }
        };
    }

    /** The time in the bytes of one. */
    static long validFrom(BytesView bytes) {
        return WindowedSerde.ordered(bytes, bytes.length() - Long.BYTES);
    }

    static <K> void writePrefix(K key, Serde<K> keys, BytesWriter out) {
        int begin = out.size();
        out.putShort(0);
        keys.serialize(key, out);
        out.setShort(begin, out.size() - begin - Short.BYTES);
    }
}
