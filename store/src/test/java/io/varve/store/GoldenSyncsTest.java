package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.bytes.BytesView;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.lmdb.SyncPlaces;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateView;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an earlier version said is on disk is understood as it was meant. */
class GoldenSyncsTest {
    @TempDir Path folder;
    @TempDir Path work;

    @BeforeEach
    void unpack() throws IOException {
        GoldenFiles.unpack(GoldenSyncs.RESOURCE, folder);
    }

    private Path moved(String name, boolean sameBoot) throws IOException {
        Path store = folder.resolve(name);
        SyncPlaces.move(store.resolve("log"), sameBoot);
        SyncPlaces.move(store.resolve("index"), sameBoot);
        return store;
    }

    private static void assertReads(Path store, boolean async, int events) {
        for (int more = 0; more < 2; more++) {
            try (EventStore opened = EventStore.open(GoldenSyncs.config(store, async))) {
                List<String> texts =
                        TestEvents.assertSound(opened).stream().map(TestEvents::text).toList();
                assertEquals(GoldenSyncs.texts(events + more), texts);
                opened.append(
                        TestEvents.stream("new"),
                        ExpectedVersion.any(),
                        TestEvents.event("event-" + (events + more)));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"closed,false", "open,false", "async-closed,true"})
    void shouldOpenWithAllThatWasAcknowledged(String name, boolean async) throws IOException {
        for (boolean sameBoot : List.of(true, false)) {
            Path copy = folder.resolve(name + sameBoot);
            GoldenFiles.copy(folder.resolve(name), copy);
            Path store = moved(copy.getFileName().toString(), sameBoot);
            assertEquals(List.of(), ClosedStore.verify(store, ProgressListener.none()).problems());
            assertReads(store, async, GoldenSyncs.EVENTS);
        }
    }

    @Test
    void shouldKeepAllWhereOnlyTheProcessDied() throws IOException {
        assertReads(moved("async", true), true, GoldenSyncs.EVENTS);
    }

    @Test
    void shouldGoBackToTheSyncWhereTheMachineCrashed() throws IOException {
        assertReads(moved("async", false), true, GoldenSyncs.SYNCED);
    }

    @Test
    void shouldRefuseASyncOfAnotherFile() throws IOException {
        SyncPlaces.move(folder.resolve("closed").resolve("log"), true);
        Path store = folder.resolve("async");
        StoreCorruptedException e =
                assertThrows(StoreCorruptedException.class, () -> EventStore.open(store));
        assertTrue(e.getMessage().contains("another data file"), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"state,true,2", "state,false,1", "state-closed,true,2", "state-closed,false,2"})
    void shouldOpenStateAsItWasLeft(String name, boolean sameBoot, int rows) throws IOException {
        Path state = folder.resolve(name);
        SyncPlaces.move(state, sameBoot);
        try (StateEnvironment opened = StateEnvironment.open(GoldenSyncs.state(state));
                StateView view = opened.view()) {
            assertEquals(Optional.of(GoldenSyncs.CHECKPOINT), view.checkpoint());
            BytesView row = new BytesView();
            assertTrue(view.table("numbers").get(GoldenSyncs.bytes("one"), row));
            assertArrayEquals("1".getBytes(StandardCharsets.UTF_8), row.toByteArray());
            assertEquals(rows == 2, view.table("numbers").get(GoldenSyncs.bytes("two"), row));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"kept", "written"})
    void shouldRestoreABackup(String which) throws IOException {
        Path from = folder;
        if (which.equals("written")) {
            from = work.resolve("written");
            GoldenSyncs.write(from, work.resolve("work"));
        }
        Path backup = from.resolve("backup");
        VerificationReport report = Backups.verify(backup, ProgressListener.none());
        assertTrue(report.isClean(), report.toString());
        Path restored = work.resolve("restored");
        Backups.restore(backup, restored, ProgressListener.none());
        assertReads(restored, false, GoldenSyncs.EVENTS);
    }
}
