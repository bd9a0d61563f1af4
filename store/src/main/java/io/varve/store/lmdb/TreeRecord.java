package io.varve.store.lmdb;

import java.nio.ByteBuffer;

/**
 * What LMDB notes of a tree.
 *
 * <pre>
 *    0  u32 spare
 *    4  u16 flags: 8 the keys are native integers
 *    6  u16 depth
 *    8  u64 branch pages, then leaf pages, overflow pages and entries
 *   40  u64 root, or all ones where the tree is empty
 * </pre>
 */
record TreeRecord(
        int flags, int depth, long branches, long leaves, long overflows, long entries, long root) {
    static final int BYTES = 48;
    static final int INTEGER_KEYS = 8;
    static final long NO_PAGE = -1;

    static TreeRecord read(ByteBuffer in, int at) {
        return new TreeRecord(
                in.getShort(at + 4) & 0xffff,
                in.getShort(at + 6) & 0xffff,
                in.getLong(at + 8),
                in.getLong(at + 16),
                in.getLong(at + 24),
                in.getLong(at + 32),
                in.getLong(at + 40));
    }

    boolean hasIntegerKeys() {
        return flags == INTEGER_KEYS;
    }

    boolean isEmpty() {
        return root == NO_PAGE;
    }
}
