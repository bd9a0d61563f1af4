package io.varve.store.lmdb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * A checksum of a data file at rest: all of a small one, if that is wanted, or all that leads to
 * its rows, which is its newest meta page, the branch pages of its tables, and all pages of the two
 * trees that the meta page names; and, if that is wanted, the leaf pages of a table that has few,
 * as a log has whose blocks are large. Rows have checksums of their own; a branch that is wrong
 * leads past a row, which then seems not to be there. So does a leaf that the disk never wrote,
 * where an older one lies whole: of a large file with many leaves nothing here tells that.
 *
 * <p>It takes a page of a hundred or so, {@value #MOST_LEAVES} leaves, and {@value #MOST_WHOLE}
 * bytes at most where it takes all, so it is quick to make also of a large file. Any bytes may be
 * summed up: it ends. One thread.
 */
final class TreeSum {
    /** There is none: of a file that an earlier version closed, or that is not closed. */
    static final long NONE = 0;

    /** That of a file that is no environment, or whose pages do not fit together. */
    static final long BROKEN = 1;

    private static final long IS_SUM = 1L << 32;
    private static final long IS_WHOLE = 1L << 33;
    private static final long HAS_LEAVES = 1L << 34;

    /** A few milliseconds. */
    static final int MOST_WHOLE = 16 << 20;

    /** 4 MiB, which lie here and there. */
    static final int MOST_LEAVES = 1 << 10;

    private static final int CHUNK = 1 << 16;
    private static final int MOST_LEVELS = 32;

    private final PageFile file;
    private final boolean leaves;
    private final CRC32C crc = new CRC32C();
    private long pagesLeft;

    private TreeSum(PageFile file, boolean leaves) {
        this.file = file;
        this.leaves = leaves;
        this.pagesLeft = file.pages();
    }

    /** What is no tree. */
    private static final class BrokenSignal extends Exception {
        private static final long serialVersionUID = 1L;

        BrokenSignal() {
            super("", null, false, false);
        }
    }

    /**
     * Sums up.
     *
     * @param folder of an environment that nobody has open
     * @param what is summed up
     * @return never the same for two sound files that differ; or {@link #BROKEN}
     */
    static long of(Path folder, ClosingSum what) throws IOException {
        try (PlainFile file = PageScan.open(folder)) {
            return what != ClosingSum.LEADING && file.size() <= MOST_WHOLE
                    ? whole(file)
                    : leading(file, what == ClosingSum.CHECKED);
        }
    }

    private static long whole(PlainFile file) throws IOException {
        CRC32C crc = new CRC32C();
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
        long at = 0;
        for (int read = CHUNK; read == CHUNK; at += read) {
            read = file.read(chunk.clear(), at);
            crc.update(chunk.array(), 0, read);
        }
        return IS_WHOLE | crc.getValue();
    }

    private static long leading(PlainFile file, boolean leaves) throws IOException {
        try {
            MetaPage meta = MetaPages.read(file).newest();
            if (!meta.isMeta()) {
                return BROKEN;
            }
            TreeSum sum = new TreeSum(new PageFile(file, meta.pageSize()), leaves);
            sum.add(meta);
            return IS_SUM | (leaves ? HAS_LEAVES : 0) | sum.crc.getValue();
        } catch (BrokenSignal broken) {
            return BROKEN;
        }
    }

    /** Whether a file is what it was when it had that sum; where there was none it may be. */
    static boolean maybeSame(long sum, Path folder) throws IOException {
        return sum == NONE || sum != BROKEN && sum == of(folder, what(sum));
    }

    private static ClosingSum what(long sum) {
        if ((sum & IS_WHOLE) != 0) {
            return ClosingSum.REFUSED;
        }
        return (sum & HAS_LEAVES) != 0 ? ClosingSum.CHECKED : ClosingSum.LEADING;
    }

    private void add(MetaPage meta) throws IOException, BrokenSignal {
        crc.update(meta.bytes().array());
        walk(meta.freeList(), this::freePages);
        walk(meta.tables(), this::table);
    }

    private void table(PageLayout leaf, int i) throws IOException, BrokenSignal {
        if (leaf.flags(i) != PageLayout.SUB_TREE || leaf.valueLength(i) != TreeRecord.BYTES) {
            throw new BrokenSignal();
        }
        TreeRecord tree = TreeRecord.read(leaf.page(), leaf.valueOffset(i));
        walk(tree, leaves && tree.leaves() <= MOST_LEAVES ? (page, row) -> {} : null);
    }

    /** The numbers of free pages, where they are so many that they have pages of their own. */
    private void freePages(PageLayout leaf, int i) throws IOException, BrokenSignal {
        if (leaf.flags(i) != PageLayout.LARGE_VALUE) {
            return;
        }
        long first = leaf.page().getLong(leaf.valueOffset(i));
        long pages = (PageLayout.HEADER - 1 + leaf.valueLength(i)) / file.pageSize() + 1;
        ByteBuffer page = file.newPage();
        for (long number = first; number < first + pages; number++) {
            read(number, page);
        }
    }

    /** Looks at each row of a leaf. */
    private interface Rows {
        void row(PageLayout leaf, int i) throws IOException, BrokenSignal;
    }

    /** Walks a tree; without anybody to look at its rows, down to its branches. */
    private void walk(TreeRecord tree, Rows rows) throws IOException, BrokenSignal {
        if (tree.isEmpty()) {
            return;
        }
        if (tree.depth() < 1 || tree.depth() > MOST_LEVELS) {
            throw new BrokenSignal();
        }
        visit(tree.root(), tree.depth(), rows);
    }

    private void visit(long number, int depth, Rows rows) throws IOException, BrokenSignal {
        if (depth == 1 && rows == null) {
            return;
        }
        PageLayout page = new PageLayout(file.newPage());
        read(number, page.page());
        int kind = depth == 1 ? PageLayout.LEAF : PageLayout.BRANCH;
        if (!page.problem(number, kind, 1).isEmpty()) {
            throw new BrokenSignal();
        }
        for (int i = 0; i < page.count(); i++) {
            if (depth == 1) {
                rows.row(page, i);
            } else {
                visit(page.below(i), depth - 1, rows);
            }
        }
    }

    private void read(long number, ByteBuffer page) throws IOException, BrokenSignal {
        // Damaged, pages may lead in a circle.
        if (number < 2 || number >= file.pages() || --pagesLeft < 0) {
            throw new BrokenSignal();
        }
        file.read(number, page);
        crc.update(page.array());
    }
}
