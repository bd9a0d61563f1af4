package io.varve.store.lmdb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;

/**
 * Follows LMDB's page numbers through a file that is not mapped, and sees whether every page that
 * is in use lies inside it.
 *
 * <pre>
 *  page                          node
 *     0  u64 own number             0  u32 length of the data, or with the next u16
 *    10  u16 kind                      the number of a page below, 48 bit
 *    12  u16 end of the offsets     4  u16 kind
 *        or u32 pages of a value    6  u16 length of the key
 *    16  u16 offset of each node    8  key, data
 * </pre>
 */
final class PageWalk {
    private static final int BRANCH = 1;
    private static final int LEAF = 2;
    private static final int KIND = 10;
    private static final int OFFSETS_END = 12;
    private static final int HEADER = 16;
    private static final int NODE = 8;
    private static final int LARGE_VALUE = 1;
    private static final int SUB_TREE = 2;
    private static final int ROOT_IN_RECORD = 40;
    private static final long NO_PAGE = -1;

    private final FileChannel channel;
    private final int pageSize;
    private final long pages;
    private final ArrayDeque<Long> ahead = new ArrayDeque<>();

    PageWalk(FileChannel channel, int pageSize) throws IOException {
        this.channel = channel;
        this.pageSize = pageSize;
        this.pages = channel.size() / pageSize;
    }

    /** Whether all pages below a root lie inside the file. */
    boolean isInside(long root) throws IOException {
        add(root);
        long visited = 0;
        while (!ahead.isEmpty()) {
            long number = ahead.poll();
            // A tree visits no page twice.
            if (!isPage(number) || ++visited > pages || !visit(read(number))) {
                return false;
            }
        }
        return true;
    }

    private void add(long number) {
        if (number != NO_PAGE) {
            ahead.add(number);
        }
    }

    private boolean isPage(long number) {
        return number >= 0 && number < pages;
    }

    private ByteBuffer read(long number) throws IOException {
        ByteBuffer page = ByteBuffer.allocate(pageSize).order(ByteOrder.LITTLE_ENDIAN);
        while (page.hasRemaining() && channel.read(page, number * pageSize + page.position()) > 0) {
            continue;
        }
        return page;
    }

    private boolean visit(ByteBuffer page) throws IOException {
        int kind = page.getShort(KIND) & (BRANCH | LEAF);
        if (kind == 0) {
            return false;
        }
        int end = page.getShort(OFFSETS_END) & 0xffff;
        for (int at = HEADER; at < end; at += Short.BYTES) {
            int node = page.getShort(at) & 0xffff;
            if (kind == BRANCH) {
                add(page.getInt(node) & 0xffff_ffffL | (page.getShort(node + 4) & 0xffffL) << 32);
            } else if (!visitLeaf(page, node)) {
                return false;
            }
        }
        return true;
    }

    private boolean visitLeaf(ByteBuffer page, int node) throws IOException {
        int kind = page.getShort(node + 4);
        int data = node + NODE + (page.getShort(node + 6) & 0xffff);
        if ((kind & SUB_TREE) != 0) {
            add(page.getLong(data + ROOT_IN_RECORD));
        }
        if ((kind & LARGE_VALUE) == 0) {
            return true;
        }
        long first = page.getLong(data);
        return isPage(first)
                && isPage(first - 1 + (read(first).getInt(OFFSETS_END) & 0xffff_ffffL));
    }
}
