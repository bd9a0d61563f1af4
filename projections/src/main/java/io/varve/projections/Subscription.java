package io.varve.projections;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.SerdeException;
import io.varve.store.serde.Serde;

/**
 * A row of one table is joined with a row of another: the key of a row that has no value. All that
 * belong to one row of the other table are together.
 *
 * <pre>
 *   u32 length │ bytes of the foreign key │ bytes of the key
 * </pre>
 *
 * @param foreignKey of the row in the other table
 * @param key of the row
 */
record Subscription<K2, K>(K2 foreignKey, K key) {
    static final byte[] VALUE = {};

    static <K2, K> Serde<Subscription<K2, K>> serde(Serde<K2> foreignKeys, Serde<K> keys) {
        return new SubscriptionSerde<>(foreignKeys, keys);
    }

    /** Writes it. */
    record SubscriptionSerde<K2, K>(Serde<K2> foreignKeys, Serde<K> keys)
            implements PartSerde<Subscription<K2, K>> {
        @Override
        public int bytesBesideKey() {
            return Integer.BYTES
                    + PartSerde.bytesBesideKey(foreignKeys)
                    + PartSerde.bytesBesideKey(keys);
        }

        @Override
        public void serialize(Subscription<K2, K> value, BytesWriter out) {
            writePrefix(value.foreignKey(), foreignKeys, out);
            keys.serialize(value.key(), out);
        }

        @Override
        public Subscription<K2, K> deserialize(BytesView in) {
            int end = in.length() < Integer.BYTES ? -1 : Integer.BYTES + in.getInt(0);
            if (end < Integer.BYTES || end > in.length()) {
                throw new SerdeException(
                        "Not a subscription: bytes=" + in.length(),
                        "Build the projection anew.",
                        null);
            }
            BytesView part = new BytesView();
            return new Subscription<>(
                    foreignKeys.deserialize(part.wrap(in, Integer.BYTES, end - Integer.BYTES)),
                    keys.deserialize(part.wrap(in, end, in.length() - end)));
        }

        @Override
        public String describe() {
            return "subscription " + foreignKeys.describe() + ' ' + keys.describe();
        }
    }

    /** All of one foreign key. */
    static <K2> ByteRange range(K2 foreignKey, Serde<K2> foreignKeys) {
        BytesWriter writer = new BytesWriter();
        writePrefix(foreignKey, foreignKeys, writer);
        return ByteRange.prefix(writer.toByteArray());
    }

    private static <K2> void writePrefix(K2 foreignKey, Serde<K2> foreignKeys, BytesWriter out) {
        int begin = out.size();
        out.putInt(0);
        foreignKeys.serialize(foreignKey, out);
        out.setInt(begin, out.size() - begin - Integer.BYTES);
    }
}
