package io.varve.store;

import static io.varve.store.TestEvents.assertSound;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.FolderRefusedException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.StreamTombstonedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups: made while others append, listed, verified, restored, and refused when they are bad. */
class BackupTest {
    private static final StreamId A = TestEvents.stream("a");

    @TempDir Path folder;

    private Path backup() {
        return folder.resolve("backups").resolve("one");
    }

    private BackupManifest small(int events) {
        try (EventStore store = EventStore.open(TestEvents.restless(folder.resolve("store")))) {
            for (int i = 0; i < events; i++) {
                store.append(A, ExpectedVersion.any(), TestEvents.event(i, i * 37 % 9_000));
            }
            return store.backup(backup(), ProgressListener.none());
        }
    }

    private static List<String> clean(VerificationReport report) {
        return report.problems().stream().map(Object::toString).toList();
    }

    @Test
    void shouldRestoreAPrefixOfWhatSeveralThreadsAppendMeanwhile() throws Exception {
        Path path = folder.resolve("store");
        List<RecordedEvent> all;
        List<BackupManifest> manifests = new ArrayList<>();
        AtomicBoolean stop = new AtomicBoolean();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try (EventStore store = EventStore.open(TestEvents.restless(path))) {
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 3; t++) {
                long seed = t;
                Thread thread = new Thread(() -> append(store, seed, stop));
                thread.setUncaughtExceptionHandler((who, e) -> failure.set(e));
                thread.start();
                threads.add(thread);
            }
            for (int i = 0; i < 6; i++) {
                assertTrue(store.awaitPosition(200L * (i + 1), java.time.Duration.ofSeconds(60)));
                Path target = folder.resolve("backups").resolve("b" + i);
                manifests.add(store.backup(target, ProgressListener.none()));
            }
            stop.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
            all = assertSound(store);
        }
        assertEquals(null, failure.get());
        assertEquals(6, Backups.list(folder.resolve("backups")).complete().size());
        for (int i = 0; i < manifests.size(); i++) {
            assertRestores(i, manifests.get(i), all);
        }
    }

    private void assertRestores(int i, BackupManifest manifest, List<RecordedEvent> all) {
        Path from = folder.resolve("backups").resolve("b" + i);
        VerificationReport report = Backups.verify(from, ProgressListener.none());
        assertEquals(List.of(), clean(report));
        assertEquals(manifest.position(), report.head());
        assertEquals(manifest.events(), report.events());
        assertEquals(manifest.chain(), report.chain());
        Path to = folder.resolve("restored" + i);
        assertEquals(manifest, Backups.restore(from, to, ProgressListener.none()));
        try (EventStore store = EventStore.open(TestEvents.restless(to))) {
            assertEquals(all.subList(0, (int) manifest.events()), assertSound(store));
            assertEquals(manifest.identity().storeId(), store.identity().storeId());
            assertEquals(manifest.identity().incarnation() + 1, store.identity().incarnation());
            store.append(A, ExpectedVersion.any(), TestEvents.event("behind it"));
            assertSound(store);
        }
    }

    private static void append(EventStore store, long seed, AtomicBoolean stop) {
        SplittableRandom random = new SplittableRandom(seed);
        while (!stop.get()) {
            EventBatch batch = new EventBatch();
            for (int i = random.nextInt(1, 6); i > 0; i--) {
                int size = random.nextInt(30) == 0 ? random.nextInt(90_000) : random.nextInt(300);
                StreamId stream = TestEvents.stream("s" + random.nextInt(40));
                batch.add(stream, TestEvents.event(random.nextLong(), size));
            }
            store.append(batch);
        }
    }

    @Test
    void shouldBackUpAnEmptyStore() {
        BackupManifest manifest = small(0);
        assertEquals(-1, manifest.position());
        assertEquals(0, manifest.events());
        assertEquals(List.of(), clean(Backups.verify(backup(), ProgressListener.none())));
        Backups.restore(backup(), folder.resolve("restored"), ProgressListener.none());
        try (EventStore store = EventStore.open(folder.resolve("restored"))) {
            assertEquals(-1, store.head());
            assertEquals(1, store.identity().incarnation());
        }
    }

    /** What guards appends, and who needs what, is as much of a log as its events. */
    @Test
    void shouldKeepKeysMarksTombstonesAndHolds() {
        StreamId ended = TestEvents.stream("ended");
        EventBatch keyed = new EventBatch().idempotencyKey("key").add(A, TestEvents.event("once"));
        AppendResult first;
        try (EventStore store = EventStore.open(folder.resolve("store"))) {
            store.append(ended, ExpectedVersion.any(), TestEvents.event("x"));
            store.tombstone(ended, ExpectedVersion.any());
            store.append(A, ExpectedVersion.any(), TestEvents.event("x"));
            store.append(
                    new EventBatch()
                            .add(A, TestEvents.event("reaction"))
                            .producerMark(ProducerMark.first("producer", 4, 2)));
            first = store.append(keyed);
            store.retention().hold("reader", 3);
            store.retention().truncateBefore(3);
            store.backup(backup(), ProgressListener.none());
            store.retention().release("reader");
        }
        Backups.restore(backup(), folder.resolve("restored"), ProgressListener.none());
        try (EventStore store = EventStore.open(folder.resolve("restored"))) {
            assertEquals(3, store.retention().firstPosition());
            assertEquals(List.of(new Hold("reader", 3)), store.retention().holds());
            assertEquals(
                    new RecordedMark("producer", 4, 2),
                    store.producerMark("producer").orElseThrow());
            assertThrows(
                    StreamTombstonedException.class,
                    () -> store.append(ended, ExpectedVersion.any(), TestEvents.event("more")));
            AppendResult again = store.append(keyed);
            assertTrue(again.repeated());
            assertEquals(first.lastPosition(), again.lastPosition());
            assertEquals(first.lastPosition(), store.head());
        }
    }

    @Test
    void shouldNotCopyADamagedBlock() throws IOException {
        Path path = folder.resolve("store");
        try (EventStore store = EventStore.open(path)) {
            for (int i = 0; i < 20; i++) {
                store.append(A, ExpectedVersion.any(), TestEvents.event(i, 100));
            }
        }
        LogFile file = new LogFile(path);
        for (int block : file.blocks(7)) {
            file.flip(block + file.firstBody(block) + 50, 1);
        }
        file.write();
        try (EventStore store = EventStore.open(path)) {
            assertThrows(
                    StoreCorruptedException.class,
                    () -> store.backup(backup(), ProgressListener.none()));
            assertEquals(19, store.head());
        }
        assertEquals(List.of(), List.of(folder.resolve("backups").toFile().list()));
    }

    /** A row that an open store does not read, as long as it has its index. */
    @Test
    void shouldNotCopyADamagedRowOfWhatWasTruncated() throws IOException {
        Path path = folder.resolve("store");
        try (EventStore store = EventStore.open(path)) {
            store.append(
                    TestEvents.stream("gone-for-long"),
                    ExpectedVersion.any(),
                    TestEvents.event(0, 10));
            for (int i = 1; i < 30; i++) {
                store.append(A, ExpectedVersion.any(), TestEvents.event(i, 10));
            }
            store.retention().truncateBefore(20);
        }
        Path file = path.resolve("log/data.mdb");
        byte[] bytes = Files.readAllBytes(file);
        byte[] name = "gone-for-long".getBytes(StandardCharsets.UTF_8);
        int changed = 0;
        for (int at = 0; at + name.length <= bytes.length; at++) {
            if (Arrays.equals(bytes, at, at + name.length, name, 0, name.length)) {
                bytes[at] ^= 1;
                changed++;
            }
        }
        assertTrue(changed > 0);
        Files.write(file, bytes);
        try (EventStore store = EventStore.open(path)) {
            assertThrows(
                    StoreCorruptedException.class,
                    () -> store.backup(backup(), ProgressListener.none()));
        }
        assertFalse(Files.exists(backup()));
    }

    @Test
    void shouldLetNobodyElseReadIt() throws IOException {
        small(3);
        assertEquals("rwx------", permissions(backup()));
        assertEquals("rw-------", permissions(backup().resolve("data.mdb")));
        assertEquals("rw-------", permissions(backup().resolve("manifest")));
        assertEquals(
                List.of("data.mdb", "manifest"),
                List.of(backup().toFile().list()).stream().sorted().toList());
        Backups.restore(backup(), folder.resolve("restored"), ProgressListener.none());
        assertEquals("rwx------", permissions(folder.resolve("restored")));
        assertEquals("rw-------", permissions(folder.resolve("restored/log/data.mdb")));
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void shouldTellProgressUpToTheEnd() {
        try (EventStore store = EventStore.open(TestEvents.restless(folder.resolve("store")))) {
            for (int i = 0; i < 100; i++) {
                store.append(A, ExpectedVersion.any(), TestEvents.event(i, 100_000));
            }
            assertAscending(100, told(listener -> store.backup(backup(), listener)));
        }
        long bytes = Backups.list(folder.resolve("backups")).complete().get(0).manifest().bytes();
        assertAscending(2 * bytes, told(listener -> Backups.verify(backup(), listener)));
        Path target = folder.resolve("restored");
        assertAscending(3 * bytes, told(listener -> Backups.restore(backup(), target, listener)));
    }

    private static List<Long> told(java.util.function.Consumer<ProgressListener> work) {
        List<Long> told = new ArrayList<>();
        work.accept(
                (done, total) -> {
                    assertTrue(done >= 0 && done <= total, done + " of " + total);
                    told.add(done);
                });
        return told;
    }

    private static void assertAscending(long total, List<Long> told) {
        assertTrue(told.size() > 2, told::toString);
        assertEquals(0, told.get(0));
        assertEquals(total, told.get(told.size() - 1));
        assertEquals(told.stream().sorted().toList(), told);
    }

    @Test
    void shouldRefuseAFolderThatIsNotEmptyOrInsideTheStore() throws IOException {
        small(3);
        Path full = folder.resolve("full");
        Files.createDirectories(full);
        Files.writeString(full.resolve("mine"), "precious");
        try (EventStore store = EventStore.open(folder.resolve("store"))) {
            for (Path target :
                    List.of(full, backup(), folder.resolve("store/x"), folder.resolve("store"))) {
                assertThrows(
                        FolderRefusedException.class,
                        () -> store.backup(target, ProgressListener.none()),
                        target::toString);
            }
            for (Path target : List.of(full, backup(), folder.resolve("store"))) {
                assertThrows(
                        FolderRefusedException.class,
                        () -> Backups.restore(backup(), target, ProgressListener.none()),
                        target::toString);
            }
            assertEquals(3, assertSound(store).size());
        }
        assertEquals("precious", Files.readString(full.resolve("mine")));
        assertEquals(List.of(), clean(Backups.verify(backup(), ProgressListener.none())));
    }

    @Test
    void shouldLeaveNothingWhereTheListenerStopsIt() {
        small(20);
        Path parent = folder.resolve("backups");
        ProgressListener stopping =
                (done, total) -> {
                    if (done > 0) {
                        throw new IllegalStateException("enough");
                    }
                };
        try (EventStore store = EventStore.open(folder.resolve("store"))) {
            assertThrows(
                    IllegalStateException.class,
                    () -> store.backup(parent.resolve("two"), stopping));
        }
        Path target = folder.resolve("restored");
        assertThrows(
                IllegalStateException.class, () -> Backups.restore(backup(), target, stopping));
        assertFalse(Files.exists(target));
        assertEquals(List.of("one"), List.of(parent.toFile().list()));
        assertEquals(2, folder.toFile().list().length);
    }

    @Test
    void shouldFindEveryFlippedBitAndEveryCut() throws IOException {
        small(60);
        SplittableRandom random = new SplittableRandom(11);
        for (String name : List.of("data.mdb", "manifest")) {
            Path file = backup().resolve(name);
            byte[] whole = Files.readAllBytes(file);
            for (int i = 0; i < 60; i++) {
                byte[] bad;
                if (i % 5 == 0) {
                    bad = Arrays.copyOf(whole, random.nextInt(whole.length));
                } else {
                    bad = whole.clone();
                    bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
                }
                Files.write(file, bad);
                String told = name + " i=" + i;
                VerificationReport report = Backups.verify(backup(), ProgressListener.none());
                assertFalse(report.isClean(), told);
                Path target = folder.resolve("restored");
                assertThrows(
                        StoreCorruptedException.class,
                        () -> Backups.restore(backup(), target, ProgressListener.none()),
                        told);
                assertFalse(Files.exists(target), told);
            }
            Files.write(file, whole);
        }
        assertEquals(List.of(), clean(Backups.verify(backup(), ProgressListener.none())));
    }

    @Test
    void shouldSayThatThereIsNoBackup() {
        Path nowhere = folder.resolve("nowhere");
        FolderRefusedException refused =
                assertThrows(
                        FolderRefusedException.class,
                        () ->
                                Backups.restore(
                                        nowhere, folder.resolve("new"), ProgressListener.none()));
        assertEquals(nowhere, refused.path());
        VerificationReport report = Backups.verify(nowhere, ProgressListener.none());
        assertEquals(
                List.of(
                        new VerificationReport.Problem(
                                VerificationReport.Kind.MANIFEST,
                                nowhere.toString(),
                                refused.what(),
                                refused.remedy())),
                report.problems());
        assertFalse(Files.exists(nowhere));
    }

    @Test
    void shouldNameWhatIsNoBackupWithoutListingItAsComplete() throws IOException {
        small(3);
        Path parent = folder.resolve("backups");
        for (String name : List.of("noManifest", "noData", "cut")) {
            Files.createDirectories(parent.resolve(name));
            for (String file : List.of("data.mdb", "manifest")) {
                Files.copy(backup().resolve(file), parent.resolve(name).resolve(file));
            }
        }
        Files.delete(parent.resolve("noManifest/manifest"));
        Files.delete(parent.resolve("noData/data.mdb"));
        byte[] data = Files.readAllBytes(parent.resolve("cut/data.mdb"));
        Files.write(parent.resolve("cut/data.mdb"), Arrays.copyOf(data, data.length - 1));
        Files.createDirectories(parent.resolve("something else"));
        BackupList list = Backups.list(parent);
        assertEquals(
                List.of(backup()), list.complete().stream().map(BackupList.Backup::path).toList());
        assertEquals(
                List.of("cut", "noData", "noManifest"),
                list.unusable().stream().map(u -> u.path().getFileName().toString()).toList());
    }
}
