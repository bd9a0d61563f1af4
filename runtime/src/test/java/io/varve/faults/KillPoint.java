package io.varve.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A library that kills its process at a call that changes files: each write, sync, rename, removal
 * is a point where one can die. Built here, where there is a C compiler.
 */
final class KillPoint {
    private static final System.Logger LOGGER = System.getLogger(KillPoint.class.getName());
    private static final boolean NEEDED = System.getProperty("varve.faults") != null;

    private final Path library;

    private KillPoint(Path library) {
        this.library = library;
    }

    /** Nothing where there is no compiler, which is said; with -Dvarve.faults that fails. */
    static Optional<KillPoint> build(Path folder) throws IOException, InterruptedException {
        Optional<Path> library = DiskCalls.library(folder);
        assertTrue(library.isPresent() || !NEEDED, "there is no C compiler");
        if (library.isEmpty()) {
            LOGGER.log(Level.WARNING, "No C compiler: processes are killed at random times only");
        }
        return library.map(KillPoint::new);
    }

    /** Has a process killed after so many calls that change files of a folder. */
    void arm(Map<String, String> environment, Path folder, int calls, boolean half)
            throws IOException {
        DiskCalls.of(library, environment, folder)
                .arm(
                        DiskCalls.ALL & ~DiskCalls.Sort.OPEN.bit(),
                        calls,
                        0,
                        half ? DiskCalls.DIE_HALF : DiskCalls.DIE);
    }

    /** Has a process killed at the first call of a name, which is written to a file later. */
    void armLater(Map<String, String> environment, Path folder, Path when, boolean half)
            throws IOException {
        arm(environment, folder, 0, half);
        environment.put("CALLS_WHEN", when.toString());
    }
}
