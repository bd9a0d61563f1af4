package io.varve.projections;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.SerdeException;
import io.varve.store.serde.Serde;

/**
 * Writes windowed keys, those of one key together and in the order of their windows, where no key's
 * bytes begin with another's.
 *
 * <pre>
 *   bytes of the key │ s64 start │ s64 end
 *
 *   s64: milliseconds since 1970, with the sign bit turned over, so that bytes sort as numbers do
 * </pre>
 */
final class WindowedSerde<K> implements PartSerde<Windowed<K>> {
    /** What it adds to a key. */
    static final int WINDOW_BYTES = 2 * Long.BYTES;

    private final Serde<K> keySerde;

    WindowedSerde(Serde<K> keySerde) {
        this.keySerde = keySerde;
    }

    /** Of the keys. */
    Serde<K> keySerde() {
        return keySerde;
    }

    @Override
    public int bytesBesideKey() {
        return WINDOW_BYTES + PartSerde.bytesBesideKey(keySerde);
    }

    @Override
    public String describe() {
        return "windowed " + keySerde.describe();
    }

    @Override
    public void serialize(Windowed<K> value, BytesWriter out) {
        keySerde.serialize(value.key(), out);
        out.putOrderedLong(value.window().startMillis());
        out.putOrderedLong(value.window().endMillis());
    }

    @Override
    public Windowed<K> deserialize(BytesView in) {
        int length = in.length() - WINDOW_BYTES;
        if (length < 0) {
            throw new SerdeException(
                    "Too short for a windowed key: bytes=" + in.length(),
                    "Read the store with the StoreRef it was declared with.",
                    null);
        }
        long start = ordered(in, length);
        long end = ordered(in, length + Long.BYTES);
        if (end < start) {
            throw new SerdeException(
                    "A window does not end before it starts: start=" + start + " end=" + end,
                    "Read the store with the StoreRef it was declared with.",
                    null);
        }
        K key = keySerde.deserialize(new BytesView().wrap(in, 0, length));
        return new Windowed<>(key, new Window(start, end));
    }

    static long ordered(BytesView in, int offset) {
        return Long.reverseBytes(in.getLong(offset)) ^ Long.MIN_VALUE;
    }
}
