package io.varve.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The power of the disk under a whole stack is cut: what was acknowledged with SYNC, or said to be
 * durable, is there; with ASYNC whole appends at the end may be lost; read models, letters, alerts
 * and backups are what the log says.
 *
 * <p>{@code mvn verify -Pfaults -Dvarve.cuts=500 -Dvarve.seed=1}, as root.
 */
class PowerCutTest {
    private static final long SEED = Long.getLong("varve.seed", System.nanoTime());
    private static final int LONG_LOG = 8_000;
    private static final Logger QUIET = Logger.getLogger("io.varve");

    static {
        QUIET.setLevel(Level.OFF);
    }

    @TempDir Path folder;
    private final SplittableRandom random = new SplittableRandom(SEED);
    private String how = "";

    @ParameterizedTest
    @Tag("faults")
    @ValueSource(strings = {"ext4", "xfs"})
    void shouldKeepWhatWasAcknowledgedWhenThePowerIsCut(String type) throws Exception {
        boolean there = LoopDisk.isThere(type);
        if (!there) {
            System.out.println("skipped: needs root, losetup, cc and mkfs." + type);
        }
        Assumptions.assumeTrue(there, "needs root, losetup, cc and mkfs." + type);
        int cuts = Integer.getInteger("varve.cuts", 250);
        long acknowledged = 0;
        long torn = 0;
        try (LoopDisk disk = LoopDisk.make(folder, type)) {
            StackFolder stack = begin(disk, 0);
            for (int i = 0; i < cuts; i++) {
                long before = stack.sumOfAcknowledged();
                try {
                    cut(disk, stack);
                    stack.check();
                } catch (AssertionError | RuntimeException e) {
                    throw new AssertionError("seed=" + SEED + " cut=" + i + " " + how, e);
                }
                acknowledged += stack.sumOfAcknowledged() - before;
                if (stack.events > LONG_LOG) {
                    stack.delete();
                    stack = begin(disk, i);
                    torn++;
                }
                if (i % 25 == 24) {
                    System.out.println(
                            type
                                    + " cuts="
                                    + (i + 1)
                                    + " acknowledged="
                                    + acknowledged
                                    + " stacks="
                                    + (torn + 1));
                }
            }
        }
        assertTrue(acknowledged > cuts, "acknowledged=" + acknowledged);
    }

    private StackFolder begin(LoopDisk disk, int number) throws IOException {
        Path data = disk.path().resolve("data-" + number);
        return new StackFolder(data, folder.resolve("witness-" + number), random);
    }

    private void cut(LoopDisk disk, StackFolder stack) throws Exception {
        long seed = random.nextLong(1L << 40);
        Path output = folder.resolve("output");
        boolean begun = random.nextInt(8) > 0;
        long millis = random.nextInt(begun ? 400 : 1_000);
        how = "seed=" + seed + " millis=" + millis;
        Process process = stack.process(seed, output, true).start();
        try {
            boolean lives = stack.await(process, seed, begun, millis);
            assertTrue(lives, () -> "it ended by itself: " + read(output));
            disk.cut(random);
        } finally {
            process.destroyForcibly();
        }
        process.waitFor();
        disk.unmount();
        disk.mount();
    }

    private static String read(Path output) {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
