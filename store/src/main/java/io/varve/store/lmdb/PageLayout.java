package io.varve.store.lmdb;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
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
 * <p>The nodes fill the page from the offset at 14 to its end, without gaps. All of it but data
 * lies at even offsets, so a page is looked at as 16-bit words in an array: a process that has just
 * begun, as it mostly has when a file is checked, takes a multiple of the time for the methods of
 * buffers. One thread at a time.
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
    private static final int MAX_KEY = 511;

    private final ByteBuffer page;
    private final CharBuffer source;

    /** The page as it was when it was last looked at. */
    private final char[] words;

    /** A bit for each even offset, that of the end as well. */
    private final long[] begins;

    private final long[] ends;

    /** No bits: copied from, as that takes no loop in Java. */
    private final long[] none;

    /** Where the nodes begin, and all their kinds together: of a page that was looked at. */
    private final int[] nodes;

    private int kinds;

    PageLayout(ByteBuffer page) {
        this.page = page;
        this.source = page.asCharBuffer();
        this.words = new char[source.capacity()];
        this.begins = new long[(page.capacity() >> 7) + 1];
        this.ends = new long[begins.length];
        this.none = new long[begins.length];
        this.nodes = new int[page.capacity() / Short.BYTES];
        look();
    }

    /** Looks at the page as it is now. */
    void look() {
        source.get(0, words);
    }

    ByteBuffer page() {
        return page;
    }

    /** What is wrong with the page, or empty. */
    String problem(long number, int kind, int leastNodes) {
        look();
        if (page.getLong(0) != number) {
            return "carries another number: " + page.getLong(0);
        }
        if (word(KIND) != kind) {
            return "is of another kind than its place: " + (int) word(KIND);
        }
        int end = word(OFFSETS_END);
        int begin = word(NODES_BEGIN);
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
        System.arraycopy(none, 0, begins, 0, none.length);
        System.arraycopy(none, 0, ends, 0, none.length);
        kinds = 0;
        int count = count();
        int last = page.capacity() - NODE;
        for (int i = 0; i < count; i++) {
            int node = node(i);
            if (node < begin || node % 2 != 0 || node > last) {
                return "has a node outside";
            }
            int keyLength = word(node + 6);
            int end = node + (length(node, leaf) + 1 & -2);
            if (end < node || end > page.capacity()) {
                return "has a node that does not fit";
            }
            if (keyLength > MAX_KEY || keyLength == 0 && (leaf || i > 0)) {
                return "has a key of a wrong length: " + keyLength;
            }
            if (!mark(begins, node) || !mark(ends, end)) {
                return "has nodes that overlap";
            }
            nodes[i] = node;
            kinds |= word(node + 4);
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

    private int length(int node, boolean leaf) {
        int key = NODE + word(node + 6);
        if (!leaf) {
            return key;
        }
        if (word(node + 4) == LARGE_VALUE) {
            return key + Long.BYTES;
        }
        // Cut off where the page is damaged: it does not fit either way.
        return word(node + 2) < 16 ? key + dataLength(node) : 1 << 20;
    }

    private int dataLength(int node) {
        return word(node) | word(node + 2) << 16;
    }

    /** The two bytes at an even offset. */
    private char word(int offset) {
        return words[offset >> 1];
    }

    /** Whether a leaf without problems has small values alone. */
    boolean isPlain() {
        return kinds == 0;
    }

    /** Whether all keys from a node on are integers; of a page without problems. */
    boolean hasIntegers(int first) {
        int count = count();
        for (int i = first; i < count; i++) {
            if (word(nodes[i] + 6) != Long.BYTES) {
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
        return (word(OFFSETS_END) - HEADER) / Short.BYTES;
    }

    private int node(int i) {
        return word(HEADER + i * Short.BYTES);
    }

    int flags(int i) {
        return word(node(i) + 4);
    }

    int keyOffset(int i) {
        return node(i) + NODE;
    }

    int keyLength(int i) {
        return word(node(i) + 6);
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
        int length = word(node + 6);
        if (offset > page.capacity() - Long.BYTES || length == 0) {
            return shortKey(offset, length);
        }
        long number =
                word(offset)
                        | (long) word(offset + 2) << 16
                        | (long) word(offset + 4) << 32
                        | (long) word(offset + 6) << 48;
        if (integer) {
            return number;
        }
        long ordered = Long.reverseBytes(number);
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
        return dataLength(node(i)) & 0xffff_ffffL | (long) flags(i) << 32;
    }

    /** The length of a leaf node's value. */
    long valueLength(int i) {
        return dataLength(node(i)) & 0xffff_ffffL;
    }

    /** Where a leaf node's value begins, or the number of its first page. */
    int valueOffset(int i) {
        return keyOffset(i) + keyLength(i);
    }
}
