package io.varve.parity;

import io.varve.projections.testing.TopologyTestDriver;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random topologies of all operators over random events, crashed at random places, with commits of
 * random sizes: their state is that of a rebuild, byte for byte, and what they emit has the same
 * ids.
 */
class CrashTest {
    private static final long SEED = Long.getLong("varve.seed", 1);

    @Test
    void shouldHaveTheStateOfARebuildWhereverItCrashed() {
        crash(SEED, 120);
    }

    @Test
    @Tag("long")
    void shouldHaveTheStateOfARebuildWhereverItCrashedInManyCases() {
        crash(SEED + 120, 20_000);
    }

    private static void crash(long first, int cases) {
        for (long seed = first; seed < first + cases; seed++) {
            Case given = CaseGenerator.unlimited(seed);
            try {
                crash(given, new Random(seed));
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError(
                        "seed=" + seed + " (-Dvarve.seed=" + seed + ")\n" + given, e);
            }
        }
    }

    private static void crash(Case given, Random random) {
        try (TopologyTestDriver driver = new TopologyTestDriver(VarveSystem.topology(given))) {
            if (random.nextInt(3) == 0) {
                // Also before what a commit has emitted is appended.
                driver.crashAfterEachCommit();
            }
            for (Input input : given.readInputs()) {
                driver.commitEvery(1 + random.nextInt(12));
                VarveSystem.pipe(driver, input);
                switch (random.nextInt(8)) {
                    case 0, 1 -> driver.crash();
                    case 2 -> driver.commit();
                    default -> {}
                }
            }
            driver.assertRebuildMatches();
        }
    }
}
