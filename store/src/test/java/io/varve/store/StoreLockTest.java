package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.FolderRefusedException;
import io.varve.store.errors.IncompatibleStoreException;
import io.varve.store.errors.InsecureStoreException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.errors.StoreLockedException;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
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

    /**
     * As application servers load each application's copy: they share the process, and its locks.
     */
    @Test
    void shouldRefuseAnotherCopyOfItselfInThisProcess() throws Exception {
        try (EventStore store = EventStore.open(folder);
                URLClassLoader other = copyOfItself()) {
            Method open = other.loadClass(EventStore.class.getName()).getMethod("open", Path.class);
            assertNotSame(EventStore.class, open.getDeclaringClass());
            for (int i = 0; i < 2; i++) {
                InvocationTargetException e =
                        assertThrows(
                                InvocationTargetException.class, () -> open.invoke(null, folder));
                assertEquals(
                        StoreLockedException.class.getName(), e.getCause().getClass().getName());
            }
            // The attempt has not taken the lock away, as the operating system has it.
            try (ChildJvm child = new ChildJvm(HoldingChild.class, folder)) {
                assertEquals(1, child.exitCodeOfOneThatSaysNothing());
            }
            store.append(TestEvents.stream("a"), ExpectedVersion.any(), TestEvents.event("x"));
        }
        try (URLClassLoader other = copyOfItself()) {
            Class<?> type = other.loadClass(EventStore.class.getName());
            Object store = type.getMethod("open", Path.class).invoke(null, folder);
            assertEquals(0L, type.getMethod("head").invoke(store));
            assertThrows(StoreLockedException.class, () -> EventStore.open(folder));
            type.getMethod("close").invoke(store);
        }
        EventStore.open(folder).close();
    }

    private static URLClassLoader copyOfItself() throws IOException {
        List<URL> urls = new ArrayList<>();
        for (String part : System.getProperty("java.class.path").split(File.pathSeparator)) {
            urls.add(Path.of(part).toUri().toURL());
        }
        return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
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

    /** The lock files are gone, and with them the locks; LMDB's own tells. */
    @Test
    void shouldRefuseAStoreThatIsOpenThoughItsLockFilesWereDeleted() throws Exception {
        try (EventStore store = EventStore.open(folder)) {
            store.append(TestEvents.stream("a"), ExpectedVersion.any(), TestEvents.event("x"));
        }
        try (ChildJvm child = new ChildJvm(HoldingChild.class, folder)) {
            assertEquals("open head=0", child.line());
            for (String part : List.of(".", "log", "index")) {
                Files.delete(folder.resolve(part).resolve("varve.lock"));
            }
            for (int i = 0; i < 2; i++) {
                StoreLockedException e =
                        assertThrows(StoreLockedException.class, () -> EventStore.open(folder));
                assertTrue(e.remedy().contains("varve.lock"), e.remedy());
            }
            child.kill();
            try (EventStore again = EventStore.open(folder)) {
                assertEquals(0, again.head());
            }
        }
    }

    @Test
    void shouldRefuseASecondOpenerOfThisProcessThoughTheLockFilesWereDeleted() throws IOException {
        try (EventStore store = EventStore.open(folder)) {
            store.append(TestEvents.stream("a"), ExpectedVersion.any(), TestEvents.event("x"));
            for (String part : List.of(".", "log", "index")) {
                Files.delete(folder.resolve(part).resolve("varve.lock"));
            }
            for (int i = 0; i < 2; i++) {
                StoreLockedException e =
                        assertThrows(StoreLockedException.class, () -> EventStore.open(folder));
                assertEquals(ProcessHandle.current().pid(), e.pid());
            }
        }
        EventStore.open(folder).close();
    }

    @Test
    void shouldKeepAnotherProcessOut() throws Exception {
        try (EventStore store = EventStore.open(folder);
                ChildJvm child = new ChildJvm(HoldingChild.class, folder)) {
            assertEquals(1, child.exitCodeOfOneThatSaysNothing());
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
        FolderRefusedException refused =
                assertThrows(FolderRefusedException.class, () -> EventStore.open(file));
        assertEquals(file, refused.path());
        assertThrows(StoreIoException.class, () -> EventStore.open(file.resolve("below")));
        assertEquals("not a folder", Files.readString(file));
    }

    @Test
    void shouldRefuseALogThatIsASymbolicLink() throws IOException {
        Path log = Files.createDirectories(folder.resolve("log"));
        Path elsewhere = Files.createFile(folder.resolve("elsewhere"));
        for (String name : List.of("log/data.mdb", "log/lock.mdb", "index/data.mdb")) {
            Path link = folder.resolve(name);
            Files.createDirectories(link.getParent());
            Files.createSymbolicLink(link, elsewhere);
            assertThrows(InsecureStoreException.class, () -> EventStore.open(folder), name);
            Files.delete(link);
        }
        assertEquals(0, Files.size(elsewhere));
    }

    @Test
    void shouldNotWriteThroughALinkInPlaceOfTheLockFile() throws IOException {
        Path elsewhere = Files.writeString(folder.resolve("elsewhere"), "of somebody else");
        Path store = Files.createDirectories(folder.resolve("store"));
        Files.createSymbolicLink(store.resolve("varve.lock"), elsewhere);
        InsecureStoreException e =
                assertThrows(InsecureStoreException.class, () -> EventStore.open(store));
        assertTrue(e.getMessage().contains("varve.lock"), e.getMessage());
        assertEquals("of somebody else", Files.readString(elsewhere));
        Files.delete(store.resolve("varve.lock"));
        EventStore.open(store).close();
    }

    @Test
    void shouldRefuseFilesThatEverybodyMayWrite() throws IOException {
        EventStore.open(folder).close();
        for (String name : List.of("log", "log/data.mdb", "log/lock.mdb", "index")) {
            Path path = folder.resolve(name);
            Set<PosixFilePermission> before = Files.getPosixFilePermissions(path);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx---rwx"));
            InsecureStoreException e =
                    assertThrows(InsecureStoreException.class, () -> EventStore.open(folder));
            assertTrue(e.remedy().contains("chmod"), e.remedy());
            System.setProperty("varve.insecure.allow", "true");
            try {
                EventStore.open(folder).close();
            } finally {
                System.clearProperty("varve.insecure.allow");
            }
            Files.setPosixFilePermissions(path, before);
            EventStore.open(folder).close();
        }
    }

    /** Folders of teams, and volumes of containers, are often so. */
    @Test
    void shouldOpenInAFolderThatOthersMayWrite() throws IOException {
        Path shared = Files.createDirectories(folder.resolve("shared"));
        Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwxrwx"));
        EventStore.open(shared).close();
        EventStore.open(shared.resolve("store")).close();
        Path log = shared.resolve("store").resolve("log");
        assertEquals(
                PosixFilePermissions.fromString("rwx------"), Files.getPosixFilePermissions(log));
        Files.setPosixFilePermissions(log, PosixFilePermissions.fromString("rwxrwxr-x"));
        EventStore.open(shared.resolve("store")).close();
    }

    @Test
    void shouldBelongToItsOwnerAloneWhateverTheUmask() throws Exception {
        Path made = folder.resolve("made");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process =
                new ProcessBuilder(
                                "sh",
                                "-c",
                                "umask 0; exec \"$@\"",
                                "sh",
                                java,
                                "-cp",
                                System.getProperty("java.class.path"),
                                HoldingChild.class.getName(),
                                made.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectInput(Path.of("/dev/null").toFile())
                        .start();
        assertEquals(0, process.waitFor());
        try (var paths = Files.walk(made)) {
            for (Path path : paths.toList()) {
                String expected = Files.isDirectory(path) ? "rwx------" : "rw-------";
                assertEquals(
                        PosixFilePermissions.fromString(expected),
                        Files.getPosixFilePermissions(path),
                        path.toString());
            }
        }
    }

    @Test
    void shouldStopWritingWhenAFileIsDeletedOrReplaced() throws Exception {
        for (String name : List.of("log/data.mdb", "log/lock.mdb", "varve.lock")) {
            for (boolean replaced : new boolean[] {false, true}) {
                Path path = folder.resolve(name.replace('/', '-') + replaced);
                EventStore store = EventStore.open(path);
                store.append(TestEvents.stream("a"), ExpectedVersion.any(), TestEvents.event("x"));
                Path file = path.resolve(name);
                Path copy = Files.copy(file, folder.resolve("copy"));
                Files.delete(file);
                if (replaced) {
                    Files.move(copy, file);
                }
                Files.deleteIfExists(copy);
                StoreCorruptedException e =
                        assertThrows(StoreCorruptedException.class, () -> appendForEver(store));
                assertTrue(e.getMessage().contains("deleted or replaced"), e.getMessage());
                long head = store.head();
                for (int i = 0; i < 3; i++) {
                    assertThrows(StoreCorruptedException.class, () -> appendForEver(store));
                }
                assertEquals(head, store.head());
                assertEquals(head + 1, TestEvents.all(store).size());
                store.close();
            }
        }
    }

    private static void appendForEver(EventStore store) {
        long end = System.nanoTime() + 60_000_000_000L;
        while (System.nanoTime() < end) {
            store.append(TestEvents.stream("a"), ExpectedVersion.any(), TestEvents.event("x"));
        }
    }
}
