package io.varve.store.lmdb;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A branch or leaf page, and whether its parts lie where they may.
 *
 * <pre>
 *  page                          node
 *     0  u64 own number             0  u32 length of the data, or with the next u16
 *    10  u16 kind                      the number of a page below, 48 bit
 *    12  u16 end of the offsets     4  u16 kind
 *    14  u16 begin of the nodes     6  u16 length of the key
 *        or at 12 u32 pages of      8  key, data; padded to an even length
 *        a value
 *    16  u16 offset of each node
 * </pre>
 *
 * <p>The nodes fill the page from the offset at 14 to its end, without gaps. One thread at a time.
 */
final class PageLayout {
    static final int BRANCH = 1;
    static final int LEAF = 2;
    static final int OVERFLOW = 4;
    static final int KIND = 10;
    static final int PAGES = 12;
    static final int HEADER = 16;
    static final int LARGE_VALUE = 1;
    static final int SUB_TREE = 2;

    private static final int OFFSETS_END = 12;
    private static final int NODES_BEGIN = 14;
    private static final int NODE = 8;
    private static final int KEY_LENGTH = 48;
    private static final int KIND_OF_NODE = 32;
    private static final int MAX_KEY = 511;

    private final ByteBuffer page;

    /** A bit for each even offset, that of the end as well. */
    private final long[] begins;

    private final long[] ends;

    /** Where the nodes begin, and all their kinds together: of a page that was looked at. */
    private final int[] nodes;

    private int kinds;

    PageLayout(ByteBuffer page) {
        this.page = page;
        this.begins = new long[(page.capacity() >> 7) + 1];
        this.ends = new long[begins.length];
        this.nodes = new int[page.capacity() / Short.BYTES];
    }

    ByteBuffer page() {
        return page;
    }

    /** What is wrong with the page, or empty. */
    String problem(long number, int kind, int leastNodes) {
        if (page.getLong(0) != number) {
            return "carries another number: " + page.getLong(0);
        }
        if ((page.getShort(KIND) & 0xffff) != kind) {
            return "is of another kind than its place: " + (page.getShort(KIND) & 0xffff);
        }
        int end = page.getShort(OFFSETS_END) & 0xffff;
        int begin = page.getShort(NODES_BEGIN) & 0xffff;
        if (end < HEADER || end > begin || begin > page.capacity() || end % 2 != 0) {
            return "has no room for what it holds";
        }
        if (count() < leastNodes) {
            return "has too few nodes: " + count();
        }
        return nodesProblem(begin, kind == LEAF);
    }

    /**
     * No two nodes begin at one place or end at one place, and where one ends another begins, or
     * the page ends: then they lie side by side, in whatever order.
     */
    private String nodesProblem(int begin, boolean leaf) {
        Arrays.fill(begins, 0);
        Arrays.fill(ends, 0);
        kinds = 0;
        int count = count();
        int last = page.capacity() - NODE;
        for (int i = 0; i < count; i++) {
            int node = node(i);
            if (node < begin || node % 2 != 0 || node > last) {
                return "has a node outside";
            }
            // All of a node's head at once: this is done for each row of a table.
            long head = page.getLong(node);
            int end = node + (length(head, leaf) + 1 & -2);
            if (end < node || end > page.capacity()) {
                return "has a node that does not fit";
            }
            int keyLength = (int) (head >>> KEY_LENGTH);
            if (keyLength > MAX_KEY || keyLength == 0 && (leaf || i > 0)) {
                return "has a key of a wrong length: " + keyLength;
            }
            if (!mark(begins, node) || !mark(ends, end)) {
                return "has nodes that overlap";
            }
            nodes[i] = node;
            kinds |= (int) (head >>> KIND_OF_NODE);
        }
        // The first begins where none ends, and the last ends where none begins.
        return mark(ends, begin) && mark(begins, page.capacity()) && Arrays.equals(begins, ends)
                ? ""
                : "has gaps between its nodes";
    }

    /** Marks an even offset; false if it was marked. */
    private static boolean mark(long[] offsets, int offset) {
        int word = offset >> 7;
        long bit = 1L << (offset >> 1);
        if ((offsets[word] & bit) != 0) {
            return false;
        }
        offsets[word] |= bit;
        return true;
    }

    private static int length(long head, boolean leaf) {
        int key = NODE + (int) (head >>> KEY_LENGTH);
        if (!leaf) {
            return key;
        }
        if ((head >>> KIND_OF_NODE & 0xffff) == LARGE_VALUE) {
            return key + Long.BYTES;
        }
        // Cut off where the page is damaged: it does not fit either way.
        return (int) Math.min(1 << 20, key + (head & 0xffff_ffffL));
    }

    /** Whether a leaf without problems has small values alone. */
    boolean isPlain() {
        return (kinds & 0xffff) == 0;
    }

    /** Whether all keys from a node on are integers; of a page without problems. */
    boolean hasIntegers(int first) {
        int count = count();
        for (int i = first; i < count; i++) {
            if ((page.getShort(nodes[i] + 6) & 0xffff) != Long.BYTES) {
                return false;
            }
        }
        return true;
    }

    /** Whether the keys from a node on ascend; of a page without problems. */
    boolean ascends(int first, boolean integer) {
        int count = count();
        long before = keyBeginningAt(nodes[first], integer);
        for (int i = first + 1; i < count; i++) {
            long beginning = keyBeginningAt(nodes[i], integer);
            // Most keys differ in their beginnings.
            if (before == beginning
                    ? integer || compareKeys(i - 1, i) >= 0
                    : Long.compareUnsigned(before, beginning) > 0) {
                return false;
            }
            before = beginning;
        }
        return true;
    }

    private int compareKeys(int i, int j) {
        int one = keyOffset(i);
        int other = keyOffset(j);
        byte[] bytes = page.array();
        return Arrays.compareUnsigned(
                bytes, one, one + keyLength(i), bytes, other, other + keyLength(j));
    }

    int count() {
        return ((page.getShort(OFFSETS_END) & 0xffff) - HEADER) / Short.BYTES;
    }

    private int node(int i) {
        return page.getShort(HEADER + i * Short.BYTES) & 0xffff;
    }

    int flags(int i) {
        return page.getShort(node(i) + 4) & 0xffff;
    }

    int keyOffset(int i) {
        return node(i) + NODE;
    }

    int keyLength(int i) {
        return page.getShort(node(i) + 6) & 0xffff;
    }

    /**
     * The first eight bytes of a key, as an unsigned number in the order of the keys; zeros stand
     * behind a shorter one. Keys that are equal here need not be equal.
     */
    long keyBeginning(int i, boolean integer) {
        return keyBeginningAt(node(i), integer);
    }

    private long keyBeginningAt(int node, boolean integer) {
        int offset = node + NODE;
        if (integer && offset <= page.capacity() - Long.BYTES) {
            return page.getLong(offset);
        }
        int length = page.getShort(node + 6) & 0xffff;
        if (offset > page.capacity() - Long.BYTES || length == 0) {
            return shortKey(offset, length);
        }
        long ordered = Long.reverseBytes(page.getLong(offset));
        return length >= Long.BYTES ? ordered : ordered & -1L << (Long.BYTES - length) * Byte.SIZE;
    }

    private long shortKey(int offset, int length) {
        long number = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            number = number << Byte.SIZE | (i < length ? page.get(offset + i) & 0xff : 0);
        }
        return number;
    }

    /** The page below a node of a branch. */
    long below(int i) {
        return page.getInt(node(i)) & 0xffff_ffffL | (long) flags(i) << 32;
    }

    /** The length of a leaf node's value. */
    long valueLength(int i) {
        return page.getInt(node(i)) & 0xffff_ffffL;
    }

    /** Where a leaf node's value begins, or the number of its first page. */
    int valueOffset(int i) {
        return keyOffset(i) + keyLength(i);
    }
}
