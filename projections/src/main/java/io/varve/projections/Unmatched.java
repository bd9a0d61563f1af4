package io.varve.projections;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.SerdeException;
import io.varve.store.serde.Serde;

/**
 * A record of a side whose records are results even without a match, and has none yet. In the order
 * in which they become results, as in Kafka Streams.
 *
 * <pre>
 *   s64 time, its sign bit turned over │ u8 1 left, 0 right │ bytes of the key │ u64 number
 * </pre>
 *
 * @param time of the record
 * @param left whether it is of the left side
 * @param key of the record
 * @param number that the buffer gave it
 */
record Unmatched<K>(long time, boolean left, K key, long number) {
    private static final int KEY = Long.BYTES + 1;

    /**
     * The value of such a record.
     *
     * @param left null for one of the right side
     * @param right null for one of the left side
     */
    record Value<V1, V2>(V1 left, V2 right) {}

    static <K> Serde<Unmatched<K>> serde(Serde<K> keys) {
        return new PartSerde<>() {
            @Override
            public int bytesBesideKey() {
                return KEY + Long.BYTES + PartSerde.bytesBesideKey(keys);
            }

            @Override
            public void serialize(Unmatched<K> value, BytesWriter out) {
                out.putOrderedLong(value.time()).putByte(value.left() ? 1 : 0);
                keys.serialize(value.key(), out);
                out.putLong(Long.reverseBytes(value.number()));
            }

            @Override
            public Unmatched<K> deserialize(BytesView in) {
                int end = in.length() - Long.BYTES;
                check(end >= KEY, in);
                return new Unmatched<>(
                        BufferedKey.ordered(in, 0),
                        in.getByte(Long.BYTES) == 1,
                        keys.deserialize(new BytesView().wrap(in, KEY, end - KEY)),
                        Long.reverseBytes(in.getLong(end)));
            }

            @Override
            public String describe() {
                return "unmatched " + keys.describe();
            }
        };
    }

    static <V1, V2> Serde<Value<V1, V2>> valueSerde(Serde<V1> lefts, Serde<V2> rights) {
        return new Serde<>() {
            @Override
            public void serialize(Value<V1, V2> value, BytesWriter out) {
                if (value.left() != null) {
                    lefts.serialize(value.left(), out.putByte(1));
                } else {
                    rights.serialize(value.right(), out.putByte(0));
                }
            }

            @Override
            public Value<V1, V2> deserialize(BytesView in) {
                check(in.length() > 0, in);
                BytesView value = new BytesView().wrap(in, 1, in.length() - 1);
                return in.getByte(0) == 1
                        ? new Value<>(lefts.deserialize(value), null)
                        : new Value<>(null, rights.deserialize(value));
            }

            @Override
            public String describe() {
                return "one of " + lefts.describe() + " and " + rights.describe();
            }
        };
    }

    private static void check(boolean right, BytesView in) {
        if (!right) {
            throw new SerdeException(
                    "Not an unmatched record of a join: bytes=" + in.length(),
                    "Build the projection anew.",
                    null);
        }
    }
}
