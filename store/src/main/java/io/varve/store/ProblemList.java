package io.varve.store;

import io.varve.store.VerificationReport.Kind;
import io.varve.store.VerificationReport.Problem;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.VarveException;
import java.util.ArrayList;
import java.util.List;

/** Collects problems, in bounded memory. One thread at a time. */
final class ProblemList {
    private static final String LOG_FIRST =
            "See to the log first, and do not delete the folder 'index' before that is sound: what it"
                    + " tells may be all there is, and without a sound log no index can be built.";

    private final String remedy;
    private final List<Problem> problems = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private long more;
    private boolean logIsSound = true;

    /** A list without problems; the remedy is that of problems of the log. */
    ProblemList(String remedy) {
        this.remedy = remedy;
    }

    void add(Kind kind, String where, String what) {
        add(kind, where, what, kind == Kind.INDEX ? IndexTable.REMEDY : remedy);
    }

    /** What was thrown; against damage this list has a remedy of its own. */
    void add(Kind kind, String where, RuntimeException e) {
        if (e instanceof StoreCorruptedException damage) {
            add(kind, where, damage.what());
        } else if (e instanceof VarveException known) {
            addWithRemedy(kind, where, known);
        } else {
            add(kind, where, String.valueOf(e.getMessage()));
        }
    }

    /** What was thrown, with its remedy. */
    void addWithRemedy(Kind kind, String where, VarveException e) {
        add(kind, where, e.what(), e.remedy());
    }

    void add(Kind kind, String where, String what, String otherRemedy) {
        logIsSound &= kind == Kind.INDEX;
        if (problems.size() < VerificationReport.MOST_PROBLEMS) {
            problems.add(new Problem(kind, where, what, otherRemedy));
        } else {
            more++;
        }
    }

    /** Whether there is one of a kind among those that are listed. */
    boolean has(Kind kind) {
        return problems.stream().anyMatch(problem -> problem.kind() == kind);
    }

    /** Tells what is no damage. */
    void note(String what) {
        notes.add(what);
    }

    List<String> notes() {
        return List.copyOf(notes);
    }

    boolean isEmpty() {
        return problems.isEmpty();
    }

    List<Problem> toList() {
        List<Problem> all = new ArrayList<>(problems);
        if (!logIsSound) {
            all.replaceAll(ProblemList::logFirst);
        }
        if (more > 0) {
            all.add(new Problem(Kind.MORE, "", "problems that are not listed: " + more, remedy));
        }
        return all;
    }

    private static Problem logFirst(Problem problem) {
        return problem.kind() == Kind.INDEX
                ? new Problem(problem.kind(), problem.where(), problem.what(), LOG_FIRST)
                : problem;
    }
}
