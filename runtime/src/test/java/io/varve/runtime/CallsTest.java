package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Calls of the runtime in every order, by several threads, also of what was closed, and where the
 * store was closed first: each answers, or is refused by an error of ours, and comes back. A
 * process of its own, because a mistake here would end it.
 */
class CallsTest {
    @TempDir Path folder;

    @Test
    void shouldAnswerOrRefuseCallsInAnyOrder() throws Exception {
        calls(300, 42, 1);
    }

    @Test
    @Tag("faults")
    void shouldAnswerOrRefuseCallsInManyOrders() throws Exception {
        int rounds = Integer.getInteger("varve.orders", 2_000);
        long seed = Long.getLong("varve.seed", System.nanoTime());
        for (int done = 0; done < rounds; done += 100) {
            calls(600, seed + done, Math.min(100, rounds - done));
        }
    }

    private void calls(int count, long seed, int rounds) throws Exception {
        Path path = folder.resolve("c" + seed);
        try (ChildJvm child = new ChildJvm(CallsChild.class, path, count, seed, rounds)) {
            List<String> lines = lines(child);
            String told = "seed=" + seed + " " + lines;
            assertEquals(0, child.exitCode(), told);
            assertEquals("done", lines.get(lines.size() - 1), told);
        }
    }

    private static List<String> lines(ChildJvm child) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = child.line(); line != null; line = child.line()) {
            lines.add(line);
        }
        return lines;
    }
}
