package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.FolderRefusedException;
import io.varve.store.errors.VarveException;
import io.varve.store.lmdb.DurableFiles;
import io.varve.store.snapshot.SnapshotStore;
import io.varve.store.transfer.EventImport;
import io.varve.store.transfer.TransferFormat;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pipes and folders in place of files, backups in place of stores, links, archives. */
class StrangeFilesTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir Path folder;

    private Path store() {
        Path store = folder.resolve("store");
        try (EventStore open = EventStore.open(store)) {
            open.append(TestEvents.stream("a"), ExpectedVersion.any(), TestEvents.event("x"));
        }
        return store;
    }

    private static void put(String kind, Path place) throws Exception {
        DurableFiles.delete(place);
        if (kind.equals("folder")) {
            Files.createDirectory(place);
            return;
        }
        try {
            int ended = new ProcessBuilder("mkfifo", place.toString()).start().waitFor();
            Assumptions.assumeTrue(ended == 0, "a pipe cannot be made here");
        } catch (IOException e) {
            Assumptions.abort("there is no mkfifo here");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "log/data.mdb,pipe", "log/lock.mdb,pipe", "log/varve.sync,pipe", "index/data.mdb,pipe",
        "varve.lock,pipe", "log/data.mdb,folder", "log/varve.sync,folder", "index/data.mdb,folder",
        "varve.lock,folder"
    })
    void shouldRefuseWhatIsNoFileInsteadOfWaitingForIt(String name, String kind) throws Exception {
        Path store = store();
        put(kind, store.resolve(name));
        assertTimeoutPreemptively(
                SOON,
                () -> {
                    VarveException e =
                            assertThrows(VarveException.class, () -> EventStore.open(store));
                    assertTrue(e instanceof FolderRefusedException, e::toString);
                    assertTrue(e.getMessage().contains(name), e::getMessage);
                });
        if (!name.endsWith("lock.mdb") && !name.equals("varve.lock")) {
            assertTimeoutPreemptively(
                    SOON,
                    () ->
                            assertFalse(
                                    ClosedStore.verify(store, ProgressListener.none()).isClean()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"data.mdb", "lock.mdb", "varve.sync", "varve.mark"})
    void shouldRefuseAPipeAmongSnapshots(String name) throws Exception {
        SnapshotStore.open(folder).close();
        put("pipe", folder.resolve(name));
        assertTimeoutPreemptively(
                SOON,
                () -> assertThrows(FolderRefusedException.class, () -> SnapshotStore.open(folder)));
    }

    @Test
    void shouldNotTakeAPipeForALogWithoutEvents() throws Exception {
        Path store = store();
        put("pipe", store.resolve("log/data.mdb"));
        StoreConfig config = StoreConfig.at(store);
        assertTimeoutPreemptively(
                SOON,
                () ->
                        assertThrows(
                                FolderRefusedException.class,
                                () -> ClosedStore.rebuildIndex(config, ProgressListener.none())));
    }

    @ParameterizedTest
    @ValueSource(strings = {"pipe", "folder"})
    void shouldImportFromNoPipeAndNoFolder(String kind) throws Exception {
        Path file = folder.resolve("events");
        put(kind, file);
        try (EventStore open = EventStore.open(folder.resolve("store"))) {
            for (TransferFormat format : TransferFormat.values()) {
                assertTimeoutPreemptively(
                        SOON,
                        () ->
                                assertThrows(
                                        FolderRefusedException.class,
                                        () ->
                                                EventImport.read(
                                                        open,
                                                        format,
                                                        file,
                                                        ProgressListener.none())));
            }
        }
    }

    /**
     * The store is not opened with such an index, so it is not clean; the log is read all the same.
     */
    @ParameterizedTest
    @ValueSource(strings = {"real.mdb", "nothing"})
    void shouldTellALinkInPlaceOfTheIndex(String target) throws IOException {
        Path store = store();
        Path data = store.resolve("index/data.mdb");
        Files.move(data, data.resolveSibling("real.mdb"));
        Files.createSymbolicLink(data, data.resolveSibling(target));
        VerificationReport report = ClosedStore.verify(store, ProgressListener.none());
        assertEquals(1, report.events());
        assertEquals(1, report.problems().size(), report::toString);
        assertEquals(VerificationReport.Kind.INDEX, report.problems().get(0).kind());
    }

    @Test
    void shouldMakeNoStoreInsideABackupOrALog() throws IOException {
        Path store = store();
        Path backup = folder.resolve("backup");
        try (EventStore open = EventStore.open(store)) {
            open.backup(backup, ProgressListener.none());
        }
        FolderRefusedException e =
                assertThrows(FolderRefusedException.class, () -> EventStore.open(backup));
        assertTrue(e.remedy().contains("Backups.restore"), e.remedy());
        assertTrue(Backups.verify(backup, ProgressListener.none()).isClean());
        assertEquals(2, backup.toFile().list().length);
        for (String inner : new String[] {"log", "index"}) {
            Path path = store.resolve(inner);
            e = assertThrows(FolderRefusedException.class, () -> EventStore.open(path));
            assertTrue(e.remedy().contains("around it"), e.remedy());
            assertFalse(Files.exists(path.resolve("log")));
        }
    }

    @Test
    void shouldSayThatTheTargetOfARestoreIsALink() throws IOException {
        Path store = store();
        Path backup = folder.resolve("backup");
        try (EventStore open = EventStore.open(store)) {
            open.backup(backup, ProgressListener.none());
        }
        Path link = folder.resolve("link");
        Files.createSymbolicLink(link, Files.createDirectory(folder.resolve("empty")));
        FolderRefusedException e =
                assertThrows(
                        FolderRefusedException.class,
                        () -> Backups.restore(backup, link, ProgressListener.none()));
        assertTrue(e.getMessage().contains("link"), e.getMessage());
    }

    @Test
    void shouldRefuseAPathInsideAnArchive() throws IOException {
        Path zip = folder.resolve("a.zip");
        try (FileSystem inside = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
            Path path = inside.getPath("/store");
            assertThrows(FolderRefusedException.class, () -> EventStore.open(path));
            assertThrows(FolderRefusedException.class, () -> SnapshotStore.open(path));
            assertThrows(VarveException.class, () -> Salvage.read(path, e -> true));
            try (EventStore open = EventStore.open(folder.resolve("store"))) {
                assertThrows(
                        FolderRefusedException.class,
                        () -> open.backup(path, ProgressListener.none()));
            }
        }
    }
}
