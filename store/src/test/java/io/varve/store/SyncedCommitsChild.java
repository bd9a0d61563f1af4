package io.varve.store;

import io.varve.store.errors.VarveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * Appends, and after each event looks at what the machine would find if it went down now: of the
 * log, what was synced and nothing else. Prints what was lost.
 */
final class SyncedCommitsChild {
    private static final int EVENTS = 8;

    private SyncedCommitsChild() {}

    /** Arguments: a folder, and whether syncs are left out from the second half on. */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        boolean leaveOut = Boolean.parseBoolean(arguments[1]);
        DiskShim disk = DiskShim.here();
        Path path = folder.resolve("store");
        try (EventStore store = EventStore.open(StoreConfig.at(path).withMergeEvents(1_000))) {
            for (int i = 0; i < EVENTS; i++) {
                disk.leaveOutSyncs(leaveOut && i >= EVENTS / 2);
                String text = i + "x".repeat(i % 3 == 2 ? 70_000 : 100);
                store.append(
                        TestEvents.stream("s" + i % 2),
                        ExpectedVersion.any(),
                        TestEvents.event(text));
                look(path, folder.resolve("image" + i), i + 1);
            }
            disk.leaveOutSyncs(false);
        }
        System.out.println("looked " + EVENTS);
    }

    private static void look(Path store, Path image, int acknowledged) throws IOException {
        Files.createDirectories(image.resolve("log"));
        Path log = store.resolve("log");
        Path at = image.resolve("log").resolve("data.mdb");
        Files.copy(log.resolve("data.mdb.disk"), at, StandardCopyOption.REPLACE_EXISTING);
        Files.copy(log.resolve("varve.sync"), image.resolve("log").resolve("varve.sync"));
        try (EventStore opened = EventStore.open(image)) {
            List<RecordedEvent> found = TestEvents.assertSound(opened);
            if (found.size() != acknowledged) {
                System.out.println("lost " + (acknowledged - found.size()));
            }
        } catch (VarveException e) {
            System.out.println("lost all: " + e.getClass().getSimpleName());
        }
    }
}
