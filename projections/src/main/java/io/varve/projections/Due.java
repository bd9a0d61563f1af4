package io.varve.projections;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.serde.Serde;

/** A key that is to be told of at a time, in milliseconds since 1970. */
record Due<K>(long time, K key) {
    /**
     * Writes it.
     *
     * <pre>
     *   s64 time │ bytes of the key
     * </pre>
     */
    static final class DueSerde<K> implements PartSerde<Due<K>> {
        private final Serde<K> keySerde;

        DueSerde(Serde<K> keySerde) {
            this.keySerde = keySerde;
        }

        @Override
        public int bytesBesideKey() {
            return Long.BYTES + PartSerde.bytesBesideKey(keySerde);
        }

        @Override
        public String describe() {
            return "due " + keySerde.describe();
        }

        @Override
        public void serialize(Due<K> value, BytesWriter out) {
            out.putOrderedLong(value.time());
            keySerde.serialize(value.key(), out);
        }

        @Override
        public Due<K> deserialize(BytesView in) {
            int length = in.length() - Long.BYTES;
            return new Due<>(
                    WindowedSerde.ordered(in, 0),
                    keySerde.deserialize(new BytesView().wrap(in, Long.BYTES, length)));
        }
    }
}
