package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file whose name, or that of a folder above it, is not on the disk is lost in a power cut. */
class DurableNamesTest {
    private static final Path NOTHING = Path.of("nothing");

    @TempDir Path built;
    @TempDir Path folder;

    /** A file that must have its name on the disk when so many calls were made. */
    private record Wanted(int calls, Path file) {
        boolean isHeld(List<String> trace, Path withoutSyncsOf) {
            return new DurableNames(trace.subList(0, calls), withoutSyncsOf).isDurable(file);
        }
    }

    @Test
    void shouldBringNamesToTheDiskBeforeWhatIsInTheFilesIsAcknowledged() throws Exception {
        Path library = DiskShim.build(built);
        List<Wanted> all = run(library);
        List<String> trace = Files.readAllLines(library.resolveSibling("trace"));
        assertTrue(all.size() > 12, all::toString);
        int needed = 0;
        for (Wanted wanted : all) {
            assertTrue(wanted.isHeld(trace, NOTHING), wanted::toString);
            needed += neededSyncs(wanted, trace);
        }
        assertTrue(needed > all.size(), "needed=" + needed);
    }

    /** The test would be red without the sync of a folder in which something was made. */
    private int neededSyncs(Wanted wanted, List<String> trace) throws IOException {
        List<String> before = trace.subList(0, wanted.calls());
        int needed = 0;
        DurableNames names = new DurableNames(before, NOTHING);
        for (Path path = wanted.file();
                !path.equals(folder.toRealPath());
                path = path.getParent()) {
            Path in = path.getParent();
            if (names.knows(path) && before.contains("sync\t" + in + "\t")) {
                assertFalse(wanted.isHeld(trace, in), wanted + " without " + in);
                needed++;
            }
        }
        return needed;
    }

    private List<Wanted> run(Path library) throws Exception {
        try (ChildJvm child =
                ChildJvm.with(
                        DiskShim.environment(library, folder.toRealPath().toString()),
                        "256m",
                        DurableNamesChild.class,
                        folder)) {
            List<String> lines = child.lines();
            assertEquals(0, child.exitCode(), lines.toString());
            return lines.stream()
                    .map(line -> line.split(" ", 2))
                    .map(parts -> new Wanted(Integer.parseInt(parts[0]), Path.of(parts[1])))
                    .toList();
        }
    }
}
