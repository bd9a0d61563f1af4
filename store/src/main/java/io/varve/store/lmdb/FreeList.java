package io.varve.store.lmdb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Looks at the rows of LMDB's list of free pages.
 *
 * <pre>
 *   key    u64 the transaction that let the pages go
 *   value  u64 count, then so many u64 page numbers, strictly descending; what follows is not used
 * </pre>
 */
final class FreeList implements TreeWalk.LeafVisitor {
    private static final int CHUNK = 1 << 16;

    private final PageFile file;
    private final long transaction;
    private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
    private long newest;

    FreeList(PageFile file, long transaction) {
        this.file = file;
        this.transaction = transaction;
    }

    @Override
    public void node(WalkedPages walked, PageLayout leaf, int i, long number) throws IOException {
        long released = leaf.page().getLong(leaf.keyOffset(i));
        newest = Math.max(newest, released);
        boolean large = leaf.flags(i) == PageLayout.LARGE_VALUE;
        long length = leaf.valueLength(i);
        if (released < 1 || released > transaction) {
            walked.problem(number, "frees pages of a transaction that was not: " + released);
        } else if (!large && leaf.flags(i) != 0 || length < Long.BYTES) {
            walked.problem(number, "has a row of free pages that is none");
        } else if (large) {
            long first = leaf.page().getLong(leaf.valueOffset(i));
            boolean inside = first >= 2 && first < file.pages();
            // Where it is not, the walk says so.
            if (inside) {
                row(walked, number, length, first);
            }
        } else {
            ByteBuffer row = leaf.page().duplicate().order(ByteOrder.LITTLE_ENDIAN);
            row.position(leaf.valueOffset(i));
            rowHere(walked, row, number, length);
        }
    }

    /**
     * The newest transaction that let pages go: the one whose list it is, as each but the first
     * writes the pages above its change anew.
     */
    long newest() {
        return newest;
    }

    private void rowHere(WalkedPages walked, ByteBuffer row, long number, long length) {
        long count = row.getLong();
        if (isCount(walked, count, length, number)) {
            release(walked, row, count, Long.MAX_VALUE, number);
        }
    }

    private static boolean isCount(WalkedPages walked, long count, long length, long number) {
        boolean fits = count >= 0 && count <= length / Long.BYTES - 1;
        if (!fits) {
            walked.problem(number, "has a row of free pages with a wrong count: " + count);
        }
        return fits;
    }

    private void row(WalkedPages walked, long number, long length, long first) throws IOException {
        chunk.limit(Long.BYTES);
        file.readRun(first, 0, chunk);
        long count = chunk.getLong(0);
        if (!isCount(walked, count, length, number)) {
            return;
        }
        long before = Long.MAX_VALUE;
        for (long done = 0; done < count; ) {
            long next = Math.min(CHUNK / Long.BYTES, count - done);
            chunk.limit((int) next * Long.BYTES);
            file.readRun(first, (done + 1) * Long.BYTES, chunk);
            chunk.position(0);
            before = release(walked, chunk, next, before, number);
            if (before < 0) {
                return;
            }
            done += next;
        }
    }

    /** Marks pages as free; the last of them, or -1 if there was a problem. */
    private static long release(
            WalkedPages walked, ByteBuffer pages, long count, long greater, long number) {
        long before = greater;
        for (long i = 0; i < count; i++) {
            long page = pages.getLong();
            if (page >= before) {
                walked.problem(number, "has a row of free pages that is not in order");
                return -1;
            }
            if (!walked.release(page, number)) {
                return -1;
            }
            before = page;
        }
        return before;
    }
}
