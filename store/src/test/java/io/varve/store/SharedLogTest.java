package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.InsecureStoreException;
import io.varve.store.errors.StoreLockedException;
import io.varve.store.errors.VarveException;
import io.varve.store.lmdb.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two stores with one log, or one index: by links, or mounted twice. No file is written by two. */
class SharedLogTest {
    private static final int EVENTS = 8;

    @TempDir Path folder;
    private Path store;
    private Path other;

    @BeforeEach
    void make() {
        store = folder.resolve("store");
        other = folder.resolve("other");
        fill(store);
        fill(other);
    }

    private static void fill(Path path) {
        try (EventStore open = open(path)) {
            for (int i = 0; i < EVENTS; i++) {
                append(open);
            }
        }
    }

    private static EventStore open(Path path) {
        return EventStore.open(
                StoreConfig.at(path).withMergeEvents(3).withInitialMapBytes(1 << 20));
    }

    private static void append(EventStore open) {
        open.append(TestEvents.stream("a"), ExpectedVersion.any(), TestEvents.event("x"));
    }

    private void link(String part) throws IOException {
        DurableFiles.delete(other.resolve(part));
        Files.createSymbolicLink(other.resolve(part), store.resolve(part));
    }

    private void assertInUse(String part, long pid, List<Runnable> calls) throws IOException {
        for (Runnable call : calls) {
            StoreLockedException e = assertThrows(StoreLockedException.class, call::run);
            assertEquals(store.resolve(part).toRealPath(), e.path());
            assertEquals(pid, e.pid());
        }
    }

    private List<Runnable> calls() {
        return List.of(
                () -> open(other),
                () -> ClosedStore.verify(other, ProgressListener.none()),
                () -> ClosedStore.rebuildIndex(StoreConfig.at(other), ProgressListener.none()),
                () -> Salvage.read(other, event -> true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"log", "index"})
    void shouldRefuseALinkToWhatIsOpenInThisProcess(String part) throws Exception {
        link(part);
        try (EventStore first = open(store)) {
            for (int i = 0; i < 3; i++) {
                assertInUse(part, ProcessHandle.current().pid(), calls());
                append(first);
            }
            try (ChildJvm child = new ChildJvm(HoldingChild.class, other)) {
                assertEquals(1, child.exitCodeOfOneThatSaysNothing());
            }
            append(first);
            assertTrue(first.verify(ProgressListener.none()).isClean());
        }
        try (EventStore first = open(store)) {
            assertEquals(EVENTS + 4, TestEvents.assertSound(first).size());
        }
    }

    /** It is no copy: who opens it later has the one log, under either name. */
    @Test
    void shouldRefuseALinkToWhatAnotherProcessHasOpen() throws Exception {
        link("log");
        try (ChildJvm child = new ChildJvm(HoldingChild.class, store)) {
            assertTrue(child.line().startsWith("open"));
            assertInUse("log", child.pid(), calls());
            child.kill();
        }
        try (EventStore linked = open(other)) {
            assertThrows(StoreLockedException.class, () -> open(store));
            append(linked);
        }
        try (EventStore first = open(store)) {
            assertEquals(EVENTS + 1, TestEvents.assertSound(first).size());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"log/data.mdb", "log/lock.mdb", "log/varve.sync", "index/data.mdb"})
    void shouldRefuseAFileThatHasAnotherName(String name) throws Exception {
        Path file = other.resolve(name);
        Path taken = Files.move(file, folder.resolve("taken"));
        try (EventStore first = open(store)) {
            Files.createLink(file, store.resolve(name));
            InsecureStoreException e =
                    assertThrows(InsecureStoreException.class, () -> open(other));
            assertTrue(e.getMessage().contains("names=2"), e.getMessage());
            assertTrue(e.getMessage().contains(name), e.getMessage());
            append(first);
        }
        VarveException told = assertThrows(InsecureStoreException.class, () -> open(store));
        VerificationReport report = ClosedStore.verify(store, ProgressListener.none());
        assertEquals(told.what(), report.problems().get(0).what());
        assertEquals(told.remedy(), report.problems().get(0).remedy());
        Path copy = folder.resolve("copy");
        copy(store, copy); // as the remedy says
        for (Path path : List.of(copy, store)) {
            try (EventStore open = open(path)) {
                assertEquals(EVENTS + 1, TestEvents.assertSound(open).size());
            }
            Files.deleteIfExists(file); // the other half of the remedy
        }
        Files.move(taken, file);
        open(other).close();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Files.copy(path, to.resolve(from.relativize(path)));
            }
        }
    }

    @Test
    void shouldRefuseALogThatIsMountedTwice() throws Exception {
        Path log = other.resolve("log");
        DurableFiles.delete(log);
        Files.createDirectory(log);
        int ended;
        try {
            ended =
                    new ProcessBuilder("mount", "--bind", store + "/log", log.toString())
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor();
        } catch (IOException e) {
            ended = -1;
        }
        Assumptions.assumeTrue(ended == 0, "nothing can be mounted by this user");
        try (EventStore first = open(store)) {
            for (int i = 0; i < 3; i++) {
                assertThrows(StoreLockedException.class, () -> open(other));
            }
            append(first);
            assertTrue(first.verify(ProgressListener.none()).isClean());
        } finally {
            // Lazily: where somebody was let in, he has it open.
            new ProcessBuilder("umount", "-l", log.toString()).start().waitFor();
        }
        assertFalse(Files.exists(log.resolve("data.mdb")));
    }
}
