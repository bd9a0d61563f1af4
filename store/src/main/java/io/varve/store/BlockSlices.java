package io.varve.store;

import io.varve.store.bytes.Memory;
import java.util.Arrays;

/** Pieces of arrays that belong to others, in order, as if they were one. One thread at a time. */
final class BlockSlices {
    private byte[][] arrays = new byte[16][];
    private int[] starts = new int[16];
    private int[] ends = new int[16];
    private int count;
    private int length;

    /** Takes a piece of an array. */
    @FunctionalInterface
    interface Visitor {
        void slice(byte[] array, int offset, int length);
    }

    /** Forgets all, so that no array is kept alive. */
    void reset() {
        Arrays.fill(arrays, 0, count, null);
        count = 0;
        length = 0;
    }

    int length() {
        return length;
    }

    void add(byte[] array, int offset, int bytes) {
        int last = count - 1;
        if (last >= 0 && arrays[last] == array && ends[last] == offset) {
            ends[last] += bytes;
        } else {
            addNew(array, offset, bytes);
        }
        length += bytes;
    }

    private void addNew(byte[] array, int offset, int bytes) {
        if (count == arrays.length) {
            arrays = Arrays.copyOf(arrays, count * 2);
            starts = Arrays.copyOf(starts, count * 2);
            ends = Arrays.copyOf(ends, count * 2);
        }
        arrays[count] = array;
        starts[count] = offset;
        ends[count++] = offset + bytes;
    }

    void forEach(Visitor visitor) {
        for (int i = 0; i < count; i++) {
            visitor.slice(arrays[i], starts[i], ends[i] - starts[i]);
        }
    }

    void copyTo(long address) {
        long at = address;
        for (int i = 0; i < count; i++) {
            int bytes = ends[i] - starts[i];
            Memory.copy(arrays[i], starts[i], at, bytes);
            at += bytes;
        }
    }
}
