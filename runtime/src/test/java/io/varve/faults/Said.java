package io.varve.faults;

import java.util.Arrays;

/** Which postings are at which positions: many millions of them, in little room. */
final class Said {
    private static final int AUTHOR = 48;

    private long[] positions = new long[1_024];
    private long[] which = new long[1_024];
    private int size;

    void add(long position, Posting posting) {
        if (size == which.length) {
            positions = Arrays.copyOf(positions, 2 * size);
            which = Arrays.copyOf(which, 2 * size);
        }
        positions[size] = position;
        which[size++] = which(posting);
    }

    /** A posting as one number. */
    static long which(Posting posting) {
        return (long) posting.author() << AUTHOR | posting.number();
    }

    int size() {
        return size;
    }

    long position(int index) {
        return positions[index];
    }

    Posting posting(int index) {
        long one = which[index];
        return Posting.of((int) (one >>> AUTHOR), one & (1L << AUTHOR) - 1);
    }

    /** The posting at a position, where there is one. */
    Posting at(long position) {
        int found = Arrays.binarySearch(positions, 0, size, position);
        if (found < 0) {
            throw new AssertionError("no posting was read at " + position);
        }
        return posting(found);
    }
}
