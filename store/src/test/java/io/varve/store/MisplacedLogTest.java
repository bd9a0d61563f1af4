package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.VerificationReport.Kind;
import io.varve.store.VerificationReport.Problem;
import io.varve.store.errors.FolderRefusedException;
import io.varve.store.errors.IncompatibleStoreException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.lmdb.DurableFiles;
import io.varve.store.lmdb.LmdbEnvironment;
import io.varve.store.lmdb.LmdbOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders that are swapped, of another store, or no folders; each remedy is followed. */
class MisplacedLogTest {
    private static final int EVENTS = 20;

    @TempDir Path folder;
    private Path store;
    private Path log;
    private Path index;

    @BeforeEach
    void make() {
        store = folder.resolve("store");
        log = store.resolve("log");
        index = store.resolve("index");
        fill(store, "kept");
    }

    private static void fill(Path store, String text) {
        try (EventStore open = EventStore.open(StoreConfig.at(store).withMergeEvents(5))) {
            for (int i = 0; i < EVENTS; i++) {
                open.append(
                        TestEvents.stream("a"), ExpectedVersion.any(), TestEvents.event(text + i));
            }
        }
    }

    private static void swap(Path one, Path other) throws IOException {
        Path beside = one.resolveSibling("beside");
        Files.move(one, beside);
        Files.move(other, one);
        Files.move(beside, other);
    }

    private void assertWhole(String text) {
        assertEquals(List.of(), ClosedStore.verify(store, ProgressListener.none()).problems());
        try (EventStore open = EventStore.open(store)) {
            List<RecordedEvent> events = TestEvents.assertSound(open);
            assertEquals(EVENTS, events.size());
            assertEquals(text + "0", TestEvents.text(events.get(0)));
            assertEquals(List.of(), open.verify(ProgressListener.none()).problems());
        }
    }

    @Test
    void shouldSayThatLogAndIndexMayBeSwapped() throws IOException {
        for (Path[] swapped :
                List.of(
                        new Path[] {log, index},
                        new Path[] {log.resolve("data.mdb"), index.resolve("data.mdb")})) {
            swap(swapped[0], swapped[1]);
            Problem told = Doors.told(StoreCorruptedException.class, store);
            assertTrue(told.what().contains("may be swapped"), told.what());
            assertTrue(told.remedy().contains("Delete neither"), told.remedy());
            swap(swapped[0], swapped[1]);
            assertWhole("kept");
        }
    }

    /** What lies in the place of the log cannot be opened, so only the bytes tell. */
    @Test
    void shouldSayThatTheyMayBeSwappedWhereTheIndexIsDamagedAsWell() throws IOException {
        byte[] whole = Files.readAllBytes(index.resolve("data.mdb"));
        byte[] bad = whole.clone();
        Arrays.fill(bad, 0, 8192, (byte) 0);
        Files.write(index.resolve("data.mdb"), bad);
        swap(log, index);
        Problem told = Doors.told(StoreCorruptedException.class, store);
        assertTrue(told.what().contains("may be swapped"), told.what());
        DurableFiles.delete(log);
        told = Doors.told(StoreCorruptedException.class, store);
        assertTrue(told.what().contains("may be swapped"), told.what());
        Files.move(index, log);
        ClosedStore.rebuildIndex(StoreConfig.at(store), ProgressListener.none());
        assertWhole("kept");
    }

    @Test
    void shouldSayThatAnIndexIsInThePlaceOfTheLog() throws IOException {
        Path taken = folder.resolve("taken");
        Files.move(log, taken);
        Files.createDirectory(log);
        Files.copy(index.resolve("data.mdb"), log.resolve("data.mdb"));
        Problem told = Doors.told(StoreCorruptedException.class, store);
        assertTrue(told.what().contains("'log' holds an index"), told.what());
        assertTrue(told.remedy().contains("put the log back"), told.remedy());
        DurableFiles.delete(log);
        Files.move(taken, log);
        assertWhole("kept");
    }

    /** The index is derived and may be deleted, but not when it is the log. */
    @Test
    void shouldDeleteNoLogThatIsInThePlaceOfTheIndex() throws IOException {
        Path other = folder.resolve("other");
        fill(other, "other");
        DurableFiles.delete(index);
        Files.move(log, index);
        Files.move(other.resolve("log"), log);
        Problem told = Doors.toldOfIndex(StoreCorruptedException.class, store);
        assertTrue(told.what().contains("'index' holds a log"), told.what());
        assertTrue(told.remedy().contains("Delete neither"), told.remedy());
        Files.move(log, other.resolve("log"));
        Files.move(index, log);
        assertWhole("kept");
    }

    /** Which of the two is newer nobody but the user knows. */
    @Test
    void shouldDeleteNoCopyOfTheLogThatIsInThePlaceOfTheIndex() throws IOException {
        Files.copy(
                log.resolve("data.mdb"),
                index.resolve("data.mdb"),
                StandardCopyOption.REPLACE_EXISTING);
        Problem told = Doors.toldOfIndex(StoreCorruptedException.class, store);
        assertTrue(told.remedy().contains("move the other out"), told.remedy());
        Files.move(index, folder.resolve("taken"));
        EventStore.open(store).close();
        assertWhole("kept");
    }

    @Test
    void shouldJudgeALogOfWhichNothingCanBeReadAlike() throws IOException {
        Path data = log.resolve("data.mdb");
        byte[] whole = Files.readAllBytes(data);
        byte[] noise = new byte[whole.length];
        new SplittableRandom(5).nextBytes(noise);
        List<byte[]> bad = new ArrayList<>(List.of(new byte[whole.length], noise));
        for (int length : new int[] {1, 4095, 4096, 8192}) {
            bad.add(Arrays.copyOf(whole, length));
        }
        for (byte[] bytes : bad) {
            Files.write(data, bytes);
            Problem told = Doors.told(StoreCorruptedException.class, store);
            assertTrue(told.what().contains("nothing in it can be read"), told.what());
            assertTrue(told.remedy().startsWith("Put the log back, or"), told.remedy());
            assertFalse(told.remedy().contains("Salvage"), told.remedy());
        }
        Files.write(data, whole);
        assertWhole("kept");
    }

    /** LMDB takes it for a file of somebody else; what is in it says that it is ours. */
    @Test
    void shouldAdviseToSalvageALogThatHasLostItsFirstPage() throws IOException {
        Path data = log.resolve("data.mdb");
        byte[] whole = Files.readAllBytes(data);
        Arrays.fill(whole, 0, 4096, (byte) 7);
        Files.write(data, whole);
        StoreConfig config = StoreConfig.at(store);
        StoreCorruptedException e =
                assertThrows(StoreCorruptedException.class, () -> EventStore.open(store));
        StoreCorruptedException rebuilding =
                assertThrows(
                        StoreCorruptedException.class,
                        () -> ClosedStore.rebuildIndex(config, ProgressListener.none()));
        assertEquals(e.what(), rebuilding.what());
        assertTrue(e.remedy().contains("Salvage"), e.remedy());
        VerificationReport report = ClosedStore.verify(store, ProgressListener.none());
        report.problems().forEach(problem -> assertEquals(e.remedy(), problem.remedy()));
        assertEquals(EVENTS, Salvage.read(store, event -> true).events());
    }

    @Test
    void shouldAdviseToDeleteNoIndexBesideALogThatIsDamaged() throws IOException {
        Files.write(index.resolve("data.mdb"), new byte[8192]);
        LogFile file = new LogFile(store);
        file.blocks(10).forEach(block -> file.flip(block + BlockFormat.BODY_CRC, 1));
        file.write();
        VerificationReport report = ClosedStore.verify(store, ProgressListener.none());
        List<Problem> ofIndex =
                report.problems().stream().filter(p -> p.kind() == Kind.INDEX).toList();
        assertFalse(ofIndex.isEmpty(), report::toString);
        assertTrue(ofIndex.size() < report.problems().size(), report::toString);
        for (Problem problem : ofIndex) {
            assertTrue(problem.remedy().startsWith("See to the log first"), problem.remedy());
        }
    }

    @Test
    void shouldTakeNoFileOfAnotherProgramForALogWithoutEvents() throws IOException {
        DurableFiles.delete(log);
        DurableFiles.delete(index);
        try (LmdbEnvironment foreign =
                LmdbEnvironment.open(log, new LmdbOptions(1 << 20, 2, false, "none"))) {
            foreign.table("theirs");
        }
        Problem told = Doors.told(IncompatibleStoreException.class, store);
        assertTrue(told.what().contains("another program"), told.what());
        Files.write(log.resolve("data.mdb"), TestEvents.payload(1, 20_000));
        DurableFiles.delete(log.resolve("varve.sync"));
        told = Doors.told(IncompatibleStoreException.class, store);
        assertTrue(told.what().contains("another program"), told.what());
        Files.move(log, folder.resolve("theirs"));
        EventStore.open(store).close(); // a folder of its own
    }

    private void put(Path place, boolean link) throws IOException {
        Files.move(place, folder.resolve("taken"));
        if (link) {
            Files.createSymbolicLink(place, folder.resolve("nowhere"));
        } else {
            Files.write(place, new byte[5]);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldRefuseAFileOrLinkInPlaceOfTheLogsFolder(boolean link) throws IOException {
        put(log, link);
        Problem told = Doors.told(FolderRefusedException.class, store);
        assertTrue(told.what().contains("in the place of a folder: path=" + log), told.what());
        assertEquals(link, told.remedy().startsWith("Mount the disk"), told.remedy());
        assertTrue(told.remedy().contains("put the folder of the log there"), told.remedy());
        Files.delete(log);
        Files.move(folder.resolve("taken"), log);
        assertWhole("kept");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldRefuseAFileOrLinkInPlaceOfTheIndexesFolder(boolean link) throws IOException {
        put(index, link);
        Problem told = Doors.toldOfIndex(FolderRefusedException.class, store);
        assertEquals(Kind.INDEX, told.kind());
        assertTrue(told.what().contains("in the place of a folder: path=" + index), told.what());
        assertEquals(link, told.remedy().startsWith("Mount the disk"), told.remedy());
        assertTrue(told.remedy().contains("ake it away: the index is built"), told.remedy());
        assertEquals(EVENTS, Salvage.read(store, event -> true).events());
        Files.delete(index);
        ClosedStore.rebuildIndex(StoreConfig.at(store), ProgressListener.none());
        assertWhole("kept");
    }

    @Test
    void shouldWarnWithBothNamesWhereTheLogIsOfAnotherStore() throws IOException {
        Path other = folder.resolve("other");
        fill(other, "other");
        Path taken = folder.resolve("taken");
        Files.move(log, taken);
        Files.move(other.resolve("log"), log);
        Problem told = ClosedStore.verify(store, ProgressListener.none()).problems().get(0);
        assertTrue(told.remedy().contains("put the right one back"), told.remedy());
        StoreIdentity wrong = identity(log);
        StoreIdentity right = identity(taken);
        try (LogLines lines = new LogLines()) {
            EventStore.open(store).close();
            assertEquals(1, lines.all().size(), lines.all()::toString);
            String line = lines.all().get(0);
            assertTrue(line.startsWith("WARNING"), line);
            assertTrue(line.contains("index=" + right + " log=" + wrong), line);
            assertTrue(line.contains("put the right one back"), line);
        }
        Files.move(log, other.resolve("log"));
        Files.move(taken, log);
        EventStore.open(store).close();
        assertWhole("kept");
        assertEquals(right, identity(log));
    }

    private static StoreIdentity identity(Path log) {
        try (Log open = new Log(log, 1 << 20)) {
            return open.identity();
        }
    }

    @Test
    void shouldGoOnWithTheRightLogWhereTheIndexIsOfAnother() throws IOException {
        Path other = folder.resolve("other");
        fill(other, "other");
        Files.copy(
                other.resolve("index/data.mdb"),
                index.resolve("data.mdb"),
                StandardCopyOption.REPLACE_EXISTING);
        Problem told = ClosedStore.verify(store, ProgressListener.none()).problems().get(0);
        assertTrue(told.remedy().contains("ClosedStore.rebuildIndex"), told.remedy());
        ClosedStore.rebuildIndex(StoreConfig.at(store), ProgressListener.none());
        assertWhole("kept");
    }
}
