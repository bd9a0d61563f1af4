package io.varve.samples.flights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the flights sample at random moments. No event that was acknowledged is lost, none is
 * applied twice, and the next run ends as if nothing had happened.
 *
 * <p>A run is killed from outside after some time, from outside when it acknowledges a batch, or by
 * itself in the middle of an append or a projection. It is continued by the next one, which may be
 * killed as well, until one comes to its end; then the data is deleted. Another seed: {@code
 * -Dvarve.seed=1}.
 */
class FlightsKillTest {
    private static final int KILLS = 1;
    private static final int MOST_MORE = 10;
    private static final int MANY_KILLS = 500;
    private static final int BATCH_EVENTS = 1_000;

    private static FlightsWitness witness;

    private final long seed = Long.getLong("varve.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @TempDir Path folder;

    private Path data;
    private long runMillis;
    private int kills;
    private int compared;
    private int completed;
    private int killedWhileAppending;
    private int killedWhileProjecting;

    /** What the last killed run has left. */
    private int logged;

    private int projected;

    @BeforeAll
    static void readFlights() throws IOException {
        witness = new FlightsWitness(FlightsFile.week());
    }

    @Test
    void shouldLoseNothingAndApplyNothingTwiceWhenKilled() throws Exception {
        killAndLook(KILLS);
    }

    @Test
    @Tag("long")
    void shouldLoseNothingAndApplyNothingTwiceWhenKilledOften() throws Exception {
        killAndLook(MANY_KILLS);
    }

    private void killAndLook(int wanted) throws Exception {
        data = folder.resolve("flights");
        while (kills < wanted || compared == 0 && kills < wanted + MOST_MORE) {
            if (projected == witness.flights() || random.nextInt(10) == 0) {
                complete();
            }
            runOnce();
        }
        complete();
        System.out.printf(
                "kills=%d while appending=%d while projecting=%d completed runs=%d seed=%d%n",
                kills, killedWhileAppending, killedWhileProjecting, completed, seed);
        // Otherwise the moments are badly chosen, and the test proves less than it says.
        assertTrue(killedWhileAppending >= wanted / 10, "seed=" + seed);
        assertTrue(killedWhileProjecting >= wanted / 10, "seed=" + seed);
        // Of few, chance decides how many are worth it.
        int least = wanted < MANY_KILLS ? 0 : wanted / 2;
        assertTrue(compared > least, "read models compared=" + compared + " seed=" + seed);
    }

    /** Runs it to its end, where it checks all totals by itself, and begins anew. */
    private void complete() throws IOException, InterruptedException {
        complete(data);
        completedRun();
    }

    private void complete(Path at) throws IOException, InterruptedException {
        FlightsProcess process = FlightsProcess.start(at);
        assertEquals(0, process.exitCode(), () -> at() + process.output());
    }

    /** How long one takes that is not killed. */
    private long runMillis() throws IOException, InterruptedException {
        if (runMillis == 0) {
            Path aside = folder.resolve("aside");
            long startedAt = System.nanoTime();
            complete(aside);
            runMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedAt);
            Folders.delete(aside);
        }
        return runMillis;
    }

    private void completedRun() throws IOException {
        completed++;
        logged = 0;
        projected = 0;
        Folders.delete(data);
    }

    private void runOnce() throws IOException, InterruptedException {
        FlightsProcess process = startAndKill();
        int exitCode = process.exitCode();
        if (exitCode == 0) {
            completedRun();
            return;
        }
        assertEquals(FlightsProcess.KILLED, exitCode, () -> at() + process.output());
        kills++;
        if (Files.exists(data)) {
            look(process.acknowledged());
        }
    }

    private void look(long acknowledged) throws IOException, InterruptedException {
        try {
            FlightsWitness.Found found =
                    witness.examine(data, folder.resolve("copy"), acknowledged);
            assertTrue(found.logged() >= logged, "the log is shorter than it was: " + logged);
            assertTrue(
                    found.projected() >= projected,
                    "a read model is older than it was: " + projected + " now " + found);
            compared += found.compared();
            killedWhileAppending += found.logged() > logged && !isWhole(found.logged()) ? 1 : 0;
            killedWhileProjecting += found.projected() < found.logged() ? 1 : 0;
            logged = found.logged();
            projected = found.projected();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(at() + e.getMessage(), e);
        }
    }

    private boolean isWhole(int events) {
        return events == witness.flights();
    }

    /** At a moment at which, most likely, it still has something to do. */
    private FlightsProcess startAndKill() throws IOException, InterruptedException {
        int toAppend = witness.flights() - logged;
        int how = random.nextInt(3);
        if (how == 0 && toAppend > 0) {
            return FlightsProcess.start(data, 1L + random.nextInt(toAppend / BATCH_EVENTS + 1));
        }
        if (how == 1) {
            long millis = runMillis() / 4 + random.nextInt((int) runMillis() / 2);
            FlightsProcess process = FlightsProcess.start(data);
            process.killAfter(millis);
            return process;
        }
        int steps = 1 + random.nextInt(toAppend + witness.flights() - projected);
        return FlightsProcess.start(data, "--kill-after", Integer.toString(steps));
    }

    private String at() {
        return "seed=" + seed + " kills=" + kills + ": ";
    }
}
