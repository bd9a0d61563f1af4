package io.varve.store.serde;

import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.SerdeException;
import java.lang.reflect.RecordComponent;

/**
 * A component of a record.
 *
 * @param component which
 * @param tag its name's, the type's bits zero
 * @param primitive its type, or null if it is none
 * @param codec for its values, or null if it is a primitive
 * @param slot of the {@link Frame}, among the primitives or among the others
 */
record Field(RecordComponent component, int tag, Primitive primitive, Codec codec, int slot) {
    /** Reads the next field if it is this one. */
    void readInOrder(RecordReader in, Frame frame) {
        if (frame.left > 0) {
            int type = in.typeIf(tag);
            if (type >= 0) {
                frame.left--;
                read(type, in, frame);
            }
        }
    }

    /** The same for a whole number: small enough to be inlined into the record's handle. */
    void readWholeInOrder(RecordReader in, Frame frame) {
        if (frame.left > 0) {
            int type = in.typeIf(tag);
            if (type >= 0) {
                frame.left--;
                try {
                    frame.bits[slot] = primitive.readWhole(type, in);
                } catch (RuntimeException e) {
                    throw unreadable(in, e);
                }
            }
        }
    }

    void read(int type, RecordReader in, Frame frame) {
        try {
            if (primitive != null) {
                frame.bits[slot] = primitive.read(type, in);
            } else {
                frame.references[slot] = codec.readNullable(type, in);
            }
        } catch (RuntimeException e) {
            throw unreadable(in, e);
        }
    }

    private SerdeException unreadable(RecordReader in, RuntimeException e) {
        if (e instanceof SerdeException inner) {
            // Says already where, further in.
            return inner;
        }
        boolean unfit = e instanceof Unfit;
        return new SerdeException(
                "A component cannot be read: "
                        + this
                        + " offset="
                        + in.position()
                        + " length="
                        + (in.position() + in.remaining())
                        + " cause="
                        + (unfit ? e.getMessage() : e),
                unfit ? ((Unfit) e).remedy() : Unfit.KEEP,
                unfit ? null : e);
    }

    void setDefault(Object value, Frame frame) {
        if (primitive != null) {
            frame.bits[slot] = primitive.bits(value);
        } else {
            frame.references[slot] = value;
        }
    }

    void write(Object value, BytesWriter out, int depth) {
        try {
            codec.writeNullable(tag, value, out, depth);
        } catch (RuntimeException e) {
            throw unwritable(e);
        }
    }

    private SerdeException unwritable(RuntimeException e) {
        if (e instanceof SerdeException inner) {
            return inner;
        }
        boolean unfit = e instanceof Unfit;
        return new SerdeException(
                "A component has no form in bytes: "
                        + this
                        + " cause="
                        + (unfit ? e.getMessage() : e),
                unfit ? ((Unfit) e).remedy() : "Let the value be read without an error.",
                unfit ? null : e);
    }

    @Override
    public String toString() {
        return "class="
                + component.getDeclaringRecord().getName()
                + " component="
                + component.getName();
    }
}
