package io.varve.store.serde;

import io.varve.store.bytes.BytesWriter;

/**
 * Values of one type in the record format. Thread-safe.
 *
 * <p>Codecs throw {@link Unfit}, or whatever the values' own methods throw.
 */
abstract class Codec {
    /** Writes the type behind the prefix, and the value; {@code depth} more records may nest. */
    abstract void write(int prefix, Object value, BytesWriter out, int depth);

    /** Reads a value whose wire type was read already. */
    abstract Object read(int type, RecordReader in);

    /** What a component is of which the bytes say nothing. */
    Object absent() {
        return null;
    }

    void writeNullable(int prefix, Object value, BytesWriter out, int depth) {
        if (value == null) {
            WireType.put(prefix, WireType.NULL, out);
        } else {
            write(prefix, value, out, depth);
        }
    }

    Object readNullable(int type, RecordReader in) {
        return type == WireType.NULL ? null : read(type, in);
    }
}
