package io.varve.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Each call that changes a file in a run of all there is, store, projections, snapshots, rebuilds,
 * backup, export, truncation, fails once, or from then on, in each way: what is called says so in
 * an error of ours, or does what it should; reading goes on; when the disk is well again what has
 * not stopped for good goes on by itself; and another process finds all that was acknowledged, and
 * read models that are what the log says.
 *
 * <p>{@code mvn verify -Pfaults -Dtest=IoErrorsTest} looks at all; {@code -Dvarve.io.points=1000}
 * at so many, picked with {@code -Dvarve.seed=N}; {@code -Dvarve.io.point=false,3,WRITE,0,true,EIO}
 * at one.
 */
class IoErrorsTest {
    private static final long SEED = Long.getLong("varve.seed", 1);

    // What goes wrong on purpose is looked at in other ways. Kept, as loggers are held weakly.
    private static final Logger QUIET = Logger.getLogger("io.varve");

    private Path folder;
    private IoErrors errors;

    /** On memory where there is such a file system: it is about calls, not about a disk. */
    @BeforeEach
    void build() throws Exception {
        QUIET.setLevel(Level.OFF);
        Path shared = Path.of("/dev/shm");
        folder =
                Files.isWritable(shared)
                        ? Files.createTempDirectory(shared, "varve-io-")
                        : Files.createTempDirectory("varve-io-");
        Optional<Path> library = DiskCalls.library(folder);
        Assumptions.assumeTrue(library.isPresent(), "there is no C compiler, so no call can fail");
        errors = new IoErrors(folder.resolve("stacks"), library.get(), SEED);
    }

    @AfterEach
    void clear() throws IOException {
        QUIET.setLevel(null);
        if (errors != null) {
            errors.close();
        }
        CrashFuture.delete(folder);
    }

    /**
     * A commit that cannot be synced; and read models none of which can be closed as it should,
     * each of which must let go of its files all the same.
     */
    @Test
    void shouldSurviveACallThatFails() throws Exception {
        errors.look(IoPoint.parse("false,6,SYNC,0,true,EIO"));
        errors.look(IoPoint.parse("false,20,WRITE,0,false,EIO"));
        assertEquals(List.of(), errors.bad);
        assertEquals(2, errors.struck);
    }

    @Test
    @Tag("faults")
    void shouldSurviveEachCallThatFails() throws Exception {
        String one = System.getProperty("varve.io.point", "");
        if (one.isEmpty()) {
            look(Integer.getInteger("varve.io.points", Integer.MAX_VALUE), SEED);
            assertTrue(errors.struck > 0, errors.toString());
        } else {
            errors.look(IoPoint.parse(one));
            assertEquals(0, errors.bad.size(), () -> "first: " + errors.bad.get(0));
        }
    }

    private void look(int most, long seed) throws IOException {
        List<IoPoint> points = new ArrayList<>(errors.points(false));
        points.addAll(errors.points(true));
        int all = points.size();
        Collections.shuffle(points, new Random(seed));
        points = points.subList(0, Math.min(most, all));
        for (int i = 0; i < points.size(); i++) {
            errors.look(points.get(i));
            if (i % 200 == 199) {
                System.out.println("looked_at=" + (i + 1) + " of=" + all + " " + errors);
            }
        }
        errors.files.forEach((file, times) -> System.out.println("  " + times + " " + file));
        System.out.println("seed=" + SEED + " all=" + all + " " + errors);
        assertEquals(0, errors.bad.size(), () -> "first: " + errors.bad.get(0));
    }
}
