package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Projection;
import io.varve.store.Hold;
import io.varve.store.errors.FolderRefusedException;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.StoreLockedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A projection that was renamed or is no longer deployed does not keep the log for ever. */
class ForgetTest extends RuntimeTestBase {
    /** Its commits wait for no disk, as there are many. */
    @Override
    @BeforeEach
    void openStore() {
        store = openedWithoutWaiting();
    }

    private ProjectionRuntime quiet(Path models, Projection... projections) {
        ProjectionRuntimeBuilder builder =
                ProjectionRuntime.builder(store, models)
                        .config(
                                RuntimeConfig.defaults()
                                        .withShutdownTimeout(Duration.ofMillis(200)));
        for (Projection projection : projections) {
            builder.add(projection);
        }
        ProjectionRuntime runtime = closing(builder.build());
        runtime.start();
        return runtime;
    }

    private ProjectionRuntime quiet(Projection... projections) {
        return quiet(models(), projections);
    }

    private Path models() {
        return folder.resolve("models");
    }

    /** What a projection leaves that has applied four events. */
    private void leave(String name) throws Exception {
        for (int i = 0; i < 4; i++) {
            append(1, i, 1);
        }
        ProjectionRuntime runtime = quiet(digest(name, NOTHING));
        assertComplete(runtime, name);
        runtime.close();
        for (int i = 4; i < 8; i++) {
            append(1, i, 1);
        }
    }

    private static List<HealthNote> unhosted(ProjectionRuntime runtime) {
        return runtime.health().notes().stream()
                .filter(note -> note.kind() == HealthNote.Kind.UNHOSTED)
                .toList();
    }

    @Test
    void shouldTellOfAProjectionThatNobodyHasAndLetGoOfIt() throws Exception {
        leave("old");
        ProjectionRuntime runtime = quiet(digest("renamed", NOTHING));
        assertComplete(runtime, "renamed");
        Health health = runtime.health();
        assertTrue(health.isUp());
        HealthNote note = health.notes().get(0);
        assertEquals(List.of(note), unhosted(runtime));
        assertEquals("old", note.projection());
        assertTrue(note.what().endsWith("from position=4"), note.what());
        assertTrue(note.remedy().contains("forget(\"old\""), note.remedy());
        assertEquals(4, store.retention().truncateBefore(7).firstPosition(), "it is in the way");

        ForgottenProjection forgotten = runtime.forget("old", RemovedData.DELETE);
        Hold released = new Hold("projection/old/generation-1", 4);
        Path deleted = models().resolve("old");
        assertEquals(
                new ForgottenProjection("old", List.of(released), Optional.of(deleted)), forgotten);
        assertFalse(Files.exists(deleted));
        assertEquals(List.of(), runtime.health().notes());
        assertEquals(7, store.retention().truncateBefore(7).firstPosition());
        append(1, 8, 1);
        assertTrue(runtime.awaitPosition("renamed", 8, Notes.LONG));
        IllegalArgumentException gone =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> runtime.forget("old", RemovedData.DELETE));
        assertTrue(gone.getMessage().contains("projection=old"), gone.getMessage());
    }

    @Test
    void shouldTellFromWhereTheLogKeepsEventsWhereAHoldWasBroken() throws Exception {
        leave("old");
        assertEquals(7, store.retention().truncateBeforeRegardless(7).firstPosition());
        ProjectionRuntime runtime = quiet();
        String what = unhosted(runtime).get(0).what();
        assertTrue(what.contains("all events from position=7;"), what);
        assertTrue(what.endsWith("from=4"), what);
    }

    @Test
    void shouldLogAtTheStartWhatIsHeldForAProjectionThatNobodyHas() throws Exception {
        leave("old");
        try (Logged logged = new Logged(Level.INFO)) {
            quiet(digest("renamed", NOTHING));
            assertEquals(1, logged.of("No runtime has a projection").size());
        }
        try (Logged logged = new Logged(Level.INFO)) {
            quiet(folder.resolve("others"), digest("old", NOTHING));
            assertEquals(0, logged.of("No runtime has a projection").size());
        }
    }

    @Test
    void shouldGoOnWithAReadModelThatWasKept() throws Exception {
        leave("old");
        ProjectionRuntime runtime = closing(ProjectionRuntime.builder(store, models()).build());
        ForgottenProjection forgotten = runtime.forget("old", RemovedData.KEEP); // not started yet
        assertEquals(Optional.empty(), forgotten.deleted());
        assertEquals(1, forgotten.released().size());
        assertEquals(List.of(), store.retention().holds());
        runtime.start();
        runtime.add(digest("old", NOTHING));
        assertComplete(runtime, "old");
        assertEquals(4, runtime.status("old").applied(), "those that are new");
    }

    @Test
    void shouldDeleteAReadModelOfWhichTheLogKnowsNothing() throws Exception {
        leave("old");
        ProjectionRuntime runtime = quiet();
        runtime.forget("old", RemovedData.KEEP);
        Files.write(models().resolve("old/catalogue"), new byte[] {1});
        ForgottenProjection forgotten = runtime.forget("old", RemovedData.DELETE);
        assertEquals(List.of(), forgotten.released());
        assertFalse(Files.exists(forgotten.deleted().orElseThrow()));
    }

    @Test
    void shouldRefuseToForgetOneThatIsHosted() throws Exception {
        leave("old");
        ProjectionRuntime runtime = quiet();
        ProjectionRuntime other = quiet(folder.resolve("others"), digest("other", NOTHING));
        ProjectionRuntime same = quiet(models(), digest("same", NOTHING));
        runtime.add(digest("old", NOTHING));
        assertEquals(List.of(), unhosted(runtime));
        assertEquals(List.of(), unhosted(other));
        String remedy =
                assertThrows(
                                ProjectionHostedException.class,
                                () -> runtime.forget("old", RemovedData.DELETE))
                        .remedy();
        assertTrue(remedy.startsWith("Remove it"), remedy);
        assertThrows(
                ProjectionHostedException.class, () -> runtime.forget("other", RemovedData.DELETE));
        assertThrows(StoreLockedException.class, () -> runtime.forget("same", RemovedData.DELETE));
        assertComplete(runtime, "old");
        assertComplete(other, "other");
        assertComplete(same, "same");
        runtime.close();
        assertThrows(StoreClosedException.class, () -> runtime.forget("old", RemovedData.DELETE));
        assertEquals(List.of(), runtime.health().notes());
    }

    @Test
    void shouldTouchNothingOfWhatIsNoProjectionOfItsOwn() throws Exception {
        leave("old");
        ProjectionRuntime runtime = quiet(Files.createDirectory(folder.resolve("others")));
        for (String name : List.of("..", ".", "", "a/b", "../models/old", "nobody")) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> runtime.forget(name, RemovedData.DELETE),
                    name);
        }
        assertTrue(Files.isDirectory(models().resolve("old/generation-1-v1")));
        assertEquals(1, store.retention().holds().size());
    }

    @Test
    void shouldRefuseTheFolderOfTheStore() {
        ProjectionRuntime runtime = quiet(folder);
        assertThrows(FolderRefusedException.class, () -> runtime.forget("log", RemovedData.DELETE));
    }

    @Test
    void shouldNotForgetOneWhoseCodeHasNotComeBack() throws Exception {
        Gate gate = new Gate(0);
        ProjectionRuntime runtime = quiet(digest("stuck", gate));
        append(1, 0, 1);
        gate.entered.await();
        assertThrows(
                ProjectionStuckException.class, () -> runtime.remove("stuck", RemovedData.DELETE));
        assertThrows(
                ProjectionHostedException.class, () -> runtime.forget("stuck", RemovedData.DELETE));
        gate.opened.countDown();
    }
}
