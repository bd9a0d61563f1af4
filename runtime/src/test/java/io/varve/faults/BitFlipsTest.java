package io.varve.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.varve.faults.FlipStack.Left;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bits, sectors and pages of all files of a store and its projections are made wrong, files are cut
 * short or made longer: whatever is asked then is answered as before, or refused with an error of
 * ours, or what can be derived is derived anew, and said so.
 *
 * <p>{@code mvn verify -Pfaults -Dvarve.flips=20000 -Dvarve.seed=1}.
 */
class BitFlipsTest {
    private static final long SEED = Long.getLong("varve.seed", System.nanoTime());

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    /** Few, always the same, and in this process. */
    @Test
    void shouldAnswerRightOrRefuseWhateverIsDamaged() throws Exception {
        new FlipMaker(folder, Left.CLOSED, 0.05).make();
        try (FlipChild child =
                new FlipChild(folder, Left.CLOSED, new PrintStream(new ByteArrayOutputStream()))) {
            assertEquals("same", child.undamaged());
            for (int round = 0; round < 4; round++) {
                String how = child.round(round, 42);
                assertFalse(how.contains("WRONG") || how.contains("RAW"), how);
            }
        }
    }

    @Test
    @Tag("faults")
    void shouldAnswerRightOrRefuseWhateverIsDamagedManyTimes() throws Exception {
        int rounds = Integer.getInteger("varve.flips", 20_000);
        List<String> bad = new ArrayList<>();
        for (Left left : Left.values()) {
            FlipRun run = flip(left, rounds / Left.values().length);
            bad.addAll(run.bad());
        }
        assertEquals(List.of(), bad);
    }

    private FlipRun flip(Left left, int rounds) throws IOException, InterruptedException {
        Path place = Files.createDirectories(folder.resolve(left.name()));
        FlipRun run = new FlipRun(place, left, SEED);
        run.go(rounds);
        System.out.println(run);
        return run;
    }
}
