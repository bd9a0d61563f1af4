package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that fails at each of its calls in turn, once or from then on, in different ways. */
class DiskSweepTest {
    @TempDir static Path built;
    @TempDir Path folder;
    private static Path library;

    @BeforeAll
    static void build() throws Exception {
        library = DiskShim.build(built);
    }

    @Test
    void shouldKeepWhatWasAcknowledgedWhenCallsFail() throws Exception {
        sweep(41, 0);
    }

    @Test
    @Tag("long")
    void shouldKeepWhatWasAcknowledgedWhicheverCallFails() throws Exception {
        sweep(1, 0);
    }

    private void sweep(int step, int first) throws Exception {
        try (ChildJvm child =
                ChildJvm.with(
                        DiskShim.environment(library, folder.toString()),
                        "512m",
                        DiskSweepChild.class,
                        folder,
                        step,
                        first)) {
            List<String> lines = child.lines();
            assertEquals(0, child.exitCode(), lines.toString());
            List<String> wrong = lines.subList(0, lines.size() - 2);
            assertTrue(wrong.isEmpty(), String.join("\n", wrong));
            int run = number(lines.get(lines.size() - 2));
            int struck = number(lines.get(lines.size() - 1));
            assertTrue(struck > run / 2 && struck > 0, lines.toString());
        }
    }

    private static int number(String line) {
        return Integer.parseInt(line.split(" ")[1]);
    }
}
