package io.varve.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * A whole stack is killed with {@code kill -9}: nothing that was acknowledged is lost, nothing is
 * there in part or twice, and read models, letters, alerts and backups are what the log says.
 *
 * <p>{@code mvn verify -Pfaults -Dvarve.kills=10000 -Dvarve.seed=1}: more of them, and the same.
 */
class KilledStackTest {
    private static final long SEED = Long.getLong("varve.seed", System.nanoTime());

    // What goes wrong on purpose is looked at in other ways. Kept, as loggers are held weakly.
    private static final Logger QUIET = Logger.getLogger("io.varve");

    static {
        QUIET.setLevel(Level.OFF);
    }

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    @Test
    void shouldKeepWhatWasAcknowledgedWhenKilled() throws Exception {
        kill(2);
    }

    @Test
    @Tag("faults")
    void shouldKeepWhatWasAcknowledgedWhenKilledThousandsOfTimes() throws Exception {
        KilledStack stack = kill(Integer.getInteger("varve.kills", 2_000));
        assertTrue(stack.acknowledged > stack.kills && stack.rebuilds > 0, stack.toString());
    }

    private KilledStack kill(int times) throws Exception {
        KilledStack stack = new KilledStack(folder, KillPoint.build(folder), SEED);
        try {
            for (int i = 0; i < times; i++) {
                stack.kill();
                if (stack.kills % 50 == 0) {
                    System.out.println(stack);
                }
            }
        } catch (AssertionError e) {
            throw new AssertionError("seed=" + SEED + " " + stack, e);
        }
        System.out.println(stack);
        return stack;
    }
}
