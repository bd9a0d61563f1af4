package io.varve.store;

import static io.varve.store.TestEvents.assertSound;
import static io.varve.store.TestEvents.event;
import static io.varve.store.TestEvents.stream;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.VerificationReport.Kind;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.lmdb.DurableFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Verification and backups of a log that is synced some time after its commits. */
class AsyncOperationsTest {
    private static final StreamId A = stream("a");

    @TempDir Path folder;

    private Path data() {
        return folder.resolve("store/log/data.mdb");
    }

    private Path syncs() {
        return folder.resolve("store/log/varve.sync");
    }

    private EventStore open() {
        Durability durability = Durability.async(Duration.ofHours(1));
        return EventStore.open(StoreConfig.at(folder.resolve("store")).withDurability(durability));
    }

    private VerificationReport verify() {
        return ClosedStore.verify(folder.resolve("store"), ProgressListener.none());
    }

    private static void append(EventStore store, String text) {
        for (int i = 0; i < 50; i++) {
            store.append(A, ExpectedVersion.any(), event(text + i));
        }
    }

    /** The files as they were found at a moment, to be written into their places again. */
    private record Image(byte[] data, byte[] syncs) {}

    private Image image() throws IOException {
        return new Image(Files.readAllBytes(data()), Files.readAllBytes(syncs()));
    }

    private void putBack(Image image) throws IOException {
        Files.write(data(), image.data());
        Files.write(syncs(), image.syncs());
    }

    /** Of what was written since the sync, only the meta pages came to the disk. */
    private static Image torn(Image synced, Image later) {
        byte[] data = new byte[later.data().length];
        System.arraycopy(synced.data(), 0, data, 0, synced.data().length);
        System.arraycopy(later.data(), 0, data, 0, 2 * 4096);
        return new Image(data, later.syncs());
    }

    /** As another run of the machine would find it. */
    private static Image rebooted(Image image) {
        byte[] bytes = image.syncs().clone();
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int slot = 0; slot < bytes.length; slot += 4096) {
            bytes[slot + 64] ^= 1;
            CRC32C crc = new CRC32C();
            crc.update(bytes, slot + 12, 1024 - 12);
            file.putInt(slot + 8, (int) crc.getValue());
        }
        return new Image(image.data(), bytes);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldNotCallDamageWhatOpeningPutsRight(boolean reboot) throws IOException {
        Image synced;
        Image later;
        List<RecordedEvent> kept;
        try (EventStore store = open()) {
            append(store, "kept");
            store.sync();
            kept = TestEvents.all(store);
            synced = image();
            append(store, "lost");
            later = image();
        }
        Image left = torn(synced, later);
        if (reboot) {
            left = rebooted(left);
        }
        putBack(left);
        List<Kind> found =
                verify().problems().stream().map(VerificationReport.Problem::kind).toList();
        assertEquals(List.of(Kind.NOT_CLOSED), found);
        assertArrayEquals(left.data(), Files.readAllBytes(data()));
        assertArrayEquals(left.syncs(), Files.readAllBytes(syncs()));
        try (EventStore store = open()) {
            assertEquals(kept, assertSound(store));
        }
        assertEquals(List.of(), verify().problems());
    }

    @Test
    void shouldVerifyWhatAKilledProcessHasLeft() throws IOException {
        Image later;
        try (EventStore store = open()) {
            append(store, "synced");
            store.sync();
            append(store, "not synced");
            later = image();
        }
        putBack(later);
        VerificationReport report = verify();
        assertEquals(List.of(), report.problems());
        assertEquals(100, report.events());
    }

    @Test
    void shouldSayHowAStoreThatWasKilledIsCopied() throws IOException {
        Image later;
        try (EventStore store = open()) {
            append(store, "x");
            later = image();
        }
        putBack(later);
        Path copy = folder.resolve("copy");
        copyTo(copy);
        StoreCorruptedException e =
                assertThrows(StoreCorruptedException.class, () -> EventStore.open(copy));
        assertTrue(e.remedy().contains("killed, open and close that one"), e.remedy());
        open().close(); // as it says
        DurableFiles.delete(copy);
        copyTo(copy);
        try (EventStore store = EventStore.open(copy)) {
            assertEquals(50, assertSound(store).size());
        }
    }

    private void copyTo(Path copy) throws IOException {
        Path store = folder.resolve("store");
        try (var paths = Files.walk(store)) {
            for (Path path : paths.toList()) {
                Files.copy(path, copy.resolve(store.relativize(path)));
            }
        }
    }

    @Test
    void shouldTellDamageOfWhatOpeningGoesBackTo() throws IOException {
        Image image;
        try (EventStore store = open()) {
            append(store, "kept");
            store.sync();
            image = rebooted(image());
        }
        byte[] bad = image.data().clone();
        for (int page = 2 * 4096; page < bad.length; page += 4096) {
            bad[page] ^= 1; // each page carries its number
        }
        putBack(new Image(bad, image.syncs()));
        List<Kind> found =
                verify().problems().stream().map(VerificationReport.Problem::kind).toList();
        assertEquals(Kind.STRUCTURE, found.get(0));
        assertEquals(Kind.NOT_CLOSED, found.get(found.size() - 1));
    }

    /** What is in a backup is on the disk, although the log it was made of may lose it. */
    @Test
    void shouldBackUpWhatIsNotSyncedAndTellTheHistoryThatComesInstead() throws IOException {
        Path backup = folder.resolve("backup");
        List<RecordedEvent> copied;
        Image synced;
        BackupManifest manifest;
        try (EventStore store = open()) {
            append(store, "kept");
            store.sync();
            synced = image();
            append(store, "lost");
            manifest = store.backup(backup, ProgressListener.none());
            assertEquals(49, store.durablePosition());
            copied = TestEvents.all(store);
        }
        assertEquals(99, manifest.position());
        try (Stream<Path> files = Files.list(backup)) {
            assertEquals(
                    List.of("data.mdb", "manifest"),
                    files.map(f -> f.getFileName().toString()).sorted().toList());
        }
        assertEquals(List.of(), Backups.verify(backup, ProgressListener.none()).problems());
        putBack(rebooted(synced));
        try (EventStore store = open()) {
            assertEquals(49, store.head());
            append(store, "lost"); // the very same events, and yet another history
            assertEquals(manifest.position(), store.head());
            assertNotEquals(manifest.chain(), store.chainHash(manifest.position()));
        }
        Path restored = folder.resolve("restored");
        Backups.restore(backup, restored, ProgressListener.none());
        for (boolean async : List.of(true, false)) {
            Durability durability = async ? Durability.async(Duration.ofHours(1)) : Durability.SYNC;
            StoreConfig config = StoreConfig.at(restored).withDurability(durability);
            try (EventStore store = EventStore.open(config)) {
                assertEquals(copied, assertSound(store));
                assertEquals(manifest.chain(), store.chainHash(manifest.position()));
            }
        }
    }
}
