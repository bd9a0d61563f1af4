package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.StoreIoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A medium that can only be read: on a file system of its own, where we may mount one. */
class ReadOnlyMediumTest {
    private static final int EVENTS = 30;

    @TempDir Path folder;
    @TempDir Path outside;
    private boolean mounted;
    private Path store;

    @BeforeEach
    void mount() throws Exception {
        mounted = run("mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", folder.toString()) == 0;
        Needs.that(mounted, "a tmpfs cannot be mounted by this user");
        store = folder.resolve("store");
        try (EventStore open = EventStore.open(store)) {
            for (int i = 0; i < EVENTS; i++) {
                open.append(
                        TestEvents.stream("a"), ExpectedVersion.any(), TestEvents.event(i, 500));
            }
            open.backup(folder.resolve("backups/one"), ProgressListener.none());
        }
        Path left = folder.resolve("backups/.two.0.varve-unfinished");
        Files.createDirectories(left);
        Files.writeString(left.resolve("varve.lock"), "1");
    }

    private void makeReadOnly() throws Exception {
        assertEquals(0, run("mount", "-o", "remount,ro", folder.toString()));
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            assertEquals(0, run("umount", folder.toString()));
        }
    }

    private static int run(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            return -1; // there is no such command here
        }
    }

    @Test
    void shouldListVerifyAndRestoreBackups() throws Exception {
        makeReadOnly();
        BackupList list = Backups.list(folder.resolve("backups"));
        assertEquals(1, list.complete().size());
        assertEquals(1, list.unusable().size());
        assertTrue(list.unusable().get(0).reason().contains("interrupted"), list::toString);
        Path backup = list.complete().get(0).path();
        assertTrue(Backups.verify(backup, ProgressListener.none()).isClean());
        Path restored = outside.resolve("restored");
        assertEquals(EVENTS, Backups.restore(backup, restored, ProgressListener.none()).events());
    }

    @Test
    void shouldVerifyAndSalvageAStoreThatWasNeverLockedThere() throws Exception {
        Files.delete(store.resolve("varve.lock"));
        Files.deleteIfExists(store.resolve("log/lock.mdb"));
        Files.deleteIfExists(store.resolve("index/lock.mdb"));
        makeReadOnly();
        assertReadable();
    }

    @Test
    void shouldVerifyAndSalvageAStoreThatIsOnlyRead() throws Exception {
        makeReadOnly();
        assertReadable();
        StoreIoException e = assertThrows(StoreIoException.class, () -> EventStore.open(store));
        assertTrue(e.getCause().getMessage().contains("Read-only"), e::toString);
    }

    private void assertReadable() {
        VerificationReport report = ClosedStore.verify(store, ProgressListener.none());
        assertTrue(report.isClean(), report.problems()::toString);
        assertEquals(EVENTS, report.events());
        assertEquals(EVENTS, Salvage.read(store, event -> true).events());
    }
}
