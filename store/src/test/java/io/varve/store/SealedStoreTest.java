package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.VerificationReport.Kind;
import io.varve.store.VerificationReport.Problem;
import io.varve.store.errors.StoreCorruptedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Verification, backup and restore of a store whose blocks have hashes. */
class SealedStoreTest {
    private static final StreamId STREAM = TestEvents.stream("a");

    @TempDir Path folder;

    private Path store() {
        return folder.resolve("store");
    }

    private Path backup() {
        return folder.resolve("backup");
    }

    private EventStore open(Path path) {
        return EventStore.open(
                StoreConfig.at(path).withTamperEvidence(true).withInitialMapBytes(1 << 20));
    }

    private static void append(EventStore store, int count, int bytes) {
        for (int i = 0; i < count; i++) {
            store.append(STREAM, ExpectedVersion.any(), TestEvents.event(i, bytes));
        }
    }

    private void fill() {
        try (EventStore store = open(store())) {
            append(store, 20, 60);
        }
    }

    private VerificationReport verify() {
        return ClosedStore.verify(store(), ProgressListener.none());
    }

    @Test
    void shouldFindNothingWrongWithWhatNobodyHasChanged() {
        try (EventStore store = EventStore.open(store())) {
            append(store, 5, 60); // without hashes
        }
        fill();
        try (EventStore store = EventStore.open(store())) {
            append(store, 1, 300_000);
            assertEquals(List.of(), store.verify(ProgressListener.none()).problems());
            store.retention().truncateBefore(3);
            assertEquals(List.of(), store.verify(ProgressListener.none()).problems());
            store.retention().truncateBefore(12);
            assertEquals(List.of(), store.verify(ProgressListener.none()).problems());
        }
        assertEquals(List.of(), verify().problems());
    }

    @Test
    void shouldFindABlockWhoseChecksumsWereMadeToFit() throws IOException {
        fill();
        new Forger(store()).changeEvent(7).fixSums().fixHashes(19, 19).write();
        Problem first = verify().problems().get(0);
        assertEquals(Kind.SHA, first.kind());
        assertEquals("lastPosition=7", first.where());
        try (EventStore store = EventStore.open(store())) {
            first = store.verify(ProgressListener.none()).problems().get(0);
            assertEquals(Kind.SHA, first.kind());
            assertThrows(
                    StoreCorruptedException.class,
                    () -> store.backup(backup(), ProgressListener.none()));
            assertFalse(Files.exists(backup()));
        }
    }

    @Test
    void shouldFindHashesThatWereTakenAway() throws IOException {
        fill();
        new Forger(store()).changeFlags(12, BlockFormat.SEALED).fixSums().write();
        assertTrue(
                verify().problems().stream()
                        .anyMatch(
                                p ->
                                        p.kind() == Kind.SHA
                                                && p.where().equals("lastPosition=12")
                                                && p.what().contains("no SHA-256")));
    }

    @Test
    void shouldKeepTheSealInABackupAndInWhatIsRestored() {
        BackupManifest manifest;
        try (EventStore store = open(store())) {
            append(store, 50, 90_000); // so that the copy's map must grow
            manifest = store.backup(backup(), ProgressListener.none());
            assertEquals(store.seal(), manifest.seal());
            store.retention().truncateBefore(20);
            BackupManifest later = store.backup(folder.resolve("later"), ProgressListener.none());
            assertEquals(manifest.seal(), later.seal());
        }
        for (String name : List.of("backup", "later")) {
            Path from = folder.resolve(name);
            assertEquals(List.of(), Backups.verify(from, ProgressListener.none()).problems());
            assertEquals(manifest.seal(), Backups.list(folder).complete().get(0).manifest().seal());
            Path restored = folder.resolve("restored-" + name);
            Backups.restore(from, restored, ProgressListener.none());
            try (EventStore store = EventStore.open(restored)) {
                append(store, 5, 60);
                Seal seal = manifest.seal().orElseThrow();
                SealReport report = store.verifySeals(List.of(seal));
                assertEquals(List.of(), report.violations());
                assertEquals(List.of(seal), report.confirmed());
                assertEquals(List.of(), store.verify(ProgressListener.none()).problems());
            }
        }
    }

    @Test
    void shouldHaveNoSealWhereThereIsNone() {
        try (EventStore store = open(store())) {
            assertEquals(Optional.empty(), store.backup(backup(), ProgressListener.none()).seal());
        }
        try (EventStore store = EventStore.open(folder.resolve("plain"))) {
            append(store, 2, 60);
            Path plain = folder.resolve("plain-backup");
            assertEquals(Optional.empty(), store.backup(plain, ProgressListener.none()).seal());
            assertEquals(List.of(), Backups.verify(plain, ProgressListener.none()).problems());
        }
        assertEquals(List.of(), Backups.verify(backup(), ProgressListener.none()).problems());
    }

    /** Whoever changes a backup and writes a manifest for it leaves another seal. */
    @Test
    void shouldSayWhichSealABackupThatWasForgedHas() throws IOException {
        BackupManifest manifest;
        try (EventStore store = open(store())) {
            append(store, 20, 60);
            manifest = store.backup(folder.resolve("b/log"), ProgressListener.none());
        }
        new Forger(folder.resolve("b")).changeEvent(7).fixSums().fixHashes(7, 19).write();
        Path forged = folder.resolve("b/log");
        FileSum sum = FileSum.of(forged.resolve("data.mdb"), units -> {});
        VerificationReport found = ClosedStore.verify(folder.resolve("b"), ProgressListener.none());
        BackupManifest other =
                new BackupManifest(
                        manifest.identity(),
                        manifest.firstPosition(),
                        manifest.position(),
                        manifest.events(),
                        found.chain(),
                        manifest.seal(),
                        manifest.created(),
                        List.of(
                                new BackupManifest.FileEntry(
                                        "data.mdb", sum.bytes(), sum.sha256())));
        Files.write(forged.resolve(BackupManifest.FILE), ManifestText.write(other));
        List<Problem> problems = Backups.verify(forged, ProgressListener.none()).problems();
        assertEquals(List.of(Kind.MANIFEST), problems.stream().map(Problem::kind).toList());
        assertTrue(problems.get(0).what().contains(manifest.seal().orElseThrow().sha256()));
    }
}
