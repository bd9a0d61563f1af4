package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
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

    @Test
    void shouldShowNotesInJmx() throws Exception {
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .name("noted")
                                .add(Notes.digest("wrong", "notez", serde, NOTHING))
                                .build());
        runtime.start();
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
