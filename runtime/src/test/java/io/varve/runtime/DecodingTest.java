package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Consumed;
import io.varve.projections.Materialized;
import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.store.EventQuery;
import io.varve.store.ExpectedVersion;
import io.varve.store.StreamId;
import io.varve.store.serde.Serdes;
import java.util.List;
import org.junit.jupiter.api.Test;

class DecodingTest extends RuntimeTestBase {
    @Test
    void shouldDecodeEachEventOnceForAllLiveProjections() throws Exception {
        CountedSerde shared = new CountedSerde();
        CountedSerde other = new CountedSerde();
        ProjectionRuntime runtime =
                started(
                        RuntimeConfig.defaults(),
                        Notes.digest("one", shared, NOTHING),
                        Notes.digest("two", shared, NOTHING),
                        Notes.digest("three", other, NOTHING),
                        Notes.digest("elsewhere", "others", shared, NOTHING));
        for (ProjectionStatus status : runtime.status()) {
            states.await(status.name(), ProjectionState.LIVE);
        }
        append(1, 0, 100);
        for (String name : List.of("one", "two", "three")) {
            assertComplete(runtime, name);
        }
        assertEquals(100, shared.reads.get());
        assertEquals(100, other.reads.get());
    }

    @Test
    void shouldDecodeOnlyItsOwnCategoriesWhenCatchingUp() throws Exception {
        CountedSerde notes = new CountedSerde();
        CountedSerde others = new CountedSerde();
        append(1, 0, 10);
        Notes.append(store, "others", serde, 1, 0, 20);
        ProjectionRuntime runtime =
                started(
                        RuntimeConfig.defaults(),
                        Notes.digest("one", notes, NOTHING),
                        Notes.digest("two", "others", others, NOTHING));
        assertComplete(runtime, "one");
        assertTrue(runtime.awaitPosition("two", store.head(), Notes.LONG));
        assertEquals(10, notes.reads.get());
        assertEquals(20, others.reads.get());
    }

    /** Live and catching up; a checkpoint passes over it also where it is the last event. */
    @Test
    void shouldPassOverTombstones() throws Exception {
        CountedSerde early = new CountedSerde();
        CountedSerde late = new CountedSerde();
        append(1, 0, 10);
        store.tombstone(StreamId.of(Notes.CATEGORY, "author-1"), ExpectedVersion.exactly(9));
        ProjectionRuntime runtime =
                started(
                        RuntimeConfig.defaults(),
                        Notes.digest("one", early, NOTHING),
                        Notes.digest("two", late, NOTHING));
        // Who still catches up decodes for himself what the tailer decodes for those who are live.
        states.await("one", ProjectionState.LIVE);
        states.await("two", ProjectionState.LIVE);
        append(2, 0, 10);
        store.tombstone(StreamId.of(Notes.CATEGORY, "author-2"), ExpectedVersion.any());
        for (String name : List.of("one", "two")) {
            assertTrue(runtime.awaitPosition(name, store.head(), Notes.LONG));
        }
        assertEquals(20, early.reads.get());
        assertEquals(20, late.reads.get());
    }

    @Test
    void shouldDecodeNothingWhenNobodyIsLive() throws Exception {
        CountedSerde notes = new CountedSerde();
        ProjectionRuntime runtime =
                started(
                        RuntimeConfig.defaults(),
                        Notes.digest(
                                "wrong",
                                notes,
                                note -> {
                                    throw new IllegalStateException("on purpose");
                                }));
        states.await("wrong", ProjectionState.LIVE);
        append(1, 0, 1);
        states.awaitFailure("wrong");
        long before = notes.reads.get();
        for (int i = 1; i < 50; i++) {
            append(1, i, 1);
        }
        runtime.close();
        assertEquals(before, notes.reads.get());
    }

    @Test
    void shouldFeedSeveralCategoriesInTheOrderOfTheLog() throws Exception {
        StoreRef<String, String> text = StoreRef.of("text");
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("left", Consumed.with(serde))
                .mapValues(note -> "l" + note.number())
                .merge(
                        builder.stream("right", Consumed.with(serde))
                                .mapValues(note -> "r" + note.number()))
                .groupBy((key, word) -> "all")
                .aggregate(
                        () -> "",
                        (key, word, all) -> all + word,
                        Materialized.as(text, Serdes.utf8(), Serdes.utf8()));
        Projection both = Projection.of("both", 1, builder.build());
        StringBuilder expected = new StringBuilder();
        Notes.append(store, "left", serde, 1, 0, 2);
        Notes.append(store, "right", serde, 1, 0, 2);
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), both);
        states.await("both", ProjectionState.LIVE);
        Notes.append(store, "right", serde, 1, 2, 1);
        Notes.append(store, "left", serde, 1, 2, 1);
        store.read(
                EventQuery.all(),
                event -> {
                    expected.append(event.stream().category().charAt(0))
                            .append(serde.deserialize(event.type(), event.payload()).number());
                    return true;
                });
        PositionBound end = PositionBound.at(store.head());
        try (ReadView view = runtime.readView("both", end, Notes.LONG)) {
            assertEquals(expected.toString(), view.store(text).get("all").orElseThrow());
        }
    }
}
