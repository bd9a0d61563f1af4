package io.varve.store.serde;

import io.varve.store.bytes.BytesWriter;

/** Boxed primitives, which may be null; in bytes they are as the primitives. */
final class BoxCodec extends Codec {
    private final Primitive primitive;

    BoxCodec(Primitive primitive) {
        this.primitive = primitive;
    }

    @Override
    void write(int prefix, Object value, BytesWriter out, int depth) {
        primitive.write(prefix, primitive.bits(value), out);
    }

    @Override
    Object read(int type, RecordReader in) {
        return primitive.boxed(primitive.read(type, in));
    }
}
