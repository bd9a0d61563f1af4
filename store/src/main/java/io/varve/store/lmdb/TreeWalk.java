package io.varve.store.lmdb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.FutureTask;

/**
 * Walks one tree from its root down, and compares what it meets with what the tree's record says.
 *
 * <p>Held in memory is one page for each level. Each page is met at most once, so the walk ends.
 */
final class TreeWalk {
    private static final int MOST_LEVELS = 32;

    /** From so many leaves on two threads share a table; below, starting one takes longer. */
    private static final int MANY_LEAVES = 1 << 12;

    /** What a tree holds, and who looks at it. */
    interface LeafVisitor {
        /**
         * Looks at a node whose key and length are right, and whose large value was not met yet.
         *
         * @param walked of the thread that has come to it
         */
        void node(WalkedPages walked, PageLayout leaf, int i, long number) throws IOException;

        /**
         * Whether it looks at nodes that are a key and a small value, and nothing else, as well.
         */
        default boolean looksAtPlain() {
            return true;
        }
    }

    private final PageFile file;
    private final WalkedPages walked;
    private final TreeRecord tree;
    private final String name;
    private final LeafVisitor visitor;
    private final Manner manner;
    private final PageLayout[] levels;
    private long branches;
    private long leaves;
    private long overflows;
    private long entries;

    /**
     * A walk that looks at everything.
     *
     * @param name of the tree, for problems
     * @param leastBelow how many pages lie below a branch at least
     */
    TreeWalk(
            PageFile file,
            WalkedPages walked,
            TreeRecord tree,
            String name,
            int leastBelow,
            LeafVisitor visitor) {
        this(file, walked, tree, name, new Manner(leastBelow, false, false), visitor);
    }

    /**
     * How to walk.
     *
     * @param leastBelow how many pages lie below a branch at least
     * @param leavesUnread whether leaves are met, and not looked at
     * @param together whether by two threads
     */
    private record Manner(int leastBelow, boolean leavesUnread, boolean together) {}

    private TreeWalk(
            PageFile file,
            WalkedPages walked,
            TreeRecord tree,
            String name,
            Manner manner,
            LeafVisitor visitor) {
        this.file = file;
        this.walked = walked;
        this.tree = tree;
        this.name = name;
        this.manner = manner;
        this.visitor = visitor;
        this.levels = new PageLayout[Math.min(MOST_LEVELS, tree.depth())];
    }

    /** A walk that notes pages alone: leaves are not read where they lead nowhere. */
    static TreeWalk ofPages(
            PageFile file, WalkedPages walked, TreeRecord tree, String name, LeafVisitor visitor) {
        Manner manner = new Manner(1, tree.overflows() == 0, false);
        return new TreeWalk(file, walked, tree, name, manner, visitor);
    }

    /** A walk that looks at everything of a table, by two threads where that is worth it. */
    static TreeWalk ofTable(
            PageFile file, WalkedPages walked, TreeRecord tree, String name, LeafVisitor visitor) {
        boolean together =
                tree.leaves() >= MANY_LEAVES && Runtime.getRuntime().availableProcessors() > 1;
        return new TreeWalk(file, walked, tree, name, new Manner(2, false, together), visitor);
    }

    void walk(long from) throws IOException {
        if (tree.isEmpty() ? tree.depth() != 0 || tree.entries() != 0 : !hasDepth()) {
            walked.problem(from, "has a tree of an impossible depth: " + name);
            return;
        }
        if (tree.isEmpty()) {
            return;
        }
        long problems = walked.problemCount();
        visit(tree.root(), from, 0, Bound.NONE, Bound.NONE);
        if (problems == walked.problemCount()
                && (branches != tree.branches()
                        || leaves != tree.leaves()
                        || overflows != tree.overflows()
                        || entries != tree.entries())) {
            walked.problem(from, "counts its pages or entries wrongly: " + name);
        }
    }

    private boolean hasDepth() {
        return tree.depth() >= 1 && tree.depth() <= MOST_LEVELS;
    }

    /** A key that all keys of a subtree are not less than, or less than. */
    private record Bound(PageLayout page, int node) {
        static final Bound NONE = new Bound(new PageLayout(ByteBuffer.allocate(0)), -1);

        boolean isThere() {
            return node >= 0;
        }
    }

    private void visit(long number, long from, int level, Bound low, Bound high)
            throws IOException {
        boolean leaf = level == tree.depth() - 1;
        if (!walked.use(number, 1, from) || leaf && manner.leavesUnread()) {
            return;
        }
        if (levels[level] == null) {
            levels[level] = new PageLayout(file.newPage());
        }
        PageLayout page = levels[level];
        file.read(number, page.page());
        String problem =
                page.problem(
                        number,
                        leaf ? PageLayout.LEAF : PageLayout.BRANCH,
                        leaf ? 1 : manner.leastBelow());
        problem = problem.isEmpty() ? keysProblem(page, leaf, low, high) : problem;
        if (!problem.isEmpty()) {
            walked.problem(number, problem + " in " + name);
        } else if (leaf) {
            visitLeaf(page, number);
        } else {
            visitBranch(page, number, level, low, high);
        }
    }

    private void visitBranch(PageLayout page, long number, int level, Bound low, Bound high)
            throws IOException {
        branches++;
        Below all = new Below(page, number, level, low, high);
        if (level == 0 && manner.together()) {
            visitTogether(all);
        } else {
            visit(all, 0, page.count());
        }
    }

    /** A branch, read and found right. */
    private record Below(PageLayout page, long number, int level, Bound low, Bound high) {}

    private void visit(Below branch, int from, int to) throws IOException {
        PageLayout page = branch.page();
        for (int i = from; i < to; i++) {
            Bound begin = i == 0 ? branch.low() : new Bound(page, i);
            Bound end = i + 1 < page.count() ? new Bound(page, i + 1) : branch.high();
            visit(page.below(i), branch.number(), branch.level() + 1, begin, end);
        }
    }

    /** Leaves one half of what is below the root to another thread. */
    private void visitTogether(Below root) throws IOException {
        int half = root.page().count() / 2;
        try (PlainFile again = file.file().again()) {
            TreeWalk other =
                    new TreeWalk(
                            file.in(again),
                            walked.apart(),
                            tree,
                            name,
                            manner.leastBelow(),
                            visitor);
            FutureTask<Boolean> rest =
                    new FutureTask<>(
                            () -> {
                                other.visit(root, half, root.page().count());
                                return true;
                            });
            Thread thread = new Thread(rest, "varve-structure-check");
            thread.setDaemon(true);
            thread.start();
            try {
                visit(root, 0, half);
            } finally {
                Uninterrupted.result(rest); // it reads from a file that is closed next
            }
            absorb(other);
        }
    }

    private void absorb(TreeWalk other) {
        walked.absorb(other.walked);
        branches += other.branches;
        leaves += other.leaves;
        overflows += other.overflows;
        entries += other.entries;
    }

    private void visitLeaf(PageLayout page, long number) throws IOException {
        leaves++;
        entries += page.count();
        if (page.isPlain() && !visitor.looksAtPlain()) {
            return;
        }
        for (int i = 0; i < page.count(); i++) {
            long problems = walked.problemCount();
            visitor.node(walked, page, i, number);
            if (page.flags(i) == PageLayout.LARGE_VALUE && problems == walked.problemCount()) {
                largeValue(page, i, number);
            }
        }
    }

    private void largeValue(PageLayout page, int i, long number) throws IOException {
        long first = page.page().getLong(page.valueOffset(i));
        if (first < 2 || first >= file.pages()) {
            walked.problem(number, "leads to a value outside: " + first + " in " + name);
            return;
        }
        ByteBuffer head = file.head(first);
        long pages = head.getInt(PageLayout.PAGES) & 0xffff_ffffL;
        long needed = (PageLayout.HEADER - 1 + page.valueLength(i)) / file.pageSize() + 1;
        if (head.getLong(0) != first
                || head.getShort(PageLayout.KIND) != PageLayout.OVERFLOW
                || pages < needed) {
            walked.problem(first, "is not the value it should be, in " + name);
        } else if (walked.use(first, pages, number)) {
            overflows += pages;
        }
    }

    private String keysProblem(PageLayout page, boolean leaf, Bound low, Bound high) {
        // The first key of a branch is not looked at by LMDB, and may be any.
        int first = leaf ? 0 : 1;
        int count = page.count();
        if (tree.hasIntegerKeys() && !page.hasIntegers(first)) {
            return "has a key that is no integer";
        }
        if (first >= count) {
            return "";
        }
        if (!page.ascends(first, tree.hasIntegerKeys())) {
            return "has keys out of order";
        }
        if (low.isThere() && compare(low.page(), low.node(), page, first) > 0) {
            return "has keys out of order";
        }
        boolean below = !high.isThere() || compare(page, count - 1, high.page(), high.node()) < 0;
        return below ? "" : "has keys that belong behind it";
    }

    private int compare(PageLayout a, int i, PageLayout b, int j) {
        int offset = a.keyOffset(i);
        int other = b.keyOffset(j);
        if (tree.hasIntegerKeys()) {
            return Long.compareUnsigned(a.page().getLong(offset), b.page().getLong(other));
        }
        return Arrays.compareUnsigned(
                a.page().array(),
                offset,
                offset + a.keyLength(i),
                b.page().array(),
                other,
                other + b.keyLength(j));
    }
}
