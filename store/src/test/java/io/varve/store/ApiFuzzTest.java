package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Calls in every order, also of what was closed, was lent and given back, or belongs to others:
 * each answers, or is refused by an error of ours. A process of its own, because a mistake here
 * would end it.
 */
class ApiFuzzTest {
    @TempDir Path folder;

    @Test
    void shouldAnswerOrRefuseCallsInAnyOrder() throws Exception {
        fuzz(4_000, 42);
    }

    @Test
    @Tag("long")
    void shouldAnswerOrRefuseManyCallsInAnyOrder() throws Exception {
        for (int i = 0; i < 20; i++) {
            fuzz(100_000, System.nanoTime());
        }
    }

    private void fuzz(int calls, long seed) throws Exception {
        Path path = folder.resolve("f" + seed);
        try (ChildJvm child = new ChildJvm(ApiFuzzChild.class, path, calls, seed)) {
            List<String> lines = child.lines();
            String told = "seed=" + seed + " " + lines;
            assertEquals(0, child.exitCode(), told);
            assertEquals("done", lines.get(lines.size() - 1), told);
        }
    }
}
