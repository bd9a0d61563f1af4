package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.VerificationReport.Kind;
import io.varve.store.VerificationReport.Problem;
import io.varve.store.errors.FolderRefusedException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.VarveException;
import io.varve.store.lmdb.DurableFiles;
import io.varve.store.lmdb.LmdbEnvironment;
import io.varve.store.lmdb.LmdbOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log that lacks what its index tells of: emptied, gone, or an older copy. */
class LostLogTest {
    private static final int EVENTS = 100;
    private static final NewEvent EVENT = TestEvents.event("kept");

    @TempDir Path folder;
    private Path store;
    private Path log;
    private Path index;

    @BeforeEach
    void make() {
        store = folder.resolve("store");
        log = store.resolve("log/data.mdb");
        index = store.resolve("index/data.mdb");
        append(EVENTS);
    }

    private void append(int count) {
        try (EventStore open = EventStore.open(store)) {
            for (int i = 0; i < count; i++) {
                open.append(TestEvents.stream("a"), ExpectedVersion.any(), TestEvents.event(i, 90));
            }
        }
    }

    private void empty() throws IOException {
        Files.write(log, new byte[0]);
        Files.deleteIfExists(store.resolve("log/varve.sync"));
    }

    private Problem onlyProblem() {
        VerificationReport report = ClosedStore.verify(store, ProgressListener.none());
        assertEquals(1, report.problems().size(), report.problems()::toString);
        return report.problems().get(0);
    }

    private void assertNothingIsMade() throws IOException {
        byte[] before = Files.readAllBytes(index);
        StoreConfig config = StoreConfig.at(store);
        StoreCorruptedException e =
                assertThrows(
                        StoreCorruptedException.class,
                        () -> ClosedStore.rebuildIndex(config, ProgressListener.none()));
        assertFalse(e.remedy().isEmpty());
        assertTrue(Arrays.equals(before, Files.readAllBytes(index)), "the index stays");
        assertThrows(StoreCorruptedException.class, () -> EventStore.open(store));
    }

    private static String told(Path store) {
        return told(StoreCorruptedException.class, store);
    }

    private static String told(Class<? extends VarveException> type, Path store) {
        Problem problem = Doors.told(type, store);
        return problem.what() + ". " + problem.remedy();
    }

    @Test
    void shouldJudgeALostLogAlikeWhateverIsToBeDone() throws IOException {
        String back = "Put the log back, or restore a backup";
        empty();
        assertTrue(told(store).contains("empty, but its index reaches to position=99"));
        assertTrue(told(store).contains(back));
        Files.delete(log);
        assertTrue(told(store).contains("missing, but its index reaches to position=99"));
        DurableFiles.delete(log.getParent());
        assertTrue(told(store).contains("missing, and so is its folder"));
        assertTrue(told(store).contains(back));
        Files.delete(index);
        assertTrue(told(store).contains("an index was made of it"));
    }

    @Test
    void shouldJudgeABackupAlikeWhateverIsToBeDone() {
        Path backup = folder.resolve("backup");
        try (EventStore open = EventStore.open(store)) {
            open.backup(backup, ProgressListener.none());
        }
        String told = told(FolderRefusedException.class, backup);
        assertTrue(told.contains("The folder is a backup"), told);
    }

    /** Killed before anything was merged, when the index does not tell of events. */
    @Test
    void shouldRefuseAFolderWithoutALogWhereAnIndexWasMade() throws IOException {
        Path killed = folder.resolve("killed");
        Files.createDirectories(killed.resolve("index"));
        try (EventStore open = EventStore.open(folder.resolve("fresh"))) {
            open.append(TestEvents.stream("a"), ExpectedVersion.noStream(), EVENT);
            for (String file : List.of("data.mdb", "varve.sync")) {
                Files.copy(
                        folder.resolve("fresh/index").resolve(file),
                        killed.resolve("index").resolve(file));
            }
        }
        for (int i = 0; i < 2; i++) {
            StoreCorruptedException e =
                    assertThrows(StoreCorruptedException.class, () -> EventStore.open(killed));
            assertTrue(e.getMessage().contains("the log is lost"), e.getMessage());
            assertFalse(Files.exists(killed.resolve("log")));
        }
        assertFalse(ClosedStore.verify(killed, ProgressListener.none()).isClean());
    }

    @Test
    void shouldNameAnEmptyLogAsWhatIsMissing() throws IOException {
        empty();
        Problem problem = onlyProblem();
        assertEquals(Kind.FILE, problem.kind());
        assertTrue(problem.what().contains("the data file is empty"), problem.what());
        assertTrue(problem.what().contains("position=99"), problem.what());
        assertTrue(problem.remedy().contains("backup"), problem.remedy());
    }

    @Test
    void shouldMakeNoEmptyIndexOfAnEmptyLog() throws IOException {
        empty();
        assertNothingIsMade();
        assertTrue(onlyProblem().what().contains("the data file is empty"));
        assertNothingIsMade();
    }

    @Test
    void shouldMakeNoIndexOfALogThatIsGone() throws IOException {
        Files.delete(log);
        Files.deleteIfExists(store.resolve("log/varve.sync"));
        assertTrue(onlyProblem().what().contains("missing, but its index reaches to position=99"));
        assertNothingIsMade();
    }

    @Test
    void shouldRefuseAnOlderLogBesideANewerIndex() throws IOException {
        Path older = folder.resolve("older");
        TestEvents.copy(store, older);
        append(EVENTS);
        Files.copy(older.resolve("log/data.mdb"), log, StandardCopyOption.REPLACE_EXISTING);
        Files.deleteIfExists(store.resolve("log/varve.sync"));
        assertTrue(onlyProblem().what().contains("the log ends at position=99"));
        assertEquals("log", onlyProblem().where());
        StoreCorruptedException e =
                assertThrows(StoreCorruptedException.class, () -> EventStore.open(store));
        assertTrue(e.getMessage().contains("index reaches to position=199"), e.getMessage());
        assertNothingIsMade();
        Files.delete(index); // the remedy
        try (EventStore open = EventStore.open(store)) {
            assertEquals(EVENTS - 1, open.head());
        }
    }

    @Test
    void shouldBuildTheIndexOfALogWithoutAny() throws IOException {
        DurableFiles.delete(store.resolve("index"));
        ClosedStore.rebuildIndex(StoreConfig.at(store), ProgressListener.none());
        try (EventStore open = EventStore.open(store)) {
            assertEquals(EVENTS - 1, open.head());
            assertTrue(open.verify(ProgressListener.none()).isClean());
        }
    }

    /** A copy of a store as by kill -9: its index was not merged yet, and tells of nothing. */
    private Path killed(Durability durability) throws IOException {
        Path left = folder.resolve("left " + durability);
        Path made = folder.resolve("made " + durability);
        try (EventStore open = EventStore.open(StoreConfig.at(made).withDurability(durability))) {
            open.append(TestEvents.stream("a"), ExpectedVersion.any(), EVENT);
            open.sync();
            TestEvents.copy(made, left);
            Files.copy(made.resolve("log/varve.sync"), left.resolve("log/varve.sync"));
        }
        return left;
    }

    private static void assertLost(Path left, String what) {
        StoreCorruptedException e =
                assertThrows(StoreCorruptedException.class, () -> EventStore.open(left).close());
        assertTrue(e.getMessage().contains("the data file is " + what), e.getMessage());
        assertTrue(e.remedy().contains("Put the log back"), e.remedy());
        List<Problem> problems =
                ClosedStore.verify(left, ProgressListener.none()).problems().stream()
                        .filter(problem -> problem.what().contains("the data file is " + what))
                        .toList();
        assertEquals(1, problems.size());
        assertEquals(Kind.FILE, problems.get(0).kind());
    }

    @Test
    void shouldRefuseALogThatIsKnownToHaveBeenOnDisk() throws IOException {
        for (Durability durability :
                List.of(Durability.SYNC, Durability.async(Duration.ofMillis(5)))) {
            Path left = killed(durability);
            Path data = left.resolve("log/data.mdb");
            Files.write(data, new byte[0]);
            assertLost(left, "empty");
            Files.delete(data);
            assertLost(left, "missing");
            assertLost(left, "missing"); // the witness stays
            assertFalse(Files.exists(data));
            DurableFiles.delete(left.resolve("index"));
            assertLost(left, "missing");
        }
    }

    /** The making of a log, cut short at each step before its file of syncs is there. */
    @Test
    void shouldOpenWhatWasLeftBeforeAnythingWasOnDisk() throws IOException {
        Path made = folder.resolve("made");
        LmdbEnvironment.open(made, new LmdbOptions(1 << 20, 2, false, Log.REMEDY)).close();
        byte[] file = Files.readAllBytes(made.resolve("data.mdb"));
        for (int bytes : new int[] {-1, 0, file.length / 2, file.length}) {
            for (boolean begun : List.of(false, true)) {
                Path left = folder.resolve("bytes=" + bytes + " begun=" + begun);
                Files.createDirectories(left.resolve("log"));
                if (bytes >= 0) {
                    Files.write(left.resolve("log/data.mdb"), Arrays.copyOf(file, bytes));
                }
                if (begun) {
                    Files.write(left.resolve("log/varve.sync.new"), new byte[10]);
                }
                try (EventStore open = EventStore.open(left)) {
                    open.append(TestEvents.stream("a"), ExpectedVersion.noStream(), EVENT);
                    assertEquals(0, open.head());
                }
            }
        }
    }
}
