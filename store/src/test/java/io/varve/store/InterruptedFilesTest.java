package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.transfer.EventExport;
import io.varve.store.transfer.TransferFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An interrupt that comes while files are read and written neither ends that, nor looks like
 * damage.
 */
class InterruptedFilesTest {
    private static final int EVENTS = 40;
    private static final StreamId A = TestEvents.stream("a");

    @TempDir Path folder;
    private Path store;
    private Path backup;

    /** At that moment, the worst there is: between two reads of one file. */
    private final ProgressListener interrupting =
            (done, total) -> Thread.currentThread().interrupt();

    @BeforeEach
    void make() {
        store = folder.resolve("store");
        backup = folder.resolve("backup");
        StoreConfig config =
                StoreConfig.at(store).withDurability(Durability.async(Duration.ofMillis(10)));
        try (EventStore open = EventStore.open(config)) {
            for (int i = 0; i < EVENTS; i++) {
                open.append(A, ExpectedVersion.any(), TestEvents.event(i, 100_000));
            }
            open.backup(backup, ProgressListener.none());
        }
    }

    private static <T> T interrupted(Callable<T> action) {
        try {
            T result = action.call();
            assertTrue(Thread.interrupted(), "the interrupt is there afterwards");
            return result;
        } catch (Exception e) {
            Thread.interrupted();
            throw new AssertionError("an interrupt made it fail", e);
        }
    }

    @Test
    void shouldFindAHealthyStoreCleanThough() {
        VerificationReport closed = interrupted(() -> ClosedStore.verify(store, interrupting));
        assertEquals(List.of(), closed.problems());
        VerificationReport copy = interrupted(() -> Backups.verify(backup, interrupting));
        assertEquals(List.of(), copy.problems());
        try (EventStore open = EventStore.open(store)) {
            VerificationReport report = interrupted(() -> open.verify(interrupting));
            assertEquals(List.of(), report.problems());
            assertEquals(EVENTS, report.events());
        }
    }

    @Test
    void shouldBackUpRestoreExportAndRebuildThough() {
        Path second = folder.resolve("second");
        Path lines = folder.resolve("events.jsonl");
        try (EventStore open = EventStore.open(store)) {
            assertEquals(EVENTS, interrupted(() -> open.backup(second, interrupting)).events());
            EventQuery all = EventQuery.all();
            TransferFormat format = TransferFormat.JSON_LINES;
            assertEquals(
                    EVENTS,
                    interrupted(() -> EventExport.write(open, all, format, lines, interrupting))
                            .events());
        }
        interrupted(
                () -> {
                    ClosedStore.rebuildIndex(StoreConfig.at(store), interrupting);
                    return store;
                });
        Path restored = folder.resolve("restored");
        interrupted(() -> Backups.restore(second, restored, interrupting));
        try (EventStore open = EventStore.open(restored)) {
            assertEquals(EVENTS, open.readList(EventQuery.all()).size());
        }
    }

    /** From another thread, at any moment: also while a folder is locked, or a log put right. */
    @Test
    void shouldOpenWhatWasNotClosedUnderAHailOfInterrupts() throws Exception {
        Thread opener = Thread.currentThread();
        AtomicBoolean stop = new AtomicBoolean();
        Thread hail =
                new Thread(
                        () -> {
                            while (!stop.get()) {
                                opener.interrupt();
                                Thread.onSpinWait();
                            }
                        });
        Path unclosed = copyWithoutSyncs();
        hail.start();
        try {
            for (int i = 0; i < 3; i++) {
                forgetSyncs(unclosed);
                try (EventStore open = EventStore.open(unclosed)) {
                    assertEquals(EVENTS - 1, open.head());
                }
                assertTrue(ClosedStore.verify(unclosed, ProgressListener.none()).isClean());
                Path made = folder.resolve("made" + i);
                Backups.restore(backup, made, ProgressListener.none());
            }
        } finally {
            stop.set(true);
            joinThough(hail);
            Thread.interrupted();
        }
    }

    /** It may interrupt once more before it sees that it is to stop. */
    private static void joinThough(Thread hail) {
        while (hail.isAlive()) {
            try {
                hail.join();
            } catch (InterruptedException e) {
                // that was it
            }
        }
    }

    private Path copyWithoutSyncs() throws IOException {
        Path to = folder.resolve("unclosed");
        for (String part : new String[] {"log", "index"}) {
            Files.createDirectories(to.resolve(part));
            Files.copy(
                    store.resolve(part).resolve("data.mdb"), to.resolve(part).resolve("data.mdb"));
        }
        return to;
    }

    private static void forgetSyncs(Path store) throws IOException {
        Files.deleteIfExists(store.resolve("log/varve.sync"));
        Files.deleteIfExists(store.resolve("index/varve.sync"));
    }
}
