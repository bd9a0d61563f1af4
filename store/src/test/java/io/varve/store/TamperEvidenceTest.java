package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.SealReport.Kind;
import io.varve.store.SealReport.Violation;
import io.varve.store.errors.IncompatibleStoreException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.lmdb.LmdbWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Forgers who know the format, and what a seal that is kept elsewhere says of their work. */
class TamperEvidenceTest {
    private static final StreamId STREAM = TestEvents.stream("a");

    @TempDir Path folder;

    private EventStore open() {
        return EventStore.open(StoreConfig.at(folder).withTamperEvidence(true));
    }

    private static void append(EventStore store, int count) {
        for (int i = 0; i < count; i++) {
            store.append(STREAM, ExpectedVersion.any(), TestEvents.event("event " + i));
        }
    }

    /** Twenty events, each a block. */
    private Seal filled() {
        try (EventStore store = open()) {
            append(store, 20);
            return store.seal().orElseThrow();
        }
    }

    private SealReport verify(Seal... seals) {
        try (EventStore store = EventStore.open(folder)) {
            return store.verifySeals(List.of(seals));
        }
    }

    private static List<Violation> only(Kind kind, long position) {
        return List.of(new Violation(kind, position));
    }

    @Test
    void shouldConfirmWhatNobodyHasChanged() {
        try (EventStore store = open()) {
            assertEquals(Optional.empty(), store.seal());
            append(store, 10);
            Seal first = store.seal().orElseThrow();
            assertEquals(first, store.seal().orElseThrow());
            assertEquals(9, first.position());
            store.append(new EventBatch().add(STREAM, TestEvents.event(1, 50_000)));
            EventBatch large = new EventBatch();
            for (int i = 0; i < 1_000; i++) {
                large.add(STREAM, TestEvents.event(i, 100));
            }
            store.append(large);
            Seal second = store.seal().orElseThrow();
            assertNotEquals(first.sha256(), second.sha256());
            SealReport report = store.verifySeals(List.of(second, first));
            assertEquals(List.of(), report.violations());
            assertEquals(List.of(first, second), report.confirmed());
            assertEquals(0, report.firstPosition());
            assertEquals(1_010, report.lastPosition());
            assertTrue(report.blocks() > 12);
        }
    }

    @Test
    void shouldStayOnOnceItIsOn() {
        try (EventStore store = EventStore.open(folder)) {
            append(store, 3);
            assertThrows(IllegalStateException.class, store::seal);
        }
        try (EventStore store = open()) {
            assertEquals(Optional.empty(), store.seal());
        }
        Seal seal;
        try (EventStore store = EventStore.open(folder)) {
            append(store, 3);
            seal = store.seal().orElseThrow();
        }
        SealReport report = verify(seal);
        assertEquals(List.of(seal), report.confirmed());
        assertEquals(List.of(), report.violations());
        assertEquals(3, report.firstPosition());
        assertEquals(3, report.blocks());
    }

    @Test
    void shouldTellDamage() throws IOException {
        Seal seal = filled();
        new Forger(folder).changeEvent(7).write();
        SealReport report = verify(seal);
        assertEquals(only(Kind.DAMAGED, 7), report.violations());
        assertEquals(List.of(), report.confirmed());
    }

    @Test
    void shouldFindABlockWhoseChecksumsAndChainWereMadeToFit() throws IOException {
        Seal seal = filled();
        new Forger(folder).changeEvent(7).fixSums().write();
        // The chain hashes behind it have changed as well, up to the newest block.
        assertThrows(StoreCorruptedException.class, () -> EventStore.open(folder));
        new Forger(folder).fixHashes(19, 19).write();
        try (EventStore store = EventStore.open(folder)) {
            // To everything else it looks like any event.
            assertEquals("event 6", TestEvents.text(TestEvents.all(store).get(7)));
        }
        assertEquals(new Violation(Kind.CHANGED, 7), verify().violations().get(0));
        assertFalse(verify(seal).isIntact());
    }

    @Test
    void shouldFindABlockWhoseHashWasMadeToFit() throws IOException {
        filled();
        new Forger(folder).changeEvent(7).fixSums().fixHashes(7, 17).fixHashes(19, 19).write();
        assertEquals(only(Kind.CHANGED, 18), verify().violations());
    }

    @Test
    void shouldFindByASealWhatWasMadeToFitUpToTheEnd() throws IOException {
        Seal seal = filled();
        new Forger(folder).changeEvent(7).fixSums().fixHashes(7, 19).write();
        assertTrue(verify().isIntact());
        SealReport report = verify(seal);
        assertEquals(only(Kind.SEAL_BROKEN, 19), report.violations());
        assertEquals(List.of(), report.confirmed());
    }

    @Test
    void shouldFindAnEndThatWasCutOffAndOneThatGrewAgain() throws IOException {
        Path copy = folder.resolveSibling(folder.getFileName() + "-copy");
        try (EventStore store = open()) {
            append(store, 10);
            TestEvents.copy(folder, copy);
            append(store, 10);
        }
        Seal seal;
        try (EventStore store = open()) {
            seal = store.seal().orElseThrow();
        }
        Files.copy(
                copy.resolve("log").resolve("data.mdb"),
                folder.resolve("log").resolve("data.mdb"),
                StandardCopyOption.REPLACE_EXISTING);
        // Both would tell that the log is shorter than it was.
        Files.delete(folder.resolve("log").resolve("varve.sync"));
        TestEvents.deleteIndex(folder);
        assertEquals(only(Kind.SEAL_BROKEN, 19), verify(seal).violations());
        try (EventStore store = open()) {
            append(store, 20);
        }
        assertEquals(only(Kind.SEAL_BROKEN, 19), verify(seal).violations());
    }

    @Test
    void shouldFindHashesThatWereTakenAway() throws IOException {
        Seal seal = filled();
        new Forger(folder).changeFlags(0, BlockFormat.SEALED).fixSums().write();
        assertThrows(StoreCorruptedException.class, () -> EventStore.open(folder));
        Log log = new Log(folder.resolve("log"), 1 << 20);
        try (LmdbWriter writer = log.writer()) {
            byte[] key = "sealed".getBytes(StandardCharsets.UTF_8);
            assertTrue(writer.delete(log.meta(), io.varve.store.bytes.BytesView.of(key)));
            writer.commit();
        }
        log.close();
        SealReport report = verify(seal);
        assertEquals(21, report.violations().size());
        assertEquals(new Violation(Kind.UNSEALED, 0), report.violations().get(0));
        assertEquals(new Violation(Kind.SEAL_BROKEN, 19), report.violations().get(20));
    }

    @Test
    void shouldRefuseAFlagOfALaterFormat() throws IOException {
        filled();
        new Forger(folder).changeFlags(19, 4).fixSums().write();
        IncompatibleStoreException error =
                assertThrows(IncompatibleStoreException.class, () -> EventStore.open(folder));
        assertTrue(error.getMessage().contains("newer version"), error.getMessage());
    }

    @Test
    void shouldTellHowFarACheckIsAndEndItIfTheListenerThrows() {
        Durability soon = Durability.async(Duration.ofSeconds(1));
        StoreConfig config = StoreConfig.at(folder).withTamperEvidence(true).withDurability(soon);
        try (EventStore store = EventStore.open(config)) {
            append(store, 600); // a block each, more than are looked at in one transaction
            List<Long> told = new ArrayList<>();
            ProgressListener listener =
                    (done, total) -> {
                        assertEquals(600, total);
                        told.add(done);
                    };
            assertTrue(store.verifySeals(List.of(), listener).isIntact());
            assertEquals(List.of(0L, 256L, 512L, 600L), told);
            assertThrows(
                    ArithmeticException.class,
                    () ->
                            store.verifySeals(
                                    List.of(),
                                    (done, total) -> {
                                        throw new ArithmeticException();
                                    }));
            assertTrue(store.verifySeals(List.of()).isIntact());
        }
    }

    @Test
    void shouldCheckWhatRetentionHasLeft() throws IOException {
        Seal old;
        Seal edge;
        try (EventStore store = open()) {
            append(store, 5);
            old = store.seal().orElseThrow();
            append(store, 5);
            edge = store.seal().orElseThrow();
            append(store, 10);
        }
        Seal seal;
        try (EventStore store = open()) {
            seal = store.seal().orElseThrow();
            store.retention().truncateBefore(10);
        }
        TestEvents.deleteIndex(folder);
        SealReport report = verify(seal, edge, old);
        assertEquals(List.of(), report.violations());
        assertEquals(List.of(edge, seal), report.confirmed());
        assertEquals(List.of(old), report.truncated());
        assertEquals(10, report.firstPosition());
        try (EventStore store = open()) {
            store.retention().truncateBefore(19);
        }
        try (EventStore store = open()) {
            append(store, 1);
            assertEquals(List.of(seal), store.verifySeals(List.of(seal)).confirmed());
            assertTrue(store.verifySeals(List.of()).isIntact());
        }
    }

    @Test
    void shouldRefuseWhatIsNoSeal() {
        assertThrows(IllegalArgumentException.class, () -> new Seal(-1, "0".repeat(64)));
        assertThrows(IllegalArgumentException.class, () -> new Seal(0, "X".repeat(64)));
    }
}
