package io.varve.store.lmdb;

import io.varve.store.bytes.Memory;

/**
 * Looks whether a leaf page of a map hides a row, quickly, as that is asked whenever a name is new.
 *
 * <p>Rows lie side by side up to the end of their page, see {@link PageLayout}. So their lengths
 * add up to the room they take, and the squares of where they end, less those of where they begin,
 * to what that is for the room: with one row too few, twice, or elsewhere one of the two is wrong.
 * By a reader of the map.
 */
final class LeafCheck {
    private static final int COUNT_END = 12;
    private static final int BEGIN = 14;
    private static final int NODE = 8;
    private static final int KEY_LENGTH = 48;

    private final int pageSize;

    LeafCheck(int pageSize) {
        this.pageSize = pageSize;
    }

    /** Where the page begins that an address is in. */
    long begin(long address) {
        return address & -pageSize;
    }

    /** Whether the leaf that an address is in is full of the rows it names. */
    boolean isWhole(long address) {
        long page = begin(address);
        int end = Memory.getShort(page + COUNT_END) & 0xffff;
        long begin = Memory.getShort(page + BEGIN) & 0xffff;
        if (end > begin || begin > pageSize || end % Short.BYTES != 0) {
            return false;
        }
        long lengths = 0;
        long squares = 0;
        for (int at = PageLayout.HEADER; at < end; at += Short.BYTES) {
            long node = Memory.getShort(page + at) & 0xffff;
            if (node > pageSize - NODE) {
                return false;
            }
            long head = Memory.getLong(page + node);
            long after = node + NODE + (head >>> KEY_LENGTH) + (head & 0xffff_ffffL) + 1 & -2;
            if (after > pageSize) {
                return false;
            }
            lengths += after - node;
            squares += after * after - node * node;
        }
        return lengths == pageSize - begin && squares == (long) pageSize * pageSize - begin * begin;
    }
}
