package io.varve.store;

import static io.varve.store.TestEvents.assertSound;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that fails at the n-th write or sync of the log, from then on. */
class FailingDiskTest {
    @TempDir static Path built;
    @TempDir Path folder;
    private static Path library;

    @BeforeAll
    static void build() throws Exception {
        library = DiskShim.build(built);
    }

    /** Errors 5 and 30 are EIO and EROFS. */
    @Test
    void shouldStopAndSayThatTheOutcomeIsUnknown() throws Exception {
        List<Fault> faults = new ArrayList<>();
        for (int after : List.of(0, 1, 2, 3)) {
            faults.add(new Fault("SYNC", DiskShim.SYNCS, after, DiskShim.EIO));
            faults.add(new Fault("SYNC", DiskShim.WRITES, after, DiskShim.EIO));
            faults.add(new Fault("SYNC", DiskShim.WRITES, after, 30));
        }
        Map<Fault, List<String>> told = child(faults);
        for (Fault fault : faults) {
            List<String> lines = told.get(fault);
            String outcome = lines.get(lines.size() - 3);
            assertTrue(outcome.startsWith("failed AppendOutcomeUnknownException"), told::toString);
            assertEquals("then StoreFailedException", lines.get(lines.size() - 1));
            checkReopened(fault, lines, fault.after() + 2);
        }
    }

    @Test
    void shouldStopWhenALaterSyncFails() throws Exception {
        Fault fault = new Fault("ASYNC", DiskShim.SYNCS, 0, DiskShim.EIO);
        List<String> lines = child(List.of(fault)).get(fault);
        // Unknown where a commit was under way when the sync failed.
        String outcome = lines.get(lines.size() - 3);
        assertTrue(
                outcome.matches("failed (StoreFailed|AppendOutcomeUnknown)Exception"),
                lines.toString());
        assertEquals("then StoreFailedException", lines.get(lines.size() - 1));
        checkReopened(fault, lines, Integer.MAX_VALUE);
    }

    /** What was acknowledged is there, and of what was not at most what was under way. */
    private void checkReopened(Fault fault, List<String> lines, int mostMore) {
        long acknowledged = lines.stream().filter(line -> line.matches("\\d+")).count();
        assertEquals("read " + acknowledged, lines.get(lines.size() - 2), "reading goes on");
        try (EventStore store =
                EventStore.open(TestEvents.restless(folder.resolve(fault.text())))) {
            int found = assertSound(store).size();
            assertTrue(found >= acknowledged, found + " of " + acknowledged);
            assertTrue(found - acknowledged <= mostMore, found + " of " + acknowledged);
            store.append(TestEvents.stream("a"), ExpectedVersion.any(), TestEvents.event("again"));
        }
    }

    /** One process for all of them: a store that has stopped is no hindrance to the next. */
    private Map<Fault, List<String>> child(List<Fault> faults) throws Exception {
        List<Object> arguments = new ArrayList<>(List.of(folder));
        faults.forEach(fault -> arguments.add(fault.text()));
        try (ChildJvm child =
                ChildJvm.with(
                        DiskShim.environment(library, "log/data.mdb"),
                        "256m",
                        FailingChild.class,
                        arguments.toArray())) {
            List<String> lines = child.lines();
            assertEquals(0, child.exitCode(), lines.toString());
            Map<Fault, List<String>> told = new LinkedHashMap<>();
            for (Fault fault : faults) {
                int begin = lines.indexOf(fault.text()) + 1;
                int end = begin;
                while (!lines.get(end).startsWith("then ")) {
                    end++;
                }
                told.put(fault, lines.subList(begin, end + 1));
            }
            return told;
        }
    }

    /** Which calls of the disk fail, after how many, and how. */
    private record Fault(String durability, int calls, int after, int errno) {
        String text() {
            return durability + "," + calls + "," + after + "," + errno;
        }
    }
}
