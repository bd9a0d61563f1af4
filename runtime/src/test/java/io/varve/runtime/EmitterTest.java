package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Consumed;
import io.varve.projections.Produced;
import io.varve.projections.Projection;
import io.varve.projections.StreamsBuilder;
import io.varve.store.EventBatch;
import io.varve.store.EventHeaders;
import io.varve.store.EventQuery;
import io.varve.store.ExpectedVersion;
import io.varve.store.StreamId;
import io.varve.store.errors.StreamTombstonedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a projection emits is in the log once, in order, whoever is live. */
class EmitterTest extends RuntimeTestBase {
    private void assertWhole(ProjectionRuntime runtime) throws Exception {
        assertTrue(Echoes.await(runtime, store));
        assertEquals(Echoes.expected(store), Echoes.found(store));
    }

    @Test
    void shouldAppendEachEventOnceOverRestarts() throws Exception {
        for (int i = 0; i < 4; i++) {
            append(i, 0, 20);
            // Without a listener, as there are several, one after the other.
            try (ProjectionRuntime runtime =
                    ProjectionRuntime.builder(store, folder.resolve("models"))
                            .add(Echoes.projection(), FAILING)
                            .build()) {
                runtime.start();
                append(i, 20, 5);
                if (i % 2 == 0) {
                    assertWhole(runtime);
                }
            }
        }
        assertWhole(started(RuntimeConfig.defaults(), Echoes.projection()));
        assertEquals(128, Echoes.found(store).size());
    }

    @Test
    void shouldAppendNothingTwiceOverRebuildsPromotionsAndRollbacks() throws Exception {
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), Echoes.projection());
        append(1, 0, 30);
        for (int i = 0; i < 3; i++) {
            Rebuild rebuild = runtime.rebuild(Echoes.NAME);
            append(2, i * 10, 10);
            assertTrue(rebuild.await(Notes.LONG));
            rebuild.promote();
            append(3, i * 10, 10);
            if (i != 1) {
                runtime.rollback(Echoes.NAME);
                append(4, i * 10, 10);
            }
        }
        assertWhole(runtime);
    }

    @Test
    void shouldAppendWhatTheOldVersionDidNotOnceTheNewOneIsPromoted() throws Exception {
        append(1, 0, 10);
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), Echoes.projection());
        assertWhole(runtime);
        runtime.pause(Echoes.NAME);
        append(2, 0, 10);
        Rebuild rebuild = runtime.rebuild(Echoes.NAME);
        assertTrue(rebuild.await(Notes.LONG));
        // Whole in the new version; but the old one is live, and it stands still.
        assertEquals(12, Echoes.found(store).size());
        rebuild.promote();
        // Nothing comes that would wake it.
        assertWhole(runtime);
        assertEquals(24, Echoes.found(store).size());
    }

    @Test
    void shouldRefuseToLeaveOutEventsThatFail() {
        for (ErrorPolicy policy :
                List.of(ErrorPolicy.skip(), ProjectionConfig.defaults().errorPolicy())) {
            ProjectionConfig config = ProjectionConfig.defaults().withErrorPolicy(policy);
            ProjectionRuntimeBuilder builder =
                    ProjectionRuntime.builder(store, folder.resolve("models"));
            EmittingPolicyException e =
                    assertThrows(
                            EmittingPolicyException.class,
                            () -> builder.add(Echoes.projection(), config).build());
            assertEquals(Echoes.NAME, e.projection());
        }
    }

    @Test
    void shouldAppendNothingWhenItLooksAtOtherTimes() throws Exception {
        append(1, 0, 20);
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), Echoes.projection());
        assertWhole(runtime);
        long head = store.head();
        TimeTravel travel = runtime.timeTravel(Echoes.NAME);
        assertTrue(travel.verify().isSound());
        travel.asOf(5).close();
        try (WhatIf whatIf = travel.whatIf()) {
            whatIf.append(Notes.CATEGORY, "author-1", new Notes.Note(1, 100));
            whatIf.view().close();
        }
        assertEquals(head, store.head());
        append(1, 20, 5);
        assertWhole(runtime);
    }

    @Test
    void shouldSeeItsOwnEvents() throws Exception {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(Notes.CATEGORY, Consumed.with(serde))
                .filter((key, note) -> note.number() > 0)
                .<Notes.Note>mapValues(note -> new Notes.Note(note.author(), note.number() - 1))
                .to(Notes.CATEGORY, Produced.with(serde));
        append(1, 5, 1);
        ProjectionRuntime runtime =
                started(RuntimeConfig.defaults(), Projection.of("down", 1, builder.build()));
        assertTrue(runtime.awaitPosition("down", 5, Notes.LONG));
        List<Long> numbers = new ArrayList<>();
        store.read(
                EventQuery.all(),
                event -> {
                    numbers.add(serde.deserialize(event.type(), event.payload()).number());
                    return true;
                });
        assertEquals(List.of(5L, 4L, 3L, 2L, 1L, 0L), numbers);
    }

    /** From the log and from the ring, beside a projection that reads the same without headers. */
    @Test
    void shouldEmitWithTheHeadersOfTheEvent() throws Exception {
        UUID id = new UUID(3, 4);
        EventHeaders given =
                EventHeaders.NONE
                        .withEventId(id)
                        .withCorrelation("talk")
                        .withUser(Map.of("tenant", "acme"));
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(Notes.CATEGORY, Consumed.with(serde)).to("copies", Produced.with(serde));
        appendWith(given, 0);
        ProjectionRuntime runtime =
                started(
                        RuntimeConfig.defaults(),
                        digest("digest", NOTHING),
                        Projection.of("copying", 1, builder.build()));
        assertTrue(runtime.awaitLive("digest", Notes.LONG));
        assertTrue(runtime.awaitLive("copying", Notes.LONG));
        assertTrue(store.awaitPosition(1, Notes.LONG));
        appendWith(given, 1);
        assertTrue(store.awaitPosition(3, Notes.LONG));
        List<EventHeaders> copies = new ArrayList<>();
        store.read(
                EventQuery.category("copies"),
                event -> {
                    EventHeaders headers = event.headers();
                    copies.add(headers);
                    return true;
                });
        assertEquals(2, copies.size());
        for (EventHeaders headers : copies) {
            assertEquals(Optional.of("talk"), headers.correlation());
            assertEquals(Optional.of(id.toString()), headers.causation());
            assertEquals(given.user(), headers.user());
            assertNotEquals(Optional.of(id), headers.eventId());
        }
        assertComplete(runtime, "digest");
    }

    private void appendWith(EventHeaders headers, long number) {
        store.append(
                new EventBatch()
                        .add(
                                StreamId.of(Notes.CATEGORY, "author-1"),
                                serde,
                                new Notes.Note(1, number),
                                OptionalLong.empty(),
                                headers));
    }

    @Test
    void shouldFailWhereTheStreamHasEnded() throws Exception {
        store.tombstone(StreamId.of(Echoes.CATEGORY, "author-1"), ExpectedVersion.any());
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), Echoes.projection());
        append(1, 1, 1);
        ProjectionFailedException e =
                assertThrows(
                        ProjectionFailedException.class,
                        () -> runtime.awaitPosition(Echoes.NAME, store.head() + 1, Notes.LONG));
        assertInstanceOf(StreamTombstonedException.class, e.getCause());
    }
}
