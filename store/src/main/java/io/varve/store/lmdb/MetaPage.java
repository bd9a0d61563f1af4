package io.varve.store.lmdb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One of the two pages that say where the trees of an LMDB file begin. Transaction {@code t} writes
 * page {@code t & 1}; LMDB believes the page with the greater transaction.
 *
 * <pre>
 *     0  u64 own number, 0 or 1
 *    10  u16 kind, 8
 *    16  u32 magic 0xBEEFC0DE
 *    20  u32 version, 1
 *    24  u64 address
 *    32  u64 map size
 *    40  record of the free list, 48 bytes, see {@link TreeRecord}; its u32 at 40 is the page size
 *    88  record of the table of tables
 *   136  u64 last page in use
 *   144  u64 transaction
 * </pre>
 *
 * @param bytes the first 152 of the page, little-endian; not to be changed
 */
record MetaPage(ByteBuffer bytes) {
    static final int BYTES = 152;
    static final int KIND_OFFSET = 10;
    static final int TRANSACTION_OFFSET = 144;

    private static final int KIND = 8;
    private static final int MAGIC = 0xBEEFC0DE;
    private static final int VERSION = 1;
    private static final int MIN_PAGE = 512;
    private static final int MAX_PAGE = 1 << 15;

    /** Reads what stands at an offset; where the file ends sooner, zeros. */
    static MetaPage read(PlainFile file, long at) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        file.fill(buffer, at);
        return new MetaPage(buffer);
    }

    /** Whether LMDB would take it for a meta page. */
    boolean isMeta() {
        int page = pageSize();
        return bytes.getInt(16) == MAGIC
                && bytes.getInt(20) == VERSION
                && (bytes.getShort(KIND_OFFSET) & KIND) != 0
                && page >= MIN_PAGE
                && page <= MAX_PAGE
                && Integer.bitCount(page) == 1;
    }

    long number() {
        return bytes.getLong(0);
    }

    int pageSize() {
        return bytes.getInt(40);
    }

    TreeRecord freeList() {
        return TreeRecord.read(bytes, 40);
    }

    TreeRecord tables() {
        return TreeRecord.read(bytes, 88);
    }

    long lastPage() {
        return bytes.getLong(136);
    }

    long transaction() {
        return bytes.getLong(TRANSACTION_OFFSET);
    }
}
