package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.IncompatibleStoreException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.errors.StoreLockedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may open a folder, and what may be in it. */
class StoreLockTest {
    @TempDir Path folder;

    @Test
    void shouldRefuseASecondOpenerOfThisProcess() throws IOException {
        Path link = folder.resolve("link");
        Path store = folder.resolve("store");
        try (EventStore first = EventStore.open(store)) {
            Files.createSymbolicLink(link, store);
            for (Path path : List.of(store, link, store.resolve("../store"))) {
                StoreLockedException e =
                        assertThrows(StoreLockedException.class, () -> EventStore.open(path));
                assertEquals(ProcessHandle.current().pid(), e.pid());
                assertEquals(store.toRealPath(), e.path());
            }
            first.append(TestEvents.stream("a"), ExpectedVersion.any(), TestEvents.event("x"));
        }
        try (EventStore again = EventStore.open(link)) {
            assertEquals(0, again.head());
        }
    }

    @Test
    void shouldRefuseAnotherProcessUntilTheFirstIsKilled() throws Exception {
        try (ChildJvm child = new ChildJvm(HoldingChild.class, folder)) {
            assertEquals("open head=-1", child.line());
            for (int i = 0; i < 3; i++) {
                StoreLockedException e =
                        assertThrows(StoreLockedException.class, () -> EventStore.open(folder));
                assertEquals(child.pid(), e.pid());
            }
            child.kill();
            EventStore.open(folder).close();
        }
    }

    @Test
    void shouldKeepAnotherProcessOut() throws Exception {
        try (EventStore store = EventStore.open(folder);
                ChildJvm child = new ChildJvm(HoldingChild.class, folder)) {
            assertEquals(List.of(), child.lines());
            assertEquals(1, child.exitCode());
            assertEquals(-1, store.head());
        }
    }

    @Test
    void shouldBelongToItsOwnerAlone() throws IOException {
        Path made = folder.resolve("above").resolve("store");
        try (EventStore store = EventStore.open(made)) {
            store.append(TestEvents.stream("a"), ExpectedVersion.any(), TestEvents.event("x"));
            try (var paths = Files.walk(folder.resolve("above"))) {
                for (Path path : paths.toList()) {
                    String expected = Files.isDirectory(path) ? "rwx------" : "rw-------";
                    assertEquals(
                            PosixFilePermissions.fromString(expected),
                            Files.getPosixFilePermissions(path),
                            path.toString());
                }
            }
        }
    }

    @Test
    void shouldRefuseAForeignFileAndLeaveItAlone() throws IOException {
        Path log = Files.createDirectories(folder.resolve("log"));
        byte[] foreign = TestEvents.payload(1, 20_000);
        Files.write(log.resolve("data.mdb"), foreign);
        for (int i = 0; i < 2; i++) {
            IncompatibleStoreException e =
                    assertThrows(IncompatibleStoreException.class, () -> EventStore.open(folder));
            assertTrue(e.getMessage().contains("path="), e.getMessage());
        }
        org.junit.jupiter.api.Assertions.assertArrayEquals(
                foreign, Files.readAllBytes(log.resolve("data.mdb")));
    }

    @Test
    void shouldRefuseAFileInPlaceOfTheFolder() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "not a folder");
        assertThrows(StoreIoException.class, () -> EventStore.open(file));
        assertThrows(StoreIoException.class, () -> EventStore.open(file.resolve("below")));
        assertEquals("not a folder", Files.readString(file));
    }

    @Test
    void shouldRefuseALogThatIsASymbolicLink() throws IOException {
        Path log = Files.createDirectories(folder.resolve("log"));
        Path elsewhere = Files.createFile(folder.resolve("elsewhere"));
        Files.createSymbolicLink(log.resolve("data.mdb"), elsewhere);
        assertThrows(StoreIoException.class, () -> EventStore.open(folder));
        assertEquals(0, Files.size(elsewhere));
    }
}
