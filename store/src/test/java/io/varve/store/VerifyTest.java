package io.varve.store;

import static io.varve.store.TestEvents.assertSound;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.VerificationReport.Kind;
import io.varve.store.errors.FolderRefusedException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.StoreLockedException;
import io.varve.store.errors.VarveException;
import io.varve.store.lmdb.LmdbEnvironment;
import io.varve.store.lmdb.LmdbOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Verification finds what is wrong and nothing else; a rebuilt index is as good as the old one. */
class VerifyTest {
    @TempDir Path folder;

    private Path store() {
        return folder.resolve("store");
    }

    private RandomLog fill(long seed, int batches) {
        RandomLog log = new RandomLog(seed);
        try (EventStore store = EventStore.open(log.config(store()))) {
            for (int i = 0; i < batches; i++) {
                log.append(store);
            }
        }
        return log;
    }

    private VerificationReport verify() {
        return ClosedStore.verify(store(), ProgressListener.none());
    }

    private static void assertClean(RandomLog log, VerificationReport report) {
        assertEquals(List.of(), report.problems());
        assertEquals(log.events.size(), report.events());
        assertEquals(log.events.size() - 1, report.head());
        Set<StreamId> streams = new HashSet<>();
        log.events.forEach(event -> streams.add(event.stream()));
        assertEquals(streams.size(), report.streams());
        assertTrue(report.pages() > 0 && report.blocks() > 0);
    }

    @Test
    void shouldFindNothingWrongWithRandomStores() throws IOException {
        for (long seed = 0; seed < 12; seed++) {
            RandomLog log = new RandomLog(seed);
            Path path = folder.resolve("store" + seed);
            try (EventStore store = EventStore.open(log.config(path))) {
                for (int i = 0; i < 40; i++) {
                    log.append(store);
                    if (i % 13 == 0) {
                        assertClean(log, store.verify(ProgressListener.none()));
                    }
                }
                // As a crash would leave it: with an index that is behind.
                TestEvents.copy(path, folder.resolve("copy" + seed));
            }
            assertClean(log, ClosedStore.verify(path, ProgressListener.none()));
            assertClean(
                    log, ClosedStore.verify(folder.resolve("copy" + seed), (done, total) -> {}));
        }
    }

    @Test
    void shouldFindNothingWrongWithAnEmptyStore() {
        try (EventStore store = EventStore.open(store())) {
            assertTrue(store.verify(ProgressListener.none()).isClean());
        }
        VerificationReport report = verify();
        assertEquals(List.of(), report.problems());
        assertEquals(-1, report.head());
    }

    @Test
    void shouldVerifyWhileOthersAppend() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try (EventStore store = EventStore.open(TestEvents.restless(store()))) {
            Thread writer =
                    new Thread(
                            () -> {
                                for (int i = 0; !stop.get(); i++) {
                                    store.append(
                                            TestEvents.stream("s" + i % 37),
                                            ExpectedVersion.any(),
                                            TestEvents.event(i, i * 71 % 20_000));
                                }
                            });
            writer.setUncaughtExceptionHandler((thread, e) -> failure.set(e));
            writer.start();
            long head = -1;
            for (int i = 0; i < 12; i++) {
                VerificationReport report = store.verify(ProgressListener.none());
                assertEquals(List.of(), report.problems());
                assertTrue(report.head() >= head && report.head() <= store.head());
                head = report.head();
            }
            stop.set(true);
            writer.join();
            assertEquals(null, failure.get());
            assertEquals(store.head(), store.verify(ProgressListener.none()).head());
            assertSound(store);
        }
    }

    @Test
    void shouldVerifyATruncatedStore() {
        RandomLog log = new RandomLog(3);
        try (EventStore store = EventStore.open(log.config(store()))) {
            for (int i = 0; i < 60; i++) {
                log.append(store);
            }
            store.retention().truncateBeforeRegardless(log.events.size() / 2);
            assertEquals(List.of(), store.verify(ProgressListener.none()).problems());
            BackupManifest manifest =
                    store.backup(folder.resolve("backup"), ProgressListener.none());
            assertTrue(manifest.firstPosition() > 0);
            assertEquals(log.events.size() - 1, manifest.position());
        }
        assertEquals(List.of(), verify().problems());
        assertEquals(
                List.of(),
                Backups.verify(folder.resolve("backup"), ProgressListener.none()).problems());
        ClosedStore.rebuildIndex(StoreConfig.at(store()), ProgressListener.none());
        assertEquals(List.of(), verify().problems());
    }

    @Test
    void shouldEndWithAReportWhateverWasFlipped() throws IOException {
        flip(40, 5);
    }

    @Test
    @Tag("long")
    void shouldEndWithAReportWhateverWasFlippedManyTimes() throws IOException {
        flip(400, System.nanoTime());
    }

    private void flip(int times, long seed) throws IOException {
        fill(7, 60);
        List<RecordedEvent> events;
        try (EventStore store = EventStore.open(store())) {
            events = assertSound(store);
        }
        SplittableRandom random = new SplittableRandom(seed);
        int found = 0;
        for (String part : List.of("log", "index")) {
            Path file = store().resolve(part).resolve("data.mdb");
            byte[] whole = Files.readAllBytes(file);
            for (int i = 0; i < times; i++) {
                Files.write(file, damage(whole, random, i));
                String told = part + " seed=" + seed + " i=" + i;
                VerificationReport report = verify();
                found += report.isClean() ? 0 : 1;
                if (report.isClean()) {
                    assertEquals(events.size(), report.events(), told);
                    try (EventStore store = EventStore.open(store())) {
                        assertEquals(events, assertSound(store), told);
                    }
                } else if (part.equals("index")) {
                    report.problems().forEach(p -> assertEquals(Kind.INDEX, p.kind(), told));
                }
                Files.write(file, whole);
            }
        }
        assertTrue(found > times / 5 * 4, "found=" + found);
    }

    private static byte[] damage(byte[] whole, SplittableRandom random, int i) {
        if (i % 20 == 0) {
            return Arrays.copyOf(whole, random.nextInt(whole.length));
        }
        byte[] bad = whole.clone();
        if (i % 20 == 1) {
            int at = random.nextInt(bad.length / 4096) * 4096;
            Arrays.fill(bad, at, at + 4096, (byte) 0);
            return bad;
        }
        bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
        return bad;
    }

    @Test
    void shouldSayThatAnIndexIsOfAnotherLog() throws IOException {
        fill(1, 20);
        RandomLog other = new RandomLog(1);
        try (EventStore store = EventStore.open(other.config(folder.resolve("other")))) {
            for (int i = 0; i < 20; i++) {
                other.append(store);
            }
        }
        Files.copy(
                folder.resolve("other/index/data.mdb"),
                store().resolve("index/data.mdb"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        VerificationReport report = verify();
        assertEquals(1, report.problems().size());
        assertEquals(Kind.INDEX, report.problems().get(0).kind());
        ClosedStore.rebuildIndex(StoreConfig.at(store()), ProgressListener.none());
        assertEquals(List.of(), verify().problems());
    }

    /** Sound pages that LMDB refuses nevertheless: it has more tables than an index can have. */
    @Test
    void shouldReadTheLogWhereLmdbRefusesTheIndex() throws IOException {
        RandomLog log = fill(5, 30);
        Path index = store().resolve("index");
        Files.delete(index.resolve("data.mdb"));
        try (LmdbEnvironment foreign =
                LmdbEnvironment.open(index, new LmdbOptions(1 << 20, 40, false, "none"))) {
            for (int i = 0; i < 40; i++) {
                foreign.table("table" + i);
            }
        }
        LogFile file = new LogFile(store());
        file.blocks(0).forEach(block -> file.flip(block + BlockFormat.BODY_CRC, 1));
        file.write();
        VerificationReport report = verify();
        assertEquals(log.events.size() - 1, report.head());
        assertTrue(report.blocks() > 0);
        assertTrue(has(report, Kind.INDEX), report::toString);
        assertTrue(has(report, Kind.BLOCK), report::toString);
    }

    private static boolean has(VerificationReport report, Kind kind) {
        return report.problems().stream().anyMatch(problem -> problem.kind() == kind);
    }

    @Test
    void shouldRefuseWhatIsOpenAndReportWhatIsNotThere() {
        try (EventStore store = EventStore.open(store())) {
            store.append(TestEvents.stream("a"), ExpectedVersion.any(), TestEvents.event("x"));
            assertThrows(StoreLockedException.class, this::verify);
            assertThrows(
                    StoreLockedException.class,
                    () ->
                            ClosedStore.rebuildIndex(
                                    StoreConfig.at(store()), ProgressListener.none()));
        }
        Path nowhere = folder.resolve("nowhere");
        assertFalse(ClosedStore.verify(nowhere, ProgressListener.none()).isClean());
        assertThrows(
                FolderRefusedException.class,
                () -> ClosedStore.rebuildIndex(StoreConfig.at(nowhere), (done, total) -> {}));
        assertFalse(Files.exists(nowhere));
    }

    @Test
    void shouldRebuildADamagedIndex() throws IOException {
        RandomLog log = fill(9, 50);
        Path index = store().resolve("index/data.mdb");
        Files.write(index, new byte[] {1, 2, 3});
        assertFalse(verify().isClean());
        Files.createDirectories(store().resolve("index.rebuild"));
        Files.writeString(store().resolve("index.rebuild/data.mdb"), "left by one that was killed");
        long[] last = {-1, -1};
        ClosedStore.rebuildIndex(
                log.config(store()),
                (done, total) -> {
                    assertTrue(done >= last[0] && done <= total);
                    last[0] = done;
                    last[1] = total;
                });
        assertEquals(log.events.size(), last[0]);
        assertEquals(log.events.size(), last[1]);
        assertFalse(Files.exists(store().resolve("index.rebuild")));
        assertClean(log, verify());
        try (EventStore store = EventStore.open(log.config(store()))) {
            assertEquals(log.events, assertSound(store));
        }
    }

    @Test
    void shouldKeepTheOldIndexWhereTheLogIsDamaged() throws IOException {
        fill(4, 30);
        byte[] before = Files.readAllBytes(store().resolve("index/data.mdb"));
        LogFile file = new LogFile(store());
        for (int block : file.blocks(0)) {
            file.flip(block + file.firstBody(block) + 3, 1);
        }
        file.write();
        VerificationReport report = verify();
        assertEquals(Kind.BLOCK, report.problems().get(0).kind());
        VarveException refused =
                assertThrows(
                        VarveException.class,
                        () -> ClosedStore.rebuildIndex(StoreConfig.at(store()), (d, t) -> {}));
        assertEquals(StoreCorruptedException.class, refused.getClass());
        assertTrue(Arrays.equals(before, Files.readAllBytes(store().resolve("index/data.mdb"))));
    }

    @Test
    void shouldCompareKeysMarksAndTombstones() throws IOException {
        Path path = store();
        try (EventStore store = EventStore.open(TestEvents.restless(path))) {
            ProducerMark mark = ProducerMark.first("p", 1, 0);
            for (int i = 0; i < 40; i++) {
                StreamId stream = TestEvents.stream("s" + i);
                EventBatch batch = new EventBatch().add(stream, TestEvents.event(i, i));
                if (i % 3 == 0) {
                    batch.tombstone(stream);
                }
                if (i > 0) {
                    batch.producerMark(mark);
                    RecordedMark done = new RecordedMark("p", 1, mark.position());
                    mark = ProducerMark.after(done, 1, i);
                }
                store.append(batch.idempotencyKey("key" + i));
            }
            assertEquals(List.of(), store.verify(ProgressListener.none()).problems());
            store.retention().truncateBeforeRegardless(20);
            assertEquals(List.of(), store.verify(ProgressListener.none()).problems());
        }
        assertEquals(List.of(), verify().problems());
        ClosedStore.rebuildIndex(StoreConfig.at(path), ProgressListener.none());
        assertEquals(List.of(), verify().problems());
    }

    private Path withRowsInAllTables() {
        Path path = store();
        try (EventStore store = EventStore.open(path)) {
            for (int i = 0; i < 30; i++) {
                StreamId stream = TestEvents.stream("s" + i % 9);
                EventBatch batch = new EventBatch().add(stream, TestEvents.event(i, i));
                if (i > 0) {
                    batch.producerMark(ProducerMark.first("p" + i, 1, 0));
                }
                store.append(batch.idempotencyKey("key" + i));
            }
        }
        return path;
    }

    @ParameterizedTest
    @EnumSource(IndexRows.Change.class)
    void shouldNoticeARowOfTheIndexThatIsMissingOrWrong(IndexRows.Change change)
            throws IOException {
        Path path = withRowsInAllTables();
        Kept whole = Kept.of(path.resolve("index"));
        for (String table :
                List.of("streams", "heads", "types", "positions", "keys", "marks", "varve")) {
            IndexRows.change(path.resolve("index"), table, "", change);
            VerificationReport report = verify();
            assertFalse(report.isClean(), table);
            report.problems().forEach(p -> assertEquals(Kind.INDEX, p.kind(), table));
            whole.putBack();
        }
        assertEquals(List.of(), verify().problems());
    }

    /** An environment, with what is known of it. */
    private record Kept(Path folder, byte[] data, byte[] syncs) {
        static Kept of(Path folder) throws IOException {
            return new Kept(
                    folder,
                    Files.readAllBytes(folder.resolve("data.mdb")),
                    Files.readAllBytes(folder.resolve("varve.sync")));
        }

        void putBack() throws IOException {
            Files.write(folder.resolve("data.mdb"), data);
            Files.write(folder.resolve("varve.sync"), syncs);
        }
    }

    /** Without it nobody knows how far the other rows reach. */
    @Test
    void shouldBuildAnIndexAgainThatHasLostItsState() throws IOException {
        Path path = withRowsInAllTables();
        IndexRows.change(path.resolve("index"), "varve", "state", IndexRows.Change.DELETE);
        IndexRows.change(path.resolve("index"), "heads", "", IndexRows.Change.FORGE);
        try (EventStore store = EventStore.open(path)) {
            assertEquals(30, assertSound(store).size());
        }
        assertEquals(List.of(), verify().problems());
    }

    @Test
    void shouldNoticeARowBesideTheBlocksThatIsMissingOrDamaged() throws IOException {
        try (EventStore store = EventStore.open(StoreConfig.at(store()).withTamperEvidence(true))) {
            for (int i = 0; i < 60; i++) {
                EventBatch batch =
                        new EventBatch().add(TestEvents.stream("s" + i), TestEvents.event(i, i));
                if (i > 0) {
                    batch.producerMark(ProducerMark.first("p" + i, 1, 0));
                }
                store.append(batch);
            }
            store.retention().hold("reader", 40);
            store.retention().truncateBefore(30);
        }
        assertEquals(List.of(), verify().problems());
        Kept whole = Kept.of(store().resolve("log"));
        // Streams, types and marks have a kind each; the kind follows the prefix.
        List<String> rows =
                List.of("base", "base/\1", "base/\2", "base/\4", "hold/", "identity", "sealed");
        for (String row : rows) {
            for (IndexRows.Change change :
                    List.of(IndexRows.Change.DELETE, IndexRows.Change.DAMAGE)) {
                IndexRows.change(store().resolve("log"), "varve", row, change);
                VerificationReport report = verify();
                // Nothing else names a hold.
                boolean unknown = row.equals("hold/") && change == IndexRows.Change.DELETE;
                assertEquals(unknown, report.isClean(), row + " " + change + " " + report);
                whole.putBack();
            }
        }
        assertEquals(List.of(), verify().problems());
    }

    /** The moment when a truncation is committed, and readers are not yet told. */
    @Test
    void shouldNotTakeATruncationThatIsBeingMadeForDamage() {
        try (StoreParts parts = StoreParts.open(StoreConfig.at(folder.resolve("truncating")))) {
            for (int i = 0; i < 600; i++) {
                parts.appender()
                        .append(new EventBatch().add(TestEvents.stream("a"), TestEvents.event("e")))
                        .orThrow();
            }
            AtomicInteger told = new AtomicInteger();
            VerificationReport report =
                    parts.verify(
                            (done, total) -> {
                                if (done > 0 && told.getAndIncrement() == 0) {
                                    LogBase before = parts.log().base();
                                    parts.retention().truncateBefore(500);
                                    parts.log().base(before);
                                }
                            });
            assertTrue(told.get() > 1);
            assertEquals(List.of(), report.problems());
            assertEquals(100, report.events());
        }
    }
}
