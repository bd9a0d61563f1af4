package io.varve.store;

import static io.varve.store.TestEvents.assertSound;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A disk that fails at the n-th write or sync of the log, from then on. */
class FailingDiskTest {
    @TempDir static Path built;
    @TempDir Path folder;
    private static Path library;

    @BeforeAll
    static void build() throws Exception {
        library = DiskShim.build(built);
    }

    @ParameterizedTest
    @CsvSource({"sync,0,5", "sync,1,5", "write,0,5", "write,1,5", "write,0,30", "write,1,30"})
    void shouldStopAndSayThatTheOutcomeIsUnknown(String call, int after, int errno)
            throws Exception {
        List<String> lines = child("sync", call, after, errno);
        String outcome = lines.get(lines.size() - 2);
        assertTrue(outcome.startsWith("failed AppendOutcomeUnknownException"), lines.toString());
        assertEquals("then StoreFailedException", lines.get(lines.size() - 1));
        checkReopened(lines, after + 2);
    }

    @Test
    void shouldStopWhenALaterSyncFails() throws Exception {
        List<String> lines = child("async", "sync", 0, DiskShim.EIO);
        // Unknown where a commit was under way when the sync failed.
        String outcome = lines.get(lines.size() - 2);
        assertTrue(
                outcome.matches("failed (StoreFailed|AppendOutcomeUnknown)Exception"),
                lines.toString());
        assertEquals("then StoreFailedException", lines.get(lines.size() - 1));
        checkReopened(lines, Integer.MAX_VALUE);
    }

    /** What was acknowledged is there, and of what was not at most what was under way. */
    private void checkReopened(List<String> lines, int mostMore) {
        long acknowledged = lines.stream().filter(line -> line.matches("\\d+")).count();
        try (EventStore store = EventStore.open(TestEvents.restless(folder.resolve("store")))) {
            int found = assertSound(store).size();
            assertTrue(found >= acknowledged, found + " of " + acknowledged);
            assertTrue(found - acknowledged <= mostMore, found + " of " + acknowledged);
            store.append(TestEvents.stream("a"), ExpectedVersion.any(), TestEvents.event("again"));
        }
    }

    private List<String> child(String durability, String call, int after, int errno)
            throws Exception {
        int calls = call.equals("sync") ? DiskShim.SYNCS : DiskShim.WRITES;
        try (ChildJvm child =
                ChildJvm.with(
                        DiskShim.environment(library, "log/data.mdb"),
                        "256m",
                        FailingChild.class,
                        folder.resolve("store"),
                        durability,
                        calls,
                        after,
                        errno)) {
            List<String> lines = child.lines();
            assertEquals(0, child.exitCode(), lines.toString());
            return lines;
        }
    }
}
