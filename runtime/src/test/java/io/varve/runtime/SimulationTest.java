package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.Durability;
import io.varve.store.EventStore;
import io.varve.store.StoreConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Seeds of {@link Simulation}. More, and others: {@code -Pfaults -Dvarve.simulations=100000
 * -Dvarve.seed=1}; one again: {@code -Dvarve.simulations=1 -Dvarve.seed=N}.
 */
class SimulationTest {
    private static final long SEED = Long.getLong("varve.seed", 1);
    private static final int MANY = Integer.getInteger("varve.simulations", 100_000);

    /** Simulations on one log, and how many of them are run twice. */
    private static final int OF_LOG = 2_000;

    private static final int TWICE = 16;

    /** A seed of partitions that do. */
    private static final long AGREEING = 468;

    // Failures are made on purpose here. Kept, as loggers are held weakly.
    private static final Logger QUIET = Logger.getLogger("io.varve");

    static {
        QUIET.setLevel(Level.OFF);
    }

    @TempDir Path folder;
    private final long[] counts = new long[10];
    private boolean divided;

    @Test
    void shouldDoTheSameForASeedAndApplyEachEventOnce() throws Exception {
        run(SEED, 25, 4);
    }

    @Test
    void shouldDoTheSameInPartitionsThatTakeTurns() throws Exception {
        divided = true;
        run(SEED, 2, 2);
    }

    /**
     * Partitions were apart, come together behind an event that fails, and agree on letters while
     * what follows was given to the code: it was lost, or committed with a position before it.
     */
    @Test
    void shouldCommitWhatIsInHandBeforePartitionsAgreeOnTheirLetters() throws Exception {
        divided = true;
        run(AGREEING, 1, TWICE);
    }

    @Test
    @Tag("faults")
    void shouldApplyEachEventOnceInPartitionsWhateverFailsWhenever() throws Exception {
        divided = true;
        shouldApplyEachEventOnceWhateverFailsWhenever();
    }

    @Test
    @Tag("faults")
    void shouldApplyEachEventOnceWhateverFailsWhenever() throws Exception {
        for (long seed = SEED; seed < SEED + MANY; seed += OF_LOG) {
            run(seed, (int) Math.min(OF_LOG, SEED + MANY - seed), TWICE);
            long done = Math.min(seed + OF_LOG, SEED + MANY) - SEED;
            System.out.println("seeds=" + done + " " + said());
        }
        for (int i = 0; MANY > 1_000 && i < counts.length; i++) {
            assertTrue(counts[i] > MANY / 100, i + ": " + said());
        }
    }

    private void run(long first, int seeds, int twice) throws Exception {
        Path memory = Path.of("/dev/shm");
        Path at =
                Files.isWritable(memory)
                        ? Files.createTempDirectory(memory, "varve-simulation")
                        : Files.createTempDirectory(folder, "log");
        Clock clock = Clock.fixed(Instant.EPOCH.plusSeconds(1), ZoneOffset.UTC);
        StoreConfig config =
                StoreConfig.at(at)
                        .withDurability(Durability.async(Duration.ofSeconds(10)))
                        .withClock(clock);
        try (EventStore store = EventStore.open(config)) {
            for (long seed = first; seed < first + seeds; seed++) {
                long trace = run(store, seed);
                if (seed % twice == 0) {
                    assertEquals(trace, run(store, seed), "another trace, seed=" + seed);
                }
            }
        } finally {
            ReadModelFiles.delete(at);
        }
    }

    private long run(EventStore store, long seed) {
        try {
            Simulation one = new Simulation(store, seed, divided);
            long trace = one.run();
            long[] now = {
                one.letters,
                one.failures,
                one.died,
                one.calls,
                one.points,
                one.pauses,
                one.kills,
                one.cuts,
                one.faults,
                one.live
            };
            for (int i = 0; i < counts.length; i++) {
                counts[i] += now[i];
            }
            return trace;
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("varve.seed=" + seed, e);
        }
    }

    private String said() {
        return "letters_looked_at=%d failures=%d died=%d calls=%d points=%d pauses=%d kills=%d cuts=%d faults=%d idle=%d"
                .formatted(
                        counts[0], counts[1], counts[2], counts[3], counts[4], counts[5], counts[6],
                        counts[7], counts[8], counts[9]);
    }
}
