package io.varve.store;

import static io.varve.store.TestEvents.assertSound;
import static io.varve.store.TestEvents.stream;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.StoreFullException;
import io.varve.store.errors.VarveException;
import io.varve.store.snapshot.SnapshotStore;
import io.varve.store.transfer.EventExport;
import io.varve.store.transfer.TransferFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A disk that is full: on a small file system of its own, where we may mount one. */
class FullDiskTest {
    private static final StreamId A = stream("a");

    @TempDir Path folder;
    @TempDir Path outside;
    private boolean mounted;

    @BeforeEach
    void mount() throws Exception {
        mounted = run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", folder.toString()) == 0;
        Needs.that(mounted, "a tmpfs cannot be mounted by this user");
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

    private static void fill(Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            byte[] page = new byte[4096];
            while (true) {
                out.write(page);
            }
        } catch (IOException e) {
            assertTrue(Files.size(file) > 0 || Files.exists(file));
        }
    }

    private static long appendUntilFull(EventStore store, int size) {
        for (long acknowledged = store.head(); ; acknowledged++) {
            try {
                store.append(A, ExpectedVersion.any(), TestEvents.event(acknowledged + 1, size));
            } catch (StoreFullException e) {
                return acknowledged;
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 5_000, 200_000})
    void shouldKeepWhatWasAcknowledgedAndGoOnWhenThereIsRoom(int size) throws IOException {
        Path path = folder.resolve("store");
        Path filler = folder.resolve("filler");
        EventStore store = EventStore.open(TestEvents.restless(path));
        store.append(A, ExpectedVersion.any(), TestEvents.event(0, size));
        fill(filler);
        long acknowledged = appendUntilFull(store, size);
        for (int i = 0; i < 20; i++) {
            assertThrows(
                    StoreFullException.class,
                    () -> store.append(A, ExpectedVersion.any(), TestEvents.event(0, 300_000)));
            assertEquals(acknowledged, store.head());
            assertEquals(acknowledged + 1, TestEvents.all(store).size());
            assertEquals(acknowledged + 1, TestEvents.of(store, A).size());
        }
        Files.delete(filler);
        AppendResult result =
                store.append(A, ExpectedVersion.exactly(acknowledged), TestEvents.event(1, size));
        assertEquals(acknowledged + 1, result.firstPosition());
        List<RecordedEvent> events = assertSound(store);
        store.close();
        try (EventStore again = EventStore.open(TestEvents.restless(path))) {
            assertEquals(events, assertSound(again));
        }
    }

    @Test
    void shouldOpenOnAFullDiskAndBeRead() throws IOException {
        Path path = folder.resolve("store");
        Path filler = folder.resolve("filler");
        EventStore store = EventStore.open(TestEvents.restless(path));
        long acknowledged = appendUntilFull(store, 1_000);
        fill(filler);
        closeOrSayWhyNot(store);
        for (int i = 0; i < 3; i++) {
            EventStore again = EventStore.open(TestEvents.restless(path));
            assertEquals(acknowledged, again.head());
            assertEquals(acknowledged + 1, assertSound(again).size());
            assertThrows(
                    StoreFullException.class,
                    () -> again.append(A, ExpectedVersion.any(), TestEvents.event(0, 300_000)));
            closeOrSayWhyNot(again);
        }
        Files.delete(filler);
        try (EventStore again = EventStore.open(TestEvents.restless(path))) {
            assertEquals(acknowledged, again.head());
            assertEquals(acknowledged + 1, assertSound(again).size());
        }
    }

    private static void closeOrSayWhyNot(EventStore store) {
        try {
            store.close();
        } catch (VarveException e) {
            assertEquals(StoreFullException.class, e.getClass());
        }
        store.close();
    }

    @Test
    void shouldSayThatANewStoreHasNoRoom() throws IOException {
        Path filler = folder.resolve("filler");
        fill(filler);
        Path path = folder.resolve("store");
        assertThrows(StoreFullException.class, () -> EventStore.open(path).close());
        Path snapshots = folder.resolve("snapshots");
        assertThrows(StoreFullException.class, () -> SnapshotStore.open(snapshots).close());
        Files.delete(filler);
        try (EventStore store = EventStore.open(path)) {
            store.append(A, ExpectedVersion.noStream(), TestEvents.event("x"));
            assertEquals(1, assertSound(store).size());
        }
    }

    @Test
    void shouldListAndLeaveNothingBehindWhereNotAByteIsLeft() throws IOException {
        Path elsewhere = Files.createDirectories(folder.resolve("disk"));
        try (EventStore store = EventStore.open(outside.resolve("store"))) {
            store.append(A, ExpectedVersion.any(), TestEvents.event("x"));
            Path first = elsewhere.resolve("first");
            store.backup(first, ProgressListener.none());
            Path left = Files.createDirectory(elsewhere.resolve(".b.0.varve-unfinished"));
            Files.createFile(left.resolve("varve.lock"));
            fill(folder.resolve("filler"));
            BackupList list = Backups.list(elsewhere);
            assertEquals(1, list.complete().size());
            assertEquals(1, list.unusable().size());
            Path second = elsewhere.resolve("second");
            for (int i = 0; i < 3; i++) {
                StoreFullException e =
                        assertThrows(
                                StoreFullException.class,
                                () -> store.backup(second, ProgressListener.none()));
                assertTrue(e.remedy().contains("Make room"), e.remedy());
                fill(folder.resolve("filler" + i));
                assertThrows(
                        StoreFullException.class,
                        () -> Backups.restore(first, second, ProgressListener.none()));
                fill(folder.resolve("more" + i));
                assertEquals(List.of("first"), List.of(elsewhere.toFile().list()));
            }
        }
    }

    @Test
    void shouldLeaveNoHalfBackupAndNoHalfStore() throws IOException {
        Path elsewhere = folder.resolve("disk");
        Files.createDirectories(elsewhere);
        try (EventStore store = EventStore.open(outside.resolve("store"))) {
            for (int i = 0; i < 60; i++) {
                store.append(A, ExpectedVersion.any(), TestEvents.event(i, 100_000));
            }
            store.backup(elsewhere.resolve("fits"), ProgressListener.none());
            Path second = elsewhere.resolve("second");
            assertThrows(
                    StoreFullException.class, () -> store.backup(second, ProgressListener.none()));
            assertThrows(
                    StoreFullException.class,
                    () ->
                            Backups.restore(
                                    elsewhere.resolve("fits"), second, ProgressListener.none()));
            assertThrows(
                    StoreFullException.class,
                    () ->
                            EventExport.write(
                                    store,
                                    EventQuery.all(),
                                    TransferFormat.JSON_LINES,
                                    second,
                                    ProgressListener.none()));
            assertEquals(List.of("fits"), List.of(elsewhere.toFile().list()));
            assertTrue(
                    Backups.verify(elsewhere.resolve("fits"), ProgressListener.none()).isClean());
            store.append(A, ExpectedVersion.exactly(59), TestEvents.event("goes on"));
            assertEquals(61, assertSound(store).size());
        }
    }
}
