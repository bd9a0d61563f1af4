package io.varve.store.serde;

/**
 * The components of a record between bytes and constructor: primitives as the bits of a long, the
 * rest as objects. Belongs to one call.
 */
final class Frame {
    final long[] bits;
    final Object[] references;

    /** How many fields are still to be read. */
    int left;

    Frame(int bits, int references) {
        this(new long[bits], new Object[references]);
    }

    private Frame(long[] bits, Object[] references) {
        this.bits = bits;
        this.references = references;
    }

    Frame copy() {
        return new Frame(bits.clone(), references.clone());
    }

    static long bits(int slot, Frame frame) {
        return frame.bits[slot];
    }

    static Object reference(int slot, Frame frame) {
        return frame.references[slot];
    }
}
