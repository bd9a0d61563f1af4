package io.varve.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
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
        Path source = folder.resolve("kill.c");
        try (InputStream in = KillPoint.class.getResourceAsStream("/kill.c")) {
            Files.copy(in, source);
        }
        Path library = folder.resolve("kill.so");
        boolean built = compile(source, library);
        assertTrue(built || !NEEDED, "there is no C compiler");
        if (!built) {
            LOGGER.log(Level.WARNING, "No C compiler: processes are killed at random times only");
        }
        return built ? Optional.of(new KillPoint(library)) : Optional.empty();
    }

    private static boolean compile(Path source, Path library) throws InterruptedException {
        try {
            String out = library.toString();
            return new ProcessBuilder("cc", "-shared", "-fPIC", "-O1", "-o", out, source.toString())
                            .inheritIO()
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false; // there is no such command here
        }
    }

    /** Has a process killed after so many calls that change files of a folder. */
    void arm(Map<String, String> environment, Path folder, long calls, boolean half) {
        environment.put("LD_PRELOAD", library.toString());
        environment.put("KILL_FOLDER", folder + "/");
        environment.put("KILL_AFTER", String.valueOf(calls));
        environment.put("KILL_HALF", half ? "1" : "0");
    }

    /** Has a process killed at the first call of a name, which is written to a file later. */
    void armLater(Map<String, String> environment, Path folder, Path when, boolean half) {
        arm(environment, folder, 0, half);
        environment.put("KILL_WHEN", when.toString());
    }
}
