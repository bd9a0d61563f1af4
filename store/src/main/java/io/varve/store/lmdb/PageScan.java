package io.varve.store.lmdb;

import io.varve.store.bytes.BytesView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Finds the values in an LMDB data file by reading it page by page, without mapping it and without
 * following a single page number: for files whose structure is not to be trusted.
 *
 * <p>Small values lie in leaf pages, large ones alone in runs of overflow pages. Pages that LMDB
 * has let go of are found as well; what a value is worth is for the visitor to say.
 *
 * <pre>
 *  page                                      node, at each offset of a leaf page
 *     0  u64 number of the page                 0  u16 low half of the data's length
 *    10  u16 flags: 2 leaf, 4 overflow          2  u16 high half
 *    12  u16 end of the offsets (leaf), or      4  u16 flags: 1 the data lies in overflow pages
 *        u32 pages in the run (overflow)        6  u16 length of the key
 *    16  u16 offsets of the nodes (leaf), or    8  key, then data
 *        the value (overflow)
 * </pre>
 */
public final class PageScan {
    private static final int PAGE = 4096;
    private static final int PAGE_HEADER = 16;
    private static final int LEAF = 2;
    private static final int OVERFLOW = 4;
    private static final int BIG_DATA = 1;
    private static final int MAX_VALUE = (1 << 30) + (1 << 20);

    private final PlainFile file;
    private final ValueVisitor visitor;
    private final byte[] bytes = new byte[PAGE];
    private final ByteBuffer page = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    private final BytesView value = new BytesView();

    /** Behind the last run of pages. */
    private long runEnd;

    private long unread;
    private boolean ended;

    private PageScan(PlainFile file, ValueVisitor visitor) {
        this.file = file;
        this.visitor = visitor;
    }

    /** Takes values. */
    @FunctionalInterface
    public interface ValueVisitor {
        /**
         * Takes a value, or bytes that lie where a value may lie.
         *
         * @param bytes lent for the time of the call; of a large value the first page only
         * @param offset of its first byte in the file
         * @return false to end the scan
         */
        boolean value(BytesView bytes, long offset);
    }

    /**
     * Scans a file.
     *
     * @param folder of the environment
     * @param visitor is called with each value, in the order of the file, until it has enough
     * @return how many pages are none of LMDB's, nor inside a run of them, or are missing at the
     *     end as its meta pages count them; LMDB may have counted some that it never wrote
     * @throws IOException if the file cannot be read
     */
    public static long scan(Path folder, ValueVisitor visitor) throws IOException {
        try (PlainFile file = open(folder)) {
            PageScan scan = new PageScan(file, visitor);
            long number = 0;
            for (; number * PAGE < file.size() && !scan.ended; number++) {
                scan.page(number);
            }
            MetaPage meta = DataFile.newestMeta(folder);
            boolean counts = !scan.ended && meta.isMeta() && meta.pageSize() == PAGE;
            long missing = counts ? Math.max(0, meta.lastPage() + 1 - number) : 0;
            return scan.unread + missing;
        }
    }

    /**
     * Opens a data file for reading.
     *
     * @param folder of the environment
     * @return the file; close it
     * @throws IOException if there is none
     */
    public static PlainFile open(Path folder) throws IOException {
        return PlainFile.openToRead(folder.resolve("data.mdb"));
    }

    /**
     * Reads bytes of a data file.
     *
     * @param file the file
     * @param offset of the first byte
     * @param length how many, 0 to a little over 1 GiB
     * @return fewer where the file ends sooner
     * @throws IOException if they cannot be read
     */
    public static byte[] read(PlainFile file, long offset, int length) throws IOException {
        if (length < 0 || length > MAX_VALUE) {
            return new byte[0];
        }
        int there = (int) Math.max(0, Math.min(length, file.size() - offset));
        ByteBuffer buffer = ByteBuffer.allocate(there);
        file.read(buffer, offset);
        return buffer.array();
    }

    private void page(long number) throws IOException {
        byte[] read = read(file, number * PAGE, PAGE);
        Arrays.fill(bytes, (byte) 0);
        System.arraycopy(read, 0, bytes, 0, read.length);
        if (page.getLong(0) != number || number == 0 && page.getShort(10) == 0) {
            unread += number < runEnd ? 0 : 1; // never written, or damaged
            return;
        }
        int flags = page.getShort(10);
        if ((flags & OVERFLOW) != 0) {
            runEnd = number + (page.getInt(12) & 0xffff_ffffL);
            value.wrap(bytes, PAGE_HEADER, PAGE - PAGE_HEADER);
            ended = !visitor.value(value, number * PAGE + PAGE_HEADER);
        } else if ((flags & LEAF) != 0) {
            leaf(number * PAGE);
        }
    }

    private void leaf(long offset) {
        int end = Math.min(PAGE, page.getShort(12) & 0xffff);
        for (int at = PAGE_HEADER; at + 2 <= end && !ended; at += 2) {
            int node = page.getShort(at) & 0xffff;
            if (node + 8 > PAGE || (page.getShort(node + 4) & BIG_DATA) != 0) {
                continue;
            }
            int length = page.getShort(node) & 0xffff | (page.getShort(node + 2) & 0xffff) << 16;
            int data = node + 8 + (page.getShort(node + 6) & 0xffff);
            if (length >= 0 && data <= PAGE - length) {
                value.wrap(bytes, data, length);
                ended = !visitor.value(value, offset + data);
            }
        }
    }
}
