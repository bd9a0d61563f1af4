package io.varve.store;

import io.varve.store.VerificationReport.Kind;
import io.varve.store.errors.StoreIoException;
import io.varve.store.errors.VarveException;
import io.varve.store.lmdb.Structure;
import io.varve.store.lmdb.StructureCheck;
import java.io.IOException;
import java.nio.file.Path;

/** Checks the structure of a file, and notes what is wrong with it. */
final class StructureProblems {
    private StructureProblems() {}

    /**
     * Checks a file that nobody writes.
     *
     * @return how many pages it has; -1 if it must not be mapped
     */
    static long check(Path folder, ProblemList problems, Kind kind) {
        try {
            return note(folder, StructureCheck.check(folder), problems, kind);
        } catch (IOException e) {
            problems.addWithRemedy(
                    kind,
                    folder.toString(),
                    new StoreIoException("A file could not be read: path=" + folder, e));
            return -1;
        } catch (VarveException e) {
            problems.addWithRemedy(kind, folder.toString(), e);
            return -1;
        }
    }

    /** Notes what was found; -1 if the file must not be mapped. */
    static long note(Path folder, Structure found, ProblemList problems, Kind kind) {
        for (Structure.Problem problem : found.problems()) {
            problems.add(kind, folder + " page=" + problem.page(), problem.what());
        }
        return found.isSound() ? found.pages() : -1;
    }
}
