package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is acknowledged was synced: a disk keeps what the process synced, and loses what it only
 * wrote.
 */
class SyncedCommitsTest {
    @TempDir Path built;
    @TempDir Path folder;

    @Test
    void shouldHaveOnDiskWhatIsAcknowledged() throws Exception {
        assertEquals(List.of("looked 8"), run(false));
    }

    /** The test would notice. */
    @Test
    void shouldNoticeSyncsThatAreLeftOut() throws Exception {
        List<String> lines = run(true);
        assertEquals("looked 8", lines.get(lines.size() - 1));
        assertEquals(4, lines.stream().filter(line -> line.startsWith("lost")).count());
        assertTrue(lines.size() == 5, lines::toString);
    }

    private List<String> run(boolean leaveOutSyncs) throws Exception {
        Path library = DiskShim.build(built);
        try (ChildJvm child =
                ChildJvm.with(
                        DiskShim.environment(library, folder.toString()),
                        "256m",
                        SyncedCommitsChild.class,
                        folder,
                        leaveOutSyncs)) {
            List<String> lines = child.lines();
            assertEquals(0, child.exitCode(), lines.toString());
            return lines;
        }
    }
}
