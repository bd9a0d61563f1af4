package io.varve.store.lmdb;

import java.util.ArrayList;
import java.util.List;

/** The pages a check has come to so far, each once, and the problems it has found. */
final class WalkedPages {
    private static final int MOST_PROBLEMS = 100;
    private static final int STEP = 1 << 10;

    private final long last;
    private final long inFile;
    private final StructureCheck.Progress progress;
    private final PageSet met = new PageSet();
    private final PageSet used = new PageSet();
    private final PageSet passed;
    private final List<Structure.Problem> problems = new ArrayList<>();
    private long problemCount;
    private long free;
    private long told;

    /**
     * Of a file.
     *
     * @param passed pages to stop at: what they lead to is known already
     */
    WalkedPages(PageFile file, long last, PageSet passed, StructureCheck.Progress progress) {
        this(last, file.pages(), passed, progress);
    }

    private WalkedPages(long last, long inFile, PageSet passed, StructureCheck.Progress progress) {
        this.last = last;
        this.inFile = inFile;
        this.progress = progress;
        this.passed = passed;
    }

    /** Of the same file, none met yet: for another thread. */
    WalkedPages apart() {
        return new WalkedPages(last, inFile, passed, StructureCheck.Progress.NONE);
    }

    /** Takes over what another thread has met. */
    void absorb(WalkedPages apart) {
        apart.problems.forEach(this::keep);
        problemCount += apart.problemCount - apart.problems.size();
        long twice = met.addAll(apart.met);
        if (twice >= 0) {
            problem(twice, "is used twice, or is used and free");
        }
        used.addAll(apart.used);
        free += apart.free;
        tell();
    }

    /** Comes to a run of pages that are in use; false if they cannot be that. */
    boolean use(long first, long count, long from) {
        if (first < 2 || count < 1 || count > last + 1 || first > last + 1 - count) {
            problem(from, "leads to a page that cannot be: " + first + " count=" + count);
            return false;
        }
        if (first + count > inFile) {
            problem(first, "lies behind the end of the file, count=" + count);
            return false;
        }
        if (passed.has(first)) {
            return false;
        }
        for (long page = first; page < first + count; page++) {
            if (!met.add(page)) {
                problem(page, "is used twice, or is used and free");
                return false;
            }
            used.add(page);
        }
        tell();
        return true;
    }

    /** Comes to a page that is said to be free; false if it cannot be. */
    boolean release(long page, long from) {
        if (page < 2 || page > last) {
            problem(from, "says of a page that cannot be that it is free: " + page);
            return false;
        }
        if (!met.add(page)) {
            problem(page, "is free twice, or is used and free");
            return false;
        }
        free++;
        tell();
        return true;
    }

    private void tell() {
        if (met.size() - told >= STEP) {
            told = met.size();
            progress.pages(told, last - 1);
        }
    }

    void problem(long page, String what) {
        keep(new Structure.Problem(page, what));
    }

    private void keep(Structure.Problem problem) {
        problemCount++;
        if (problems.size() < MOST_PROBLEMS) {
            problems.add(problem);
        }
    }

    /** Pages that are in use, without those that were passed. */
    PageSet used() {
        return used;
    }

    /** How many problems there are, also of those that are not kept. */
    long problemCount() {
        return problemCount;
    }

    Structure structure(long transaction) {
        return new Structure(transaction, last + 1, met.size() - free, free, List.copyOf(problems));
    }
}
