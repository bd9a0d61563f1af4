package io.varve.store.serde;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;

/** Bytes as they are. */
final class BytesSerde implements Serde<byte[]> {
    static final Serde<byte[]> INSTANCE = new BytesSerde();

    private BytesSerde() {}

    @Override
    public void serialize(byte[] value, BytesWriter out) {
        out.putBytes(value);
    }

    @Override
    public byte[] deserialize(BytesView in) {
        return in.toByteArray();
    }

    @Override
    public String describe() {
        return "bytes";
    }
}
