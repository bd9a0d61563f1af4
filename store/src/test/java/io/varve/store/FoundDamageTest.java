package io.varve.store;

import static io.varve.store.TestEvents.assertSound;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.VerificationReport.Kind;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.errors.VarveException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damage of the index that is met while the store is open, and what opening it again does. */
class FoundDamageTest {
    private static final int PAGE = 4096;
    private static final int EVENTS = 300;

    /** Of one more stream, and so many that opening looks at no others. */
    private static final int LATER = 1_100;

    /** Where a meta page says at which page the list of free pages begins. */
    private static final int FREE_ROOT = 80;

    @TempDir Path folder;

    @BeforeEach
    void fill() {
        ReadingChild.fill(folder, EVENTS);
        try (EventStore store = EventStore.open(folder)) {
            TestEvents.appendMany(store, TestEvents.stream("t"), LATER);
        }
    }

    private Path index() {
        return folder.resolve("index");
    }

    private StoreCorruptedException refusal(EventStore store) {
        return assertThrows(
                StoreCorruptedException.class,
                () -> {
                    for (int key = 0; key < 23; key++) {
                        TestEvents.of(store, TestEvents.stream("s" + key));
                    }
                });
    }

    private void assertWhole() {
        assertWholeWith(0);
    }

    private void assertWholeWith(int more) {
        try (EventStore store = EventStore.open(TestEvents.restless(folder))) {
            assertEquals(EVENTS + LATER + more, assertSound(store).size());
            assertTrue(store.verify(ProgressListener.none()).isClean());
        }
    }

    @Test
    void shouldBuildAnIndexAgainInWhichAReadFoundDamage() {
        for (String table : List.of("heads", "positions", "streams")) {
            IndexRows.change(index(), table, "", IndexRows.Change.DAMAGE);
            try (EventStore store = EventStore.open(TestEvents.restless(folder))) {
                StoreCorruptedException e = refusal(store);
                assertTrue(e.remedy().contains("rebuildIndex"), e.remedy());
            }
            assertWhole();
        }
    }

    @Test
    void shouldBuildAnIndexAgainInWhichAReadMissedARow() {
        IndexRows.change(index(), "positions", "", IndexRows.Change.DELETE);
        try (EventStore store = EventStore.open(TestEvents.restless(folder))) {
            refusal(store);
        }
        assertWhole();
    }

    /** As one wrong bit in the key of a row of the table does. */
    @Test
    void shouldNotTakeAStreamForNewOfWhichTheIndexHasTheNumberButNotTheHead() {
        StreamId first;
        try (EventStore store = EventStore.open(TestEvents.restless(folder))) {
            first = assertSound(store).get(0).stream();
        }
        IndexRows.deleteFirst(index(), "heads");
        try (EventStore store = EventStore.open(TestEvents.restless(folder))) {
            assertThrows(StoreCorruptedException.class, () -> store.version(first));
            assertThrows(StoreCorruptedException.class, () -> TestEvents.of(store, first));
            assertThrows(
                    StoreCorruptedException.class,
                    () -> store.append(first, ExpectedVersion.noStream(), TestEvents.event("x")));
            assertThrows(
                    StoreCorruptedException.class,
                    () -> store.append(first, ExpectedVersion.any(), TestEvents.event("x")));
        }
        assertWhole();
    }

    @Test
    void shouldNotLeaveAStreamOutOfAListWhoseHeadTheIndexLacks() {
        IndexRows.deleteFirst(index(), "heads");
        try (EventStore store = EventStore.open(TestEvents.restless(folder))) {
            assertThrows(StoreCorruptedException.class, () -> store.streams().all().count());
        }
        assertWhole();
    }

    @Test
    void shouldBuildAnIndexAgainInWhichAVerificationFoundDamage() {
        IndexRows.change(index(), "heads", "", IndexRows.Change.FORGE);
        try (EventStore store = EventStore.open(TestEvents.restless(folder))) {
            assertFalse(store.verify(ProgressListener.none()).isClean());
        }
        assertWhole();
    }

    /** Whether it was the index that was damaged, or the log that lost its end, is asked first. */
    @Test
    void shouldRefuseALogThatIsShorterThanADamagedIndexToldOf() throws IOException {
        Path shorter = folder.resolve("shorter");
        ReadingChild.fill(shorter, EVENTS - 100);
        IndexRows.change(index(), "heads", "", IndexRows.Change.DAMAGE);
        try (EventStore store = EventStore.open(TestEvents.restless(folder))) {
            refusal(store);
        }
        for (String file : List.of("data.mdb", "varve.sync")) {
            Files.delete(folder.resolve("log").resolve(file));
        }
        assertThrows(
                StoreCorruptedException.class,
                () -> EventStore.open(TestEvents.restless(folder)).close());
    }

    /** Each leaf says that it is another page: LMDB does not look at that, so it goes on. */
    private void damageLeaves() throws IOException {
        damageLeaves(index());
    }

    private static void damageLeaves(Path environment) throws IOException {
        try (RandomAccessFile file =
                new RandomAccessFile(environment.resolve("data.mdb").toFile(), "rw")) {
            for (long page = 2; page * PAGE < file.length(); page++) {
                file.seek(page * PAGE + 10);
                if (file.read() == 2) {
                    file.seek(page * PAGE + 7);
                    file.write(1);
                }
            }
        }
    }

    @Test
    void shouldNotReadAnIndexAnyMoreWhoseStructureIsDamaged() throws IOException {
        try (EventStore store = EventStore.open(TestEvents.restless(folder))) {
            damageLeaves();
            VerificationReport report = store.verify(ProgressListener.none());
            assertTrue(report.problems().stream().allMatch(p -> p.kind() == Kind.INDEX));
            assertEquals(report, store.verify(ProgressListener.none()));
            StoreCorruptedException e = refusal(store);
            assertTrue(e.remedy().contains("open it again"), e.remedy());
            List<Long> all = new ArrayList<>();
            store.read(EventQuery.all(), event -> all.add(event.position()));
            assertEquals(EVENTS + LATER, all.size());
        }
        assertWhole();
    }

    /** The list of free pages begins far behind the file's end: who reads does not come there. */
    private void damageFreeList() throws IOException {
        try (RandomAccessFile file =
                new RandomAccessFile(index().resolve("data.mdb").toFile(), "rw")) {
            for (int meta = 0; meta < 2; meta++) {
                file.seek(meta * PAGE + FREE_ROOT + 5);
                file.write(2);
            }
        }
    }

    @Test
    void shouldNotUseALogAnyMoreWhoseStructureIsDamaged() throws IOException {
        try (EventStore store = EventStore.open(TestEvents.restless(folder))) {
            damageLeaves(folder.resolve("log"));
            VerificationReport report = store.verify(ProgressListener.none());
            assertTrue(report.problems().stream().anyMatch(p -> p.kind() == Kind.STRUCTURE));
            assertEquals(report, store.verify(ProgressListener.none()));
            StoreCorruptedException e =
                    assertThrows(
                            StoreCorruptedException.class,
                            () -> store.read(EventQuery.all(), event -> true));
            assertTrue(e.remedy().contains("Salvage"), e.remedy());
            assertThrows(
                    VarveException.class,
                    () ->
                            store.append(
                                    TestEvents.stream("a"),
                                    ExpectedVersion.any(),
                                    TestEvents.event("x")));
        }
        // Closing it made nothing of the damage that the next opening would trust.
        assertThrows(
                StoreCorruptedException.class, () -> EventStore.open(TestEvents.restless(folder)));
    }

    private void damageFreeListAndAppend() throws IOException {
        try (EventStore store = EventStore.open(TestEvents.restless(folder))) {
            damageFreeList(); // opened with that it would be built again at once
            for (int i = 0; i < 20; i++) {
                store.append(TestEvents.stream("a"), ExpectedVersion.any(), TestEvents.event("x"));
            }
        }
    }

    @Test
    void shouldBuildAnIndexAgainInWhichAMergeFoundDamage() throws IOException {
        damageFreeListAndAppend();
        assertTrue(Files.exists(index().resolve("damaged")));
        assertWholeWith(20);
        assertFalse(Files.exists(index().resolve("damaged")));
    }

    @Test
    void shouldBuildAnIndexAgainThatIsFoundDamagedWhenItIsBroughtUpToDateAtOpening()
            throws IOException {
        damageFreeListAndAppend();
        Files.deleteIfExists(index().resolve("damaged")); // so that the opening finds it by itself
        assertWholeWith(20);
        assertFalse(Files.exists(index().resolve("damaged")));
    }

    @Test
    void shouldBuildAnIndexAgainThatIsFoundAtOpeningToLackARow() {
        StreamId first;
        try (EventStore store = EventStore.open(TestEvents.restless(folder))) {
            first = assertSound(store).get(0).stream();
        }
        try (StoreInside inside = new StoreInside(folder)) {
            inside.commit(new EventBatch().add(first, TestEvents.event("not merged")));
        }
        IndexRows.deleteFirst(index(), "heads");
        assertWholeWith(1);
        assertFalse(Files.exists(index().resolve("damaged")));
    }

    @Test
    void shouldSayOfAMissingIndexThatItIsBuiltAgain() throws IOException {
        assertEquals(List.of(), ClosedStore.verify(folder, ProgressListener.none()).notes());
        Files.delete(index().resolve("data.mdb"));
        VerificationReport report = ClosedStore.verify(folder, ProgressListener.none());
        assertTrue(report.isClean(), report::toString);
        assertEquals(1, report.notes().size());
        assertTrue(report.notes().get(0).contains("builds it from the log"), report::toString);
        assertWhole();
        assertEquals(List.of(), ClosedStore.verify(folder, ProgressListener.none()).notes());
    }

    /** What is derived is not restored from a backup. */
    @Test
    void shouldNotAdviseOfALostLogWhereTheIndexWasDeleted() throws IOException {
        EventStore store = EventStore.open(folder);
        store.append(TestEvents.stream("a"), ExpectedVersion.any(), TestEvents.event("more"));
        Files.delete(index().resolve("data.mdb"));
        List<String> said;
        try (LogLines lines = new LogLines()) {
            store.close();
            said = lines.all();
        }
        assertEquals(1, said.size(), said::toString);
        assertTrue(said.get(0).contains("nothing is to be done"), said::toString);
        assertFalse(said.get(0).contains("backup"), said::toString);
    }

    @Test
    void shouldCloseAlthoughMemoryRunsOutWhileTheIndexIsBroughtUpToDate() throws IOException {
        Logger logger = Logger.getLogger("io.varve.store");
        Handler none =
                new Handler() {
                    @Override
                    public void publish(LogRecord line) {
                        throw new OutOfMemoryError("none");
                    }

                    @Override
                    public void flush() {}

                    @Override
                    public void close() {}
                };
        EventStore store = EventStore.open(folder);
        store.append(TestEvents.stream("a"), ExpectedVersion.any(), TestEvents.event("more"));
        Files.delete(index().resolve("data.mdb"));
        logger.addHandler(none);
        try {
            store.close();
            store.close();
        } finally {
            logger.removeHandler(none);
        }
        assertWholeWith(1);
    }

    /** It reads the log as far as the index reaches; that is not reading the index. */
    @Test
    void shouldNotTakeAnErrorOfTheLogForDamageOfTheIndex() {
        AtomicBoolean once = new AtomicBoolean(true);
        try (EventStore store = EventStore.open(TestEvents.restless(folder))) {
            ProgressListener failing =
                    (done, total) -> {
                        if (done > 0 && once.getAndSet(false)) {
                            throw new StoreIoException("made up", new IOException());
                        }
                    };
            assertThrows(StoreIoException.class, () -> store.verify(failing));
        }
        assertWhole();
    }
}
