package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Projection;
import io.varve.store.EventBatch;
import io.varve.store.EventQuery;
import io.varve.store.EventStore;
import io.varve.store.NewEvent;
import io.varve.store.ProducerMark;
import io.varve.store.StreamId;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** An import brings what a projection has emitted, and not how far that was. */
class ImportedEmitterTest extends RuntimeTestBase {
    private ProjectionRuntime started(EventStore imported) {
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(imported, folder.resolve("imported-models"))
                                .listener(states)
                                .add(Echoes.projection(), FAILING)
                                .build());
        runtime.start();
        return runtime;
    }

    /** Event by event, with headers and times. */
    private EventStore imported() {
        EventStore imported = closing(EventStore.open(folder.resolve("imported")));
        store.read(
                EventQuery.all(),
                event -> {
                    NewEvent copy =
                            new NewEvent(
                                    event.type(),
                                    event.payload().toByteArray(),
                                    OptionalLong.of(event.eventTimeMillis()),
                                    event.headers());
                    imported.append(new EventBatch().add(event.stream(), copy));
                    return true;
                });
        return imported;
    }

    private EventStore importedWithWhatWasEmitted() throws Exception {
        append(1, 0, 10);
        try (ProjectionRuntime runtime =
                ProjectionRuntime.builder(store, folder.resolve("models"))
                        .add(Echoes.projection(), FAILING)
                        .build()) {
            runtime.start();
            assertTrue(Echoes.await(runtime, store));
        }
        return imported();
    }

    @Test
    void shouldRefuseToEmitAgainWhatAnImportHasBrought() throws Exception {
        EventStore imported = importedWithWhatWasEmitted();
        long head = imported.head();
        ProjectionRuntime runtime = started(imported);
        states.await(Echoes.NAME, ProjectionState.FAILED);
        EmittedAlreadyException failure =
                assertInstanceOf(
                        EmittedAlreadyException.class,
                        runtime.status(Echoes.NAME).failure().orElseThrow());
        assertEquals(Echoes.NAME, failure.projection());
        assertTrue(failure.getMessage().contains("ProducerMark.first(\"projection/echo\", 0, P)"));
        assertEquals(head, imported.head());
        assertEquals(Echoes.found(store), Echoes.found(imported));
    }

    @Test
    void shouldGoOnBehindAMarkThatIsSetAfterAnImport() throws Exception {
        EventStore imported = importedWithWhatWasEmitted();
        imported.append(
                new EventBatch()
                        .add(StreamId.of("imports", "1"), NewEvent.of("imported", new byte[0]))
                        .producerMark(ProducerMark.first("projection/echo", 0, imported.head())));
        ProjectionRuntime runtime = started(imported);
        Notes.append(imported, Notes.CATEGORY, serde, 1, 10, 1);
        long echo = imported.head() + 2;
        assertTrue(runtime.awaitPosition(Echoes.NAME, echo, Notes.LONG));
        assertEquals(Echoes.found(store).size() + 2, Echoes.found(imported).size());
    }

    @Test
    void shouldHintAtWhatANewVersionEmitsForThePastWhenItIsPromoted() throws Exception {
        append(1, 0, 10);
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), Echoes.projection());
        assertTrue(Echoes.await(runtime, store));
        append(1, 12, 1); // nothing is emitted for it
        assertTrue(runtime.awaitPosition(Echoes.NAME, store.head(), Notes.LONG));
        Rebuild same = runtime.rebuild(Echoes.NAME);
        assertTrue(same.await(Notes.LONG));
        assertEquals(List.of(), runtime.health().notes(), "the same code emits the same");
        assertTrue(same.cancel());
        Rebuild other =
                runtime.rebuild(Projection.of(Echoes.NAME, 2, Echoes.projection().topology()));
        assertTrue(other.await(Notes.LONG));
        HealthNote note = runtime.health().notes().get(0);
        assertEquals(HealthNote.Kind.EMITS_WHEN_PROMOTED, note.kind());
        assertTrue(note.what().endsWith(" to=" + store.head()), note.what());
        assertTrue(other.cancel());
        assertEquals(List.of(), runtime.health().notes());
    }
}
