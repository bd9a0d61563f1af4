package io.varve.store;

import static io.varve.store.TestEvents.event;
import static io.varve.store.TestEvents.stream;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.StreamTombstonedException;
import io.varve.store.errors.WrongExpectedVersionException;
import io.varve.store.serde.EventSerde;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tombstone is the last event of its stream, for ever. */
class TombstoneTest {
    private static final StreamId A = stream("a");
    private static final StreamId B = stream("b");

    @TempDir Path folder;

    @Test
    void shouldBeTheLastEventThatReadersSee() {
        try (EventStore store = EventStore.open(folder)) {
            store.append(A, ExpectedVersion.any(), event("one"));
            AppendResult ended = store.tombstone(A, ExpectedVersion.exactly(0));
            assertEquals(new AppendResult(1, 1, 1), ended);
            store.append(B, ExpectedVersion.any(), event("two"));
            for (EventQuery query :
                    List.of(
                            EventQuery.all(),
                            EventQuery.stream(A),
                            EventQuery.category("things"),
                            EventQuery.all().types(Set.of(SystemEvents.TOMBSTONE)))) {
                RecordedEvent tombstone =
                        store.readList(query).stream()
                                .filter(RecordedEvent::isTombstone)
                                .findFirst()
                                .orElseThrow();
                assertEquals(1, tombstone.position());
                assertEquals(1, tombstone.version());
                assertEquals("$tombstone", tombstone.type());
                assertEquals(0, tombstone.payload().length);
            }
            store.read(
                    EventQuery.all(),
                    view -> {
                        assertEquals(view.position() == 1, view.isTombstone());
                        return true;
                    });
            assertEquals(1, store.version(A).orElseThrow());
        }
    }

    @Test
    void shouldRefuseWhatFollowsWhateverItExpects() throws IOException {
        try (EventStore store = EventStore.open(folder)) {
            store.append(A, ExpectedVersion.any(), event("one"));
            store.tombstone(A, ExpectedVersion.any());
            assertEnded(store);
        }
        try (EventStore store = EventStore.open(folder)) {
            assertEnded(store);
        }
        TestEvents.deleteIndex(folder);
        try (EventStore store = EventStore.open(folder)) {
            assertEnded(store);
        }
    }

    private static void assertEnded(EventStore store) {
        for (ExpectedVersion expected :
                List.of(
                        ExpectedVersion.any(),
                        ExpectedVersion.noStream(),
                        ExpectedVersion.streamExists(),
                        ExpectedVersion.exactly(1),
                        ExpectedVersion.exactly(0))) {
            StreamTombstonedException e =
                    assertThrows(
                            StreamTombstonedException.class,
                            () -> store.append(A, expected, event("more")));
            assertEquals(A, e.stream());
            assertEquals(1, e.version());
            assertThrows(StreamTombstonedException.class, () -> store.tombstone(A, expected));
            EventBatch two = new EventBatch().add(B, event("b")).add(A, event("a"));
            assertEquals(
                    new AppendOutcome.Tombstoned(A, 1), store.tryAppend(two.expect(A, expected)));
        }
        assertEquals(1, store.head());
    }

    @Test
    void shouldCheckTheExpectedVersion() {
        try (EventStore store = EventStore.open(folder)) {
            store.append(A, ExpectedVersion.any(), event("one"));
            assertThrows(
                    WrongExpectedVersionException.class,
                    () -> store.tombstone(A, ExpectedVersion.exactly(4)));
            store.append(A, ExpectedVersion.any(), event("two"));
            store.tombstone(B, ExpectedVersion.noStream());
            assertEquals(0, store.version(B).orElseThrow());
            // An expectation of a stream that gets nothing is compared as ever.
            store.append(
                    new EventBatch().expect(B, ExpectedVersion.exactly(0)).add(A, event("three")));
        }
    }

    @Test
    void shouldEndAStreamTogetherWithOtherEvents() {
        try (EventStore store = EventStore.open(folder)) {
            EventBatch batch = new EventBatch().add(A, event("last")).tombstone(A);
            assertThrows(IllegalArgumentException.class, () -> batch.add(A, event("more")));
            assertThrows(IllegalArgumentException.class, () -> batch.tombstone(A));
            batch.add(B, event("moved"));
            assertEquals(3, store.append(batch).count());
            assertThrows(
                    StreamTombstonedException.class,
                    () -> store.append(A, ExpectedVersion.any(), event("x")));
            batch.clear().add(A, event("free again")).add(B, event("y"));
            assertThrows(StreamTombstonedException.class, () -> store.append(batch));
        }
    }

    @Test
    void shouldEndAStreamWithinAGroup() {
        try (StoreInside store = new StoreInside(folder)) {
            List<AppendRequest> group =
                    store.commit(
                            new EventBatch().add(A, event("1")),
                            new EventBatch().tombstone(A),
                            new EventBatch().add(A, event("2")),
                            new EventBatch().tombstone(B),
                            new EventBatch().tombstone(B));
            group.get(1).outcome().orThrow();
            assertEquals(new AppendOutcome.Tombstoned(A, 1), group.get(2).outcome());
            assertEquals(new AppendOutcome.Tombstoned(B, 0), group.get(4).outcome());
        }
    }

    @Test
    void shouldRefuseTypesOfTheStoresOwn() {
        for (String type : List.of("$tombstone", "$", "$mine")) {
            IllegalArgumentException e =
                    assertThrows(
                            IllegalArgumentException.class, () -> NewEvent.of(type, new byte[0]));
            assertTrue(e.getMessage().contains("type=" + type), e.getMessage());
        }
        NewEvent.of("Price$", new byte[0]);
        assertTrue(SystemEvents.isSystem(SystemEvents.TOMBSTONE));
        assertFalse(SystemEvents.isSystem("Price$"));
    }

    @Test
    void shouldBePassedOverByTypedReaders() {
        try (EventStore store = EventStore.open(folder)) {
            Category<String> said = store.category("things", TEXT);
            said.append("a", "hello");
            store.tombstone(said.id("a"), ExpectedVersion.any());
            assertEquals(List.of("hello"), said.read("a"));
            assertEquals(
                    new AppendOutcome.Tombstoned(A, 1),
                    said.tryAppend("a", ExpectedVersion.any(), "more"));
        }
    }

    private static final EventSerde<String> TEXT =
            new EventSerde<>() {
                @Override
                public Set<String> types() {
                    return Set.of("Said");
                }

                @Override
                public String typeOf(String event) {
                    return "Said";
                }

                @Override
                public void serialize(String event, io.varve.store.bytes.BytesWriter out) {
                    out.putUtf8(event);
                }

                @Override
                public String deserialize(String type, io.varve.store.bytes.BytesView payload) {
                    if (!type.equals("Said")) {
                        throw new IllegalArgumentException(type);
                    }
                    return payload.getUtf8(0, payload.length());
                }
            };
}
