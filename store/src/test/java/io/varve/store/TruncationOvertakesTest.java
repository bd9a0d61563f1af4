package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.EventsTruncatedException;
import io.varve.store.transfer.EventExport;
import io.varve.store.transfer.ExportResult;
import io.varve.store.transfer.TransferFormat;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A log that grows at its end and loses its beginning while somebody reads all of it. */
@Timeout(120)
class TruncationOvertakesTest {
    private static final int KEPT = 300;

    @TempDir Path folder;
    private EventStore store;
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private Thread appending;
    private Thread truncating;

    @BeforeEach
    void begin() throws InterruptedException {
        store =
                EventStore.open(
                        TestEvents.restless(folder.resolve("store")).withTamperEvidence(true));
        appending = start(this::append);
        store.awaitPosition(2 * KEPT, java.time.Duration.ofSeconds(60));
        truncating = start(this::truncate);
    }

    private Thread start(Runnable work) {
        Thread thread = new Thread(work);
        thread.setUncaughtExceptionHandler((t, e) -> failure.set(e));
        thread.start();
        return thread;
    }

    private void append() {
        for (int i = 0; !stop.get(); i++) {
            EventBatch batch = new EventBatch().idempotencyKey("key" + i);
            if (i > 0) {
                batch.producerMark(ProducerMark.first("p" + i, 1, 0));
            }
            for (int n = 0; n < 4; n++) {
                batch.add(TestEvents.stream("s" + (i + n) % 37), TestEvents.event(i, 700));
            }
            store.append(batch);
        }
    }

    private void truncate() {
        while (!stop.get()) {
            store.retention().truncateBefore(Math.max(0, store.head() - KEPT));
        }
    }

    @AfterEach
    void end() throws InterruptedException {
        stop.set(true);
        appending.join();
        truncating.join();
        store.close();
        assertEquals(null, failure.get());
        assertEquals(
                List.of(),
                ClosedStore.verify(folder.resolve("store"), ProgressListener.none()).problems());
    }

    @Test
    void shouldBackUpWhatThereWasAtOneMoment() {
        for (int i = 0; i < 6; i++) {
            Path backup = folder.resolve("backup" + i);
            BackupManifest manifest = store.backup(backup, ProgressListener.none());
            assertTrue(manifest.seal().isPresent());
            VerificationReport report = Backups.verify(backup, ProgressListener.none());
            assertEquals(List.of(), report.problems());
            assertEquals(manifest.events(), report.events());
        }
        Path restored = folder.resolve("restored");
        Backups.restore(folder.resolve("backup5"), restored, ProgressListener.none());
        try (EventStore other = EventStore.open(restored)) {
            assertEquals(List.of(), other.verify(ProgressListener.none()).problems());
        }
    }

    @Test
    void shouldVerifyWhatThereWasAtOneMoment() {
        for (int i = 0; i < 6; i++) {
            assertEquals(List.of(), store.verify(ProgressListener.none()).problems());
            SealReport report = store.verifySeals(List.of(store.seal().orElseThrow()));
            assertEquals(List.of(), report.violations());
        }
    }

    /** All events from the first that there was, or an error that says they are gone. */
    @Test
    void shouldExportAllOrSayWhatIsGone() {
        int whole = 0;
        int overtaken = 0;
        for (int i = 0; i < 40; i++) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            EventQuery query =
                    i % 2 == 0
                            ? EventQuery.all()
                            : EventQuery.all().from(store.retention().firstPosition());
            try {
                ExportResult result =
                        EventExport.write(
                                store,
                                query,
                                TransferFormat.JSON_LINES,
                                out,
                                ProgressListener.none());
                List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
                assertEquals(lines.size() - 2, result.events());
                assertNoGaps(lines.subList(1, lines.size() - 1));
                whole++;
            } catch (EventsTruncatedException e) {
                assertTrue(e.firstPosition() > 0);
                overtaken++;
            }
        }
        assertEquals(40, whole + overtaken);
    }

    private static void assertNoGaps(List<String> events) {
        long next = position(events.get(0));
        for (String event : events) {
            assertEquals(next++, position(event));
        }
    }

    private static long position(String line) {
        return Long.parseLong(line.substring("{\"position\":".length(), line.indexOf(',')));
    }
}
