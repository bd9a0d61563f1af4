package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.Backups;
import io.varve.store.EventStore;
import io.varve.store.ProgressListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A read model of another history is never gone on with. */
class StaleCheckpointTest extends RuntimeTestBase {
    private ProjectionRuntime derive(String... names) throws InterruptedException {
        ProjectionRuntimeBuilder builder =
                ProjectionRuntime.builder(store, folder.resolve("models"));
        for (String name : names) {
            builder.add(digest(name, NOTHING));
        }
        ProjectionRuntime runtime = closing(builder.build());
        runtime.start();
        return runtime;
    }

    private void assertRefused(String reason) throws Exception {
        ProjectionRuntime runtime = derive("fresh", "stale");
        ProjectionStatus status = runtime.status("stale");
        assertEquals(ProjectionState.FAILED, status.state());
        StaleCheckpointException stale =
                assertInstanceOf(StaleCheckpointException.class, status.failure().orElseThrow());
        assertTrue(stale.getMessage().contains(reason), stale.getMessage());
        assertEquals(
                folder.resolve("models").resolve("stale").resolve("generation-1-v1"),
                stale.folder());
        assertThrows(
                ProjectionFailedException.class,
                () -> runtime.readView("stale", PositionBound.any(), Notes.LONG));
        assertComplete(runtime, "fresh");
        runtime.close();

        delete(stale.folder());
        ProjectionRuntime remedied = derive("stale");
        assertComplete(remedied, "stale");
    }

    private void deriveAndClose() throws Exception {
        ProjectionRuntime runtime = derive("stale");
        assertComplete(runtime, "stale");
        runtime.close();
    }

    @Test
    void shouldRefuseTheReadModelOfAnotherStore() throws Exception {
        append(1, 0, 10);
        deriveAndClose();
        store.close();
        delete(folder.resolve("log"));
        store = EventStore.open(folder.resolve("log"));
        append(1, 0, 20);
        assertRefused("another store");
    }

    @Test
    void shouldRefuseAReadModelAheadOfTheLog() throws Exception {
        append(1, 0, 5);
        keepCopy();
        append(1, 5, 5);
        deriveAndClose();
        bringBackCopy();
        assertRefused("the log ends before it");
    }

    @Test
    void shouldRefuseAReadModelOfALogThatWasBroughtBackAndGrownAgain() throws Exception {
        append(1, 0, 5);
        keepCopy();
        append(1, 5, 5);
        deriveAndClose();
        bringBackCopy();
        append(2, 0, 20);
        assertRefused("other events");
    }

    @Test
    void shouldRefuseAReadModelOfALogThatWasRestoredAndGrownAgain() throws Exception {
        append(1, 0, 5);
        Path backup = folder.resolve("backup");
        store.backup(backup, ProgressListener.none());
        append(1, 5, 5);
        deriveAndClose();
        store.close();
        delete(folder.resolve("log"));
        Backups.restore(backup, folder.resolve("log"), ProgressListener.none());
        store = EventStore.open(folder.resolve("log"));
        append(1, 5, 20);
        assertRefused("");
    }

    private void keepCopy() throws IOException {
        store.close();
        copy(folder.resolve("log"), folder.resolve("copy"));
        store = EventStore.open(folder.resolve("log"));
    }

    private void bringBackCopy() throws IOException {
        store.close();
        delete(folder.resolve("log"));
        copy(folder.resolve("copy"), folder.resolve("log"));
        store = EventStore.open(folder.resolve("log"));
    }

    private static void copy(Path from, Path to) throws IOException {
        for (Path path : walk(from)) {
            Files.copy(path, to.resolve(from.relativize(path)));
        }
    }

    private static void delete(Path folder) throws IOException {
        for (Path path : walk(folder).stream().sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(path);
        }
    }

    private static List<Path> walk(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.toList();
        }
    }
}
