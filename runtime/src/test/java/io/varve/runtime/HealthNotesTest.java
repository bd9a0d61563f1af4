package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Projection;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/** What is worth knowing although nothing is wrong. */
class HealthNotesTest extends RuntimeTestBase {
    private ProjectionRuntime misspelt() {
        return started(
                RuntimeConfig.defaults(),
                digest("right", NOTHING),
                Notes.digest("wrong", "notez", serde, NOTHING));
    }

    @Test
    void shouldHintAtACategoryThatTheLogHasNeverHadAnEventOf() throws Exception {
        ProjectionRuntime runtime = misspelt();
        states.await("wrong", ProjectionState.LIVE);
        assertEquals(List.of(), runtime.health().notes(), "nothing is there at all");
        append(1, 0, 3);
        Health health = runtime.health();
        assertTrue(health.isUp(), "the first may be still to come");
        assertEquals(1, health.notes().size(), health.notes().toString());
        HealthNote note = health.notes().get(0);
        assertEquals(HealthNote.Kind.NO_EVENTS, note.kind());
        assertEquals("wrong", note.projection());
        assertTrue(note.what().endsWith("category=notez"), note.what());
        assertEquals(health.notes(), runtime.health().notes());
        Notes.append(store, "notez", serde, 1, 0, 1);
        assertEquals(List.of(), runtime.health().notes());
    }

    @Test
    void shouldHintAtARebuildThatWasInterrupted() throws Exception {
        append(1, 0, 10);
        ProjectionRuntime first = started(RuntimeConfig.defaults(), digest("one", NOTHING));
        Rebuild rebuild = first.rebuild("one");
        assertTrue(rebuild.await(Notes.LONG));
        assertEquals(List.of(), first.health().notes());
        first.close();
        ProjectionRuntime second =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(digest("one", NOTHING))
                                .build());
        second.start();
        List<HealthNote> notes = second.health().notes();
        assertEquals(1, notes.size());
        assertEquals(HealthNote.Kind.REBUILD_PENDING, notes.get(0).kind());
        String what = notes.get(0).what();
        assertTrue(what.contains("generation=2 v1") && what.endsWith("position=10"), what);
        assertTrue(second.cancelRebuild("one"));
        assertEquals(List.of(), second.health().notes());
    }

    /** Before it is promoted, when it can be mended. */
    @Test
    void shouldHintAtACategoryThatOnlyARebuildReads() throws Exception {
        append(1, 0, 10);
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), digest("one", NOTHING));
        Projection misspelt =
                Projection.of("one", 2, Notes.digest("one", "notez", serde, NOTHING).topology());
        Rebuild rebuild = runtime.rebuild(misspelt);
        assertTrue(rebuild.await(Notes.LONG));
        List<HealthNote> notes = runtime.health().notes();
        assertEquals(1, notes.size(), notes.toString());
        assertEquals(HealthNote.Kind.NO_EVENTS, notes.get(0).kind());
        String what = notes.get(0).what();
        assertTrue(what.contains("generation=2 v2") && what.endsWith("category=notez"), what);
        assertTrue(rebuild.cancel());
        assertEquals(List.of(), runtime.health().notes());
    }

    @Test
    void shouldHintAtAVersionThatTheNextStartReplaces() throws Exception {
        append(1, 0, 10);
        Projection second = Projection.of("one", 2, digest("one", NOTHING).topology());
        ProjectionRuntime first = started(RuntimeConfig.defaults(), digest("one", NOTHING));
        assertComplete(first, "one");
        first.close();
        states.forget();
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), second);
        assertComplete(runtime, "one");
        assertEquals(List.of(), runtime.health().notes());
        runtime.rollback(digest("one", NOTHING));
        List<HealthNote> notes = runtime.health().notes();
        assertEquals(1, notes.size(), notes.toString());
        assertEquals("OTHER_VERSION_DEPLOYED", notes.get(0).kind().name());
        String what = notes.get(0).what();
        assertTrue(what.endsWith("live=1 v1 deployed=v2"), what);
        runtime.rollback(second);
        assertEquals(List.of(), runtime.health().notes());
        runtime.rollback("one");
        runtime.close();
        states.forget();
        ProjectionRuntime again = started(RuntimeConfig.defaults(), digest("one", NOTHING));
        assertEquals(1, again.status("one").version());
        assertEquals(List.of(), again.health().notes(), "it is what was deployed");
    }

    @Test
    void shouldTellOfADamagedSnapshotUntilItIsDeleted() throws Exception {
        append(1, 0, 10);
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), digest("one", NOTHING));
        assertComplete(runtime, "one");
        Path snapshot = runtime.snapshot("one").folders().get(0);
        assertEquals(List.of(), runtime.health().notes());
        Files.writeString(snapshot.resolve(SnapshotManifest.FILE), "rubbish");
        Health health = runtime.health();
        assertTrue(health.isUp());
        HealthNote note = health.notes().get(0);
        assertEquals(HealthNote.Kind.SNAPSHOT_DAMAGED, note.kind());
        assertTrue(note.what().contains(snapshot.toString()), note.what());
        ReadModelFiles.delete(snapshot);
        assertEquals(List.of(), runtime.health().notes());
    }

    @Test
    void shouldShowNotesInJmx() throws Exception {
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .name("noted")
                                .add(Notes.digest("wrong", "notez", serde, NOTHING))
                                .build());
        runtime.start();
        assertEquals("noted", runtime.name());
        append(1, 0, 1);
        Object notes =
                ManagementFactory.getPlatformMBeanServer()
                        .getAttribute(
                                new ObjectName("io.varve:type=runtime,runtime=noted"),
                                "HealthNotes");
        String only = ((String[]) notes)[0];
        assertTrue(only.startsWith("NO_EVENTS wrong The log has never"), only);
    }
}
