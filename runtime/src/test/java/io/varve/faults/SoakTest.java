package io.varve.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A stack at work for long: what is acknowledged is kept and read models are right, however often
 * it is killed; and memory, files, readers, threads do not grow.
 *
 * <p>{@code mvn verify -Pfaults -Dtest=SoakTest -Dvarve.soak.minutes=60 -Dvarve.seed=1}; what it
 * has measured is drawn in {@code runtime/target/soak.svg}, or where {@code varve.soak.plot} says.
 */
@Tag("faults")
class SoakTest {
    private static final long SEED = Long.getLong("varve.seed", System.nanoTime());
    private static final double MINUTES =
            Double.parseDouble(System.getProperty("varve.soak.minutes", "10"));
    private static final int RATE = Integer.getInteger("varve.soak.rate", 1_000);
    private static final Path PLOT =
            Path.of(System.getProperty("varve.soak.plot", "target/soak.svg"));

    /** Of a life, at least, in minutes; and of one in a long run. */
    private static final int LEAST_LIVES = 6;

    private static final int MINUTES_OF_LIFE = 6;

    // What goes wrong on purpose is looked at in other ways. Kept, as loggers are held weakly.
    private static final Logger QUIET = Logger.getLogger("io.varve");

    static {
        QUIET.setLevel(Level.OFF);
    }

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    @Test
    void shouldStayAsItIsHoweverLongItWorks() throws Exception {
        int lives = Math.max(LEAST_LIVES, (int) (MINUTES / MINUTES_OF_LIFE));
        Soak soak = new Soak(folder, new Soak.Plan(MINUTES, lives, RATE, SEED, SoakLeak.NONE));
        try {
            soak.run();
        } finally {
            System.out.println(soak.table());
            Files.writeString(PLOT, soak.plot());
        }
        assertEquals(List.of(), soak.grown());
        assertEquals(13, soak.work().size(), soak.work().toString());
    }

    @ParameterizedTest
    @CsvSource({
        "VIEWS,reader slots held; read model",
        "HEAP,heap",
        "FILES,open file descriptors",
        "THREADS,threads",
        "SNAPSHOTS,snapshots",
        "LOG,log"
    })
    void shouldNoticeWhatGrows(SoakLeak leak, String what) throws Exception {
        boolean outlives = leak == SoakLeak.SNAPSHOTS || leak == SoakLeak.LOG;
        Soak.Plan plan =
                outlives
                        ? new Soak.Plan(2, LEAST_LIVES, RATE, SEED, leak)
                        : new Soak.Plan(0.6, LEAST_LIVES / 2, RATE, SEED, leak);
        Soak soak = new Soak(folder, plan);
        List<String> grown = soak.run().grown();
        assertTrue(
                grown.stream().anyMatch(one -> one.startsWith(what.replace(';', ','))),
                leak + ": " + grown + "\n" + soak.table());
    }
}
