package io.varve.store.serde;

import io.varve.store.bytes.BytesWriter;
import java.util.Optional;

/** The value or null, in bytes: a component may become optional, or cease to be. */
final class OptionalCodec extends Codec {
    private final Codec value;

    OptionalCodec(Codec value) {
        this.value = value;
    }

    @Override
    Object absent() {
        return Optional.empty();
    }

    @Override
    void writeNullable(int prefix, Object optional, BytesWriter out, int depth) {
        if (optional == null) {
            throw new Unfit(
                    "an Optional is null", "Let the record's constructor put Optional.empty().");
        }
        write(prefix, optional, out, depth);
    }

    @Override
    void write(int prefix, Object optional, BytesWriter out, int depth) {
        value.writeNullable(prefix, ((Optional<?>) optional).orElse(null), out, depth);
    }

    @Override
    Object readNullable(int type, RecordReader in) {
        return read(type, in);
    }

    @Override
    Object read(int type, RecordReader in) {
        return Optional.ofNullable(value.readNullable(type, in));
    }
}
