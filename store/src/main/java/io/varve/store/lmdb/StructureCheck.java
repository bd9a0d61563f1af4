package io.varve.store.lmdb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Checks the structure of an LMDB data file by reading it, without mapping it: what LMDB itself
 * follows blindly, so that damage there may end the process.
 *
 * <p>From a meta page on, all trees are walked: the list of free pages, the table of tables, each
 * table, and the runs of pages that hold large values. Page numbers lie in the file, and each page
 * carries its own; kinds and levels are right; nodes lie inside their pages, side by side; keys
 * ascend, also from page to page; counts are what was counted; each page is used once, or free
 * once, and not both. What values hold is for others to check: nothing below the first page of a
 * large value is read.
 *
 * <p>Any bytes may be checked: the check ends, and takes memory for two bits a page, or four where
 * a table is so large that two threads share it.
 *
 * <p>The file must be at rest, or a reader of the transaction must be open all the while.
 */
public final class StructureCheck {
    /** LMDB may have counted pages and not written them, having found no use for them after all. */
    private static final long MOST_LOOSE = 1 << 17;

    private final PageFile file;
    private final WalkedPages walked;
    private final boolean pagesAlone;

    private StructureCheck(PageFile file, WalkedPages walked, boolean pagesAlone) {
        this.file = file;
        this.walked = walked;
        this.pagesAlone = pagesAlone;
    }

    /** Is told how far a check is. */
    @FunctionalInterface
    public interface Progress {
        /** Tells nobody. */
        Progress NONE = (done, total) -> {};

        /**
         * Called now and then.
         *
         * @param done pages that were met
         * @param total pages there are
         */
        void pages(long done, long total);
    }

    /**
     * Checks the file as of the newest transaction.
     *
     * @param folder of the environment
     * @return what was found
     * @throws IOException if the file cannot be read
     */
    public static Structure check(Path folder) throws IOException {
        return check(folder, Progress.NONE);
    }

    /**
     * Checks the file as of the newest transaction.
     *
     * @param folder of the environment
     * @param progress is told how far it is
     * @return what was found
     * @throws IOException if the file cannot be read
     */
    public static Structure check(Path folder, Progress progress) throws IOException {
        try (PlainFile file = PageScan.open(folder)) {
            MetaPages metas = MetaPages.read(file);
            Optional<Structure.Problem> problem = metas.problem();
            return problem.isPresent()
                    ? nothing(problem.get())
                    : check(file, metas.newest(), metas.newestSlot(), progress);
        }
    }

    /**
     * Checks the file as of a transaction, which is one of the last two.
     *
     * @param folder of the environment
     * @param transaction which
     * @param progress is told how far it is
     * @return what was found
     * @throws IOException if the file cannot be read
     */
    public static Structure check(Path folder, long transaction, Progress progress)
            throws IOException {
        try (PlainFile file = PageScan.open(folder)) {
            int slot = (int) (transaction & 1);
            MetaPage first = MetaPage.read(file, 0);
            if (!first.isMeta()) {
                return noMeta(0, "is not a meta page");
            }
            MetaPage meta = MetaPage.read(file, (long) slot * first.pageSize());
            if (!meta.isMeta() || meta.transaction() != transaction) {
                return noMeta(slot, "is not the meta page of transaction=" + transaction);
            }
            return check(file, meta, slot, progress);
        }
    }

    private static Structure noMeta(int slot, String what) {
        return nothing(new Structure.Problem(slot, what));
    }

    private static Structure nothing(Structure.Problem problem) {
        return new Structure(-1, 0, 0, 0, List.of(problem));
    }

    /** Checks a file as of a meta page, which need not stand in it any more. */
    static Structure check(PlainFile file, MetaPage meta, int slot, Progress progress)
            throws IOException {
        long last = meta.lastPage();
        if (!meta.isMeta() || meta.number() != slot || (meta.transaction() & 1) != slot) {
            return noMeta(slot, "is not the meta page that belongs there");
        }
        PageFile pages = new PageFile(file, meta.pageSize());
        if (meta.transaction() < 0 || last < 1 || last >= pages.pages() + MOST_LOOSE) {
            return noMeta(slot, "counts pages that are not there: last page=" + last);
        }
        WalkedPages walked = new WalkedPages(pages, last, new PageSet(), progress);
        new StructureCheck(pages, walked, false).walk(meta, slot);
        return walked.structure(meta.transaction());
    }

    /**
     * The pages in use as of a meta page that was checked: leaves are not looked at again.
     *
     * @param without pages in use as of an earlier one, none of which was used again: neither they
     *     nor what they lead to are walked
     */
    static PageSet used(PlainFile file, MetaPage meta, PageSet without) throws IOException {
        PageFile pages = new PageFile(file, meta.pageSize());
        int slot = (int) (meta.transaction() & 1);
        WalkedPages walked = new WalkedPages(pages, meta.lastPage(), without, Progress.NONE);
        new StructureCheck(pages, walked, true).walk(meta, slot);
        return walked.used();
    }

    private void walk(MetaPage meta, int slot) throws IOException {
        TreeRecord free = meta.freeList();
        if (!free.hasIntegerKeys() || meta.tables().flags() != 0) {
            walked.problem(slot, "has flags that nobody sets");
            return;
        }
        FreeList rows = new FreeList(file, meta.transaction());
        // In the list of free pages LMDB leaves a branch with one page below, for a while.
        new TreeWalk(file, walked, free, "the list of free pages", 1, rows).walk(slot);
        if (meta.transaction() > 1 && rows.newest() != meta.transaction()) {
            walked.problem(slot, "is of another transaction than its trees: " + rows.newest());
        }
        new TreeWalk(file, walked, meta.tables(), "the table of tables", 2, this::table).walk(slot);
    }

    private void table(WalkedPages met, PageLayout leaf, int i, long number) throws IOException {
        if (leaf.flags(i) != PageLayout.SUB_TREE) {
            Rows.ALL.node(met, leaf, i, number);
            return;
        }
        byte[] name = new byte[leaf.keyLength(i)];
        ByteBuffer page = leaf.page();
        page.get(leaf.keyOffset(i), name);
        if (leaf.valueLength(i) != TreeRecord.BYTES) {
            met.problem(number, "has the record of a table with another length");
            return;
        }
        TreeRecord tree = TreeRecord.read(page, leaf.valueOffset(i));
        if (tree.flags() != 0 && !tree.hasIntegerKeys()) {
            met.problem(number, "has a table of a kind that is not used");
            return;
        }
        String table = "table " + new String(name, StandardCharsets.UTF_8);
        TreeWalk walk =
                pagesAlone
                        ? TreeWalk.ofPages(file, met, tree, table, Rows.ALL)
                        : TreeWalk.ofTable(file, met, tree, table, Rows.ALL);
        walk.walk(number);
    }

    /** Rows of a table: of plain ones nothing is left to be looked at. */
    private enum Rows implements TreeWalk.LeafVisitor {
        ALL;

        @Override
        public void node(WalkedPages pages, PageLayout leaf, int i, long number) {
            if (leaf.flags(i) != 0 && leaf.flags(i) != PageLayout.LARGE_VALUE) {
                pages.problem(number, "has a node of a kind that is not used");
            }
        }

        @Override
        public boolean looksAtPlain() {
            return false;
        }
    }
}
