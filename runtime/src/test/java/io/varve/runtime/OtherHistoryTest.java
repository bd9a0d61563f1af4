package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.Backups;
import io.varve.store.EventStore;
import io.varve.store.ProgressListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A read model of another history is never gone on with. */
class OtherHistoryTest extends RuntimeTestBase {
    /** Apart from {@link #states}, which sees one life of a projection. */
    private final StateLog told = new StateLog();

    private ProjectionRuntime derive(String... names) throws InterruptedException {
        ProjectionRuntimeBuilder builder =
                ProjectionRuntime.builder(store, folder.resolve("models"));
        builder.listener(told);
        for (String name : names) {
            builder.add(digest(name, NOTHING));
        }
        ProjectionRuntime runtime = closing(builder.build());
        runtime.start();
        return runtime;
    }

    private void assertBegunAnew(String reason) throws Exception {
        ProjectionRuntime runtime = derive("fresh", "stale");
        assertComplete(runtime, "fresh");
        assertComplete(runtime, "stale");
        assertEquals(Optional.empty(), runtime.status("fresh").recovery());
        ReadModelRecovery recovery = runtime.status("stale").recovery().orElseThrow();
        assertEquals(ReadModelRecovery.Reason.OTHER_HISTORY, recovery.reason());
        assertTrue(recovery.detail().contains(reason), recovery.detail());
        assertEquals(-1, recovery.position());
        Path aside = folder.resolve("models/stale/generation-1-v1.set-aside");
        assertEquals(Optional.of(aside), recovery.setAside());
        assertTrue(Files.exists(aside.resolve("data.mdb")));
        assertEquals(List.of(recovery), told.awaitRecoveries(1));
    }

    private void deriveAndClose() throws Exception {
        ProjectionRuntime runtime = derive("stale");
        assertComplete(runtime, "stale");
        runtime.close();
    }

    @Test
    void shouldBeginAnewTheReadModelOfAnotherStore() throws Exception {
        append(1, 0, 10);
        deriveAndClose();
        store.close();
        delete(folder.resolve("log"));
        store = EventStore.open(folder.resolve("log"));
        append(1, 0, 20);
        assertBegunAnew("another store");
    }

    @Test
    void shouldBeginAnewAReadModelAheadOfTheLog() throws Exception {
        append(1, 0, 5);
        keepCopy();
        append(1, 5, 5);
        deriveAndClose();
        bringBackCopy();
        assertBegunAnew("the log ends before it");
    }

    @Test
    void shouldBeginAnewAReadModelOfALogThatWasBroughtBackAndGrownAgain() throws Exception {
        append(1, 0, 5);
        keepCopy();
        append(1, 5, 5);
        deriveAndClose();
        bringBackCopy();
        append(2, 0, 20);
        assertBegunAnew("other events");
    }

    @Test
    void shouldBeginAnewAReadModelOfALogThatWasRestoredAndGrownAgain() throws Exception {
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
        assertBegunAnew("");
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

    static void copy(Path from, Path to) throws IOException {
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
