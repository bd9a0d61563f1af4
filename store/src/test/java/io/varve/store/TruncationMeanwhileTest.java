package io.varve.store;

import static io.varve.store.TestEvents.event;
import static io.varve.store.TestEvents.stream;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.EventsTruncatedException;
import io.varve.store.transfer.EventExport;
import io.varve.store.transfer.TransferFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A truncation at the very moment when a part was read and what follows it was not. */
class TruncationMeanwhileTest {
    private static final int EVENTS = 200;
    private static final int KEPT_FROM = 190;

    @TempDir Path folder;
    private final AtomicBoolean truncated = new AtomicBoolean();

    /** More than a backup copies at once. */
    private EventStore filled() {
        EventStore store = EventStore.open(folder.resolve("store"));
        for (int i = 0; i < EVENTS; i++) {
            store.append(stream("s" + i % 7), ExpectedVersion.any(), event(i, 80_000));
        }
        return store;
    }

    private ProgressListener truncating(EventStore store) {
        return (done, total) -> {
            if (done > 0 && done < total && truncated.compareAndSet(false, true)) {
                store.retention().truncateBefore(KEPT_FROM);
            }
        };
    }

    @Test
    void shouldBeginABackupAnew() {
        Path backup = folder.resolve("backup");
        try (EventStore store = filled()) {
            BackupManifest manifest = store.backup(backup, truncating(store));
            assertTrue(truncated.get());
            assertEquals(KEPT_FROM, manifest.firstPosition());
            assertEquals(EVENTS - KEPT_FROM, manifest.events());
        }
        assertEquals(List.of(), Backups.verify(backup, ProgressListener.none()).problems());
    }

    @ParameterizedTest
    @EnumSource(TransferFormat.class)
    void shouldEndAnExportWithAnErrorAndLeaveNoFile(TransferFormat format) {
        Path file = folder.resolve("events");
        try (EventStore store = filled()) {
            EventsTruncatedException gone =
                    assertThrows(
                            EventsTruncatedException.class,
                            () ->
                                    EventExport.write(
                                            store,
                                            EventQuery.all(),
                                            format,
                                            file,
                                            truncating(store)));
            assertTrue(truncated.get());
            assertEquals(KEPT_FROM, gone.firstPosition());
        }
        assertFalse(Files.exists(file));
    }

    @Test
    void shouldVerifyWhatIsLeft() {
        try (EventStore store = filled()) {
            VerificationReport report = store.verify(truncating(store));
            assertTrue(truncated.get());
            assertEquals(List.of(), report.problems());
            assertEquals(EVENTS - KEPT_FROM, report.events());
        }
    }

    @Test
    void shouldFindNothingWrongWithAnIndexThatHasNotComeToWhereTheLogBegins() {
        Path path = folder.resolve("store");
        try (EventStore store = EventStore.open(path)) {
            store.append(stream("a"), ExpectedVersion.any(), event(0, 10));
        }
        try (EventStore store = EventStore.open(path)) {
            for (int i = 1; i < 40; i++) {
                store.append(stream("a"), ExpectedVersion.any(), event(i, 10));
            }
            assertEquals(30, store.retention().truncateBefore(30).firstPosition());
            assertEquals(List.of(), store.verify(ProgressListener.none()).problems());
            assertEquals(10, store.readList(EventQuery.stream(stream("a"))).size());
        }
        assertEquals(List.of(), ClosedStore.verify(path, ProgressListener.none()).problems());
    }
}
