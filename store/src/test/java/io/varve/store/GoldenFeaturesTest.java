package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.GoldenFeatures.Golden;
import io.varve.store.GoldenFeatures.Sum;
import io.varve.store.errors.StreamTombstonedException;
import io.varve.store.snapshot.Loaded;
import io.varve.store.snapshot.SnapshotStore;
import io.varve.store.transfer.EventImport;
import io.varve.store.transfer.ImportResult;
import io.varve.store.transfer.TransferFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A store with all features, and exports, that were written once read as they did then. */
class GoldenFeaturesTest {
    private static final int FIRST = (int) GoldenFeatures.FIRST_POSITION;

    @TempDir Path folder;

    private Path store() {
        return folder.resolve("store");
    }

    private static Seal keptSeal(int format) throws IOException {
        try (InputStream in = GoldenFiles.kept(GoldenFeatures.seal(format))) {
            String[] parts =
                    new String(in.readAllBytes(), StandardCharsets.UTF_8).trim().split(" ");
            return new Seal(Long.parseLong(parts[0]), parts[1]);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void shouldReadTheStoreThatIsKept(int format) throws IOException {
        GoldenFeatures.unpack(format, store());
        assertEquals(List.of(), ClosedStore.verify(store(), ProgressListener.none()).problems());
        assertReadsAsWritten(format, keptSeal(format));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void shouldReadTheStoreThatIsKeptWithoutItsIndex(int format) throws IOException {
        GoldenFeatures.unpack(format, store());
        TestEvents.deleteIndex(store());
        assertReadsAsWritten(format, keptSeal(format));
    }

    @Test
    void shouldWriteWhatIsKept() {
        // A fold that has saved a state holds what it needs besides; those that are kept did not.
        assertReadsAsWritten(
                GoldenFeatures.NEWEST,
                GoldenFeatures.write(store(), folder),
                new Hold(GoldenFeatures.HOLD, FIRST),
                new Hold("snapshots/sums", FIRST));
    }

    private void assertReadsAsWritten(int format, Seal seal) {
        assertReadsAsWritten(format, seal, new Hold(GoldenFeatures.HOLD, FIRST));
    }

    private void assertReadsAsWritten(int format, Seal seal, Hold... holds) {
        List<Golden> expected = GoldenFeatures.events(format);
        try (EventStore store = EventStore.open(store());
                SnapshotStore snapshots = SnapshotStore.openIn(store)) {
            assertEquals(FIRST, store.retention().firstPosition());
            assertSame(expected.subList(FIRST, expected.size()), TestEvents.all(store));
            for (Golden golden : expected.subList(FIRST, expected.size())) {
                List<RecordedEvent> there =
                        store.readList(
                                EventQuery.stream(golden.stream()).from(golden.version()).limit(1));
                assertEquals(golden.position(), there.get(0).position());
            }
            assertEquals(List.of(holds), store.retention().holds());
            assertMarks(store);
            assertTrue(store.append(GoldenFeatures.keyed()).repeated());
            assertThrows(
                    StreamTombstonedException.class,
                    () ->
                            store.append(
                                    GoldenFeatures.ENDED,
                                    ExpectedVersion.any(),
                                    TestEvents.event("more")));
            assertSnapshot(GoldenFeatures.sums(store, snapshots).load("a"));
            SealReport report = store.verifySeals(List.of(seal));
            assertTrue(report.isIntact(), report.toString());
            assertEquals(List.of(seal), report.confirmed());
            assertEquals(List.of(), store.verify(ProgressListener.none()).problems());
            long version = store.version(GoldenFeatures.LEDGER).orElseThrow();
            store.append(
                    GoldenFeatures.LEDGER,
                    ExpectedVersion.exactly(version),
                    TestEvents.event("new"));
        }
        assertEquals(List.of(), ClosedStore.verify(store(), ProgressListener.none()).problems());
    }

    private static void assertMarks(EventStore store) {
        for (int i = 0; i < 10; i++) {
            RecordedMark mark = new RecordedMark("producer-" + i, 1 + i, i == 3 ? 57 : i);
            assertEquals(Optional.of(mark), store.producerMark(mark.producer()));
        }
    }

    private static void assertSnapshot(Loaded<Sum> loaded) {
        assertEquals(new Sum(12, 66 * 1_000_003L - 84), loaded.state());
        assertEquals(OptionalLong.of(11), loaded.snapshotVersion());
        assertEquals(0, loaded.folded());
        assertEquals(List.of(), loaded.rejections());
    }

    private static void assertSame(List<Golden> expected, List<RecordedEvent> events) {
        assertEquals(expected.size(), events.size());
        for (int i = 0; i < events.size(); i++) {
            Golden golden = expected.get(i);
            RecordedEvent event = events.get(i);
            assertEquals(golden.position(), event.position());
            assertEquals(golden.stream(), event.stream());
            assertEquals(golden.version(), event.version());
            assertEquals(golden.event().isEmpty(), event.isTombstone());
            if (golden.event().isPresent()) {
                NewEvent given = golden.event().get();
                assertEquals(given.type(), event.type());
                assertEquals(given.headers(), event.headers());
                assertArrayEquals(given.payload(), event.payload());
                assertEquals(
                        given.eventTimeMillis().orElse(golden.commitTime()),
                        event.eventTimeMillis());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(TransferFormat.class)
    void shouldImportTheExportThatIsKept(TransferFormat format) throws IOException {
        List<Golden> expected = GoldenFeatures.exported();
        try (EventStore store = EventStore.open(store())) {
            for (boolean again : List.of(false, true)) {
                ImportResult result;
                try (InputStream in = GoldenFiles.kept(GoldenFeatures.export(format))) {
                    result = EventImport.read(store, format, in, ProgressListener.none());
                }
                int size = expected.size();
                assertEquals(again ? new ImportResult(0, size) : new ImportResult(size, 0), result);
                assertSame(expected, TestEvents.assertSound(store));
            }
            assertFalse(store.append(GoldenFeatures.keyed()).repeated());
        }
    }
}
