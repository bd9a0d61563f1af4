package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup that was killed in the middle is never taken for one, and is cleaned up. */
class KilledBackupTest {
    @TempDir Path folder;

    @Test
    void shouldListOnlyWhatIsComplete() throws Exception {
        killAndLook(2, 99);
    }

    @Test
    @Tag("long")
    void shouldListOnlyWhatIsCompleteAHundredTimes() throws Exception {
        killAndLook(100, System.nanoTime());
    }

    private void killAndLook(int cycles, long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        Path parent = folder.resolve("backups");
        Set<String> told = new HashSet<>();
        int interrupted = 0;
        for (int cycle = 0; cycle < cycles; cycle++) {
            Path store = folder.resolve("store" + cycle);
            try (ChildJvm child = new ChildJvm(BackingUpChild.class, store, parent, "c" + cycle)) {
                told.add(child.line());
                // Any moment will do: the child makes backups all the time.
                LockSupport.parkNanos(random.nextLong(40_000_000));
                child.kill();
                List<String> rest = child.lines();
                rest.stream().filter(name -> name.matches("c\\d+-\\d+")).forEach(told::add);
            }
            String cycleTold = "seed=" + seed + " cycle=" + cycle;
            interrupted += assertSoundList(parent, told, cycleTold);
        }
        assertTrue(interrupted > 0, "no backup was interrupted");
        try (EventStore store = EventStore.open(folder.resolve("store0"))) {
            TestEvents.assertSound(store);
            store.backup(parent.resolve("last"), ProgressListener.none());
        }
        assertEquals(List.of(), Backups.list(parent).unusable());
        Backups.restore(parent.resolve("last"), folder.resolve("new"), ProgressListener.none());
        try (EventStore store = EventStore.open(folder.resolve("new"))) {
            TestEvents.assertSound(store);
        }
    }

    /** Returns how many backups were found interrupted. */
    private static int assertSoundList(Path parent, Set<String> told, String cycle) {
        BackupList list = Backups.list(parent);
        Set<String> complete = new HashSet<>();
        for (BackupList.Backup backup : list.complete()) {
            VerificationReport report = Backups.verify(backup.path(), ProgressListener.none());
            assertEquals(List.of(), report.problems(), cycle);
            complete.add(backup.path().getFileName().toString());
        }
        assertTrue(complete.containsAll(told), cycle);
        for (BackupList.Unusable unusable : list.unusable()) {
            assertTrue(unusable.reason().startsWith("interrupted"), cycle + unusable);
        }
        return list.unusable().size();
    }
}
