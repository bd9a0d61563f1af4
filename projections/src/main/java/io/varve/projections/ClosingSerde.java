package io.varve.projections;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.serde.Serde;

/**
 * Writes windowed keys in the order in which their windows close.
 *
 * <pre>
 *   s64 end │ s64 start │ bytes of the key
 * </pre>
 */
final class ClosingSerde<K> implements PartSerde<Windowed<K>> {
    private final Serde<K> keySerde;

    ClosingSerde(Serde<K> keySerde) {
        this.keySerde = keySerde;
    }

    @Override
    public int bytesBesideKey() {
        return WindowedSerde.WINDOW_BYTES + PartSerde.bytesBesideKey(keySerde);
    }

    @Override
    public String describe() {
        return "closing " + keySerde.describe();
    }

    @Override
    public void serialize(Windowed<K> value, BytesWriter out) {
        out.putOrderedLong(value.window().endMillis());
        out.putOrderedLong(value.window().startMillis());
        keySerde.serialize(value.key(), out);
    }

    @Override
    public Windowed<K> deserialize(BytesView in) {
        Window window =
                new Window(WindowedSerde.ordered(in, Long.BYTES), WindowedSerde.ordered(in, 0));
        int at = WindowedSerde.WINDOW_BYTES;
        return new Windowed<>(
                keySerde.deserialize(new BytesView().wrap(in, at, in.length() - at)), window);
    }
}
