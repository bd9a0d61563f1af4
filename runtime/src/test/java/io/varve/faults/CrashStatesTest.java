package io.varve.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What the disk may hold when the machine goes down in the midst of a run of all there is: store,
 * projections, snapshots, backups. Each call of the run is recorded, and images are made of what
 * was not synced by then; in each there is what was promised.
 *
 * <p>{@code mvn verify -Pfaults} looks at many; {@code -Dvarve.crash.images=1000000} says how many,
 * {@code -Dvarve.seed=N} with which run to begin.
 */
class CrashStatesTest {
    // Held, as loggers are held weakly: what is said there is of damage made on purpose.
    private static final Logger QUIET = Logger.getLogger("io.varve");
    private static final int STEPS = 24;
    private static final int LEAST_IMAGES = 150;
    private static final int LONG_STEPS = 60;
    private static final int IMAGES_OF_A_RUN = 40_000;
    private static final CrashWalk.Effort FEW = new CrashWalk.Effort(1, 1, 12, 20, 400);
    private static final CrashWalk.Effort UNTIL_NOTICED = new CrashWalk.Effort(4, 6, 1, 40, 20_000);

    private static Path memory;
    private static Path library;
    private static RecordedRun run;

    /** On memory where there is such a file system: it is about bytes, not about a disk. */
    @BeforeAll
    static void record() throws Exception {
        QUIET.setLevel(Level.OFF);
        Path shared = Path.of("/dev/shm");
        memory =
                Files.isWritable(shared)
                        ? Files.createTempDirectory(shared, "varve-crash-")
                        : Files.createTempDirectory("varve-crash-");
        library = RecordedRun.library(memory);
        run = RecordedRun.of(library, memory, 1, STEPS, false);
    }

    @AfterEach
    void clearImages() throws IOException {
        CrashFuture.delete(memory.resolve("image"));
        CrashFuture.delete(memory.resolve("whole"));
    }

    @AfterAll
    static void clear() throws IOException {
        QUIET.setLevel(null);
        CrashFuture.delete(memory);
    }

    /** Nothing is done to files that is not in the record. */
    @Test
    void shouldRecordAllThatIsDoneToFiles() throws IOException {
        CrashDisk disk = new CrashDisk(run.inode());
        for (RecordedCall call : run.calls()) {
            disk.apply(call);
            disk.settle(call);
        }
        TreeSet<String> found = new TreeSet<>();
        try (Stream<Path> files = Files.walk(run.folder())) {
            for (Path file : files.skip(1).toList()) {
                String name = run.folder().relativize(file).toString();
                found.add(Files.isDirectory(file) ? name + "/" : name);
                // LMDB's table of readers is mapped, and worth nothing after a crash.
                if (!Files.isDirectory(file) && !name.endsWith("lock.mdb")) {
                    byte[] replayed = disk.file(disk.names().find(name)).now();
                    assertEquals(-1, Arrays.mismatch(Files.readAllBytes(file), replayed), name);
                }
            }
        }
        assertEquals(found, new TreeSet<>(disk.names().now().keySet()));
    }

    /** Log, index, read models, snapshots: each is lost with the name of any folder above it. */
    @Test
    void shouldHaveNamesOnTheDiskBeforeAFileSaysWhatIsOnIt() {
        CrashDisk disk = new CrashDisk(run.inode());
        TreeSet<String> seen = new TreeSet<>();
        for (RecordedCall call : run.calls()) {
            disk.apply(call);
            disk.settle(call);
            String path = disk.path(call);
            if (call.kind() == RecordedCall.Kind.SYNC && path.endsWith("/varve.sync")) {
                Set<String> certain = disk.names().image((folder, change) -> false).keySet();
                assertTrue(certain.contains(path), () -> path + " among " + certain);
                seen.add(path.substring(0, path.indexOf('/')));
            }
        }
        assertEquals(new TreeSet<>(Set.of("models", "store", "streams")), seen);
    }

    @Test
    void shouldHoldWhatWasPromisedInEachImage() throws Exception {
        CrashTally tally = walk(run, FEW);
        assertEquals(List.of(), tally.violations());
        assertTrue(tally.images() >= LEAST_IMAGES, tally.toString());
    }

    /** The test would notice. */
    @Test
    void shouldNoticeALogThatIsNotSynced() throws Exception {
        shouldNotice(CrashMistake.LOG_NOT_SYNCED);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("faults")
    void shouldNotice(CrashMistake mistake) throws Exception {
        CrashTally tally = walk(mistake.in(run), UNTIL_NOTICED);
        assertFalse(tally.violations().isEmpty(), tally.toString());
    }

    @Test
    @Tag("faults")
    void shouldHoldWhatWasPromisedInEachOfVeryManyImages() throws Exception {
        long wanted = Long.getLong("varve.crash.images", 50_000);
        long seed = Long.getLong("varve.seed", System.nanoTime() >>> 20);
        long began = System.nanoTime();
        long images = 0;
        int violations = 0;
        for (int i = 0; images < wanted; i++) {
            RecordedRun one = newRun(seed + i / 2, i % 2 == 1);
            int most = (int) Math.min(IMAGES_OF_A_RUN, wanted - images);
            CrashTally tally = walk(one, new CrashWalk.Effort(16, 40, 1, 150, most));
            images += tally.images();
            violations += tally.violations().size();
            say(one, tally, images, images / Math.max(1, seconds(began)));
            keepWhereViolated(one, tally);
            clearImages();
        }
        assertEquals(0, violations, "violations, see above");
    }

    private static RecordedRun newRun(long seed, boolean async) throws Exception {
        CrashFuture.delete(memory.resolve("run"));
        return RecordedRun.of(library, memory, seed, LONG_STEPS, async);
    }

    private static long seconds(long began) {
        return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
    }

    private static void say(RecordedRun run, CrashTally tally, long images, long perSecond) {
        System.out.println(
                Instant.now()
                        + " run seed="
                        + run.seed()
                        + " async="
                        + run.async()
                        + " calls="
                        + run.calls().size()
                        + " "
                        + tally
                        + "; in all images="
                        + images
                        + ", "
                        + perSecond
                        + " a second");
        tally.violations().forEach(System.out::println);
        System.out.flush();
    }

    /** Calls of several threads come in another order next time, so the record is kept. */
    private static void keepWhereViolated(RecordedRun run, CrashTally tally) throws IOException {
        if (!tally.violations().isEmpty()) {
            Files.copy(
                    memory.resolve("record"),
                    Path.of("target", "crash-record-" + run.seed() + "-" + run.async()),
                    StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static CrashTally walk(RecordedRun run, CrashWalk.Effort effort) throws Exception {
        CrashTally tally = new CrashTally();
        new CrashWalk(run, memory, effort, tally).walk();
        return tally;
    }
}
