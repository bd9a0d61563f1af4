package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.VerificationReport.Problem;
import io.varve.store.errors.FolderRefusedException;
import io.varve.store.lmdb.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A path where no store is: what only looks makes none, and opening only where it may. */
class CreateIfMissingTest {
    @TempDir Path folder;

    private static StoreConfig thatIsThere(Path path) {
        return StoreConfig.at(path).withCreateIfMissing(false);
    }

    private void assertRefused(Path path, String what) throws IOException {
        List<Path> before = tree();
        Problem told = ClosedStore.verify(path, ProgressListener.none()).problems().get(0);
        for (var call :
                List.<org.junit.jupiter.api.function.Executable>of(
                        () -> EventStore.open(thatIsThere(path)),
                        () -> Salvage.read(path, event -> true),
                        () -> ClosedStore.rebuildIndex(thatIsThere(path), (done, all) -> {}))) {
            FolderRefusedException e = assertThrows(FolderRefusedException.class, call);
            assertEquals(path, e.path());
            assertEquals(told.what(), e.what());
            assertEquals(told.remedy(), e.remedy());
            assertTrue(e.what().startsWith(what), e.what());
        }
        assertEquals(before, tree());
    }

    private List<Path> tree() throws IOException {
        try (var paths = Files.walk(folder)) {
            return paths.sorted().toList();
        }
    }

    @Test
    void shouldMakeNothingWhereNoStoreIs() throws IOException {
        assertRefused(folder.resolve("mistyped"), "There is no such folder");
        assertRefused(folder.resolve("mistyped/below"), "There is no such folder");
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertRefused(empty, "There is no store in the folder");
        Files.createDirectory(empty.resolve("log"));
        Files.createDirectory(empty.resolve("index"));
        assertRefused(empty, "There is no store in the folder");
    }

    @Test
    void shouldOpenWhatIsThereAndMakeItOnlyWhereItMay() {
        Path path = folder.resolve("store");
        assertTrue(StoreConfig.at(path).createIfMissing());
        EventStore.open(StoreConfig.at(path).withCreateIfMissing(true))
                .close(); // as the remedy says
        try (EventStore open = EventStore.open(thatIsThere(path))) {
            assertFalse(open.config().createIfMissing());
            open.append(TestEvents.stream("a"), ExpectedVersion.any(), TestEvents.event("x"));
        }
        try (EventStore open = EventStore.open(thatIsThere(path))) {
            assertEquals(1, TestEvents.assertSound(open).size());
        }
    }

    /** An index of which nothing can be read says nothing of a log. */
    @Test
    void shouldMakeNoLogBesideAnIndexThatTellsOfNone() throws IOException {
        Path path = folder.resolve("store");
        EventStore.open(path).close();
        DurableFiles.delete(path.resolve("log"));
        Files.delete(path.resolve("index/varve.sync"));
        Files.write(path.resolve("index/data.mdb"), new byte[5000]);
        FolderRefusedException e =
                assertThrows(
                        FolderRefusedException.class, () -> EventStore.open(thatIsThere(path)));
        assertTrue(e.what().startsWith("There is no store in the folder"), e.what());
        assertFalse(Files.exists(path.resolve("log")));
        EventStore.open(path).close();
    }
}
