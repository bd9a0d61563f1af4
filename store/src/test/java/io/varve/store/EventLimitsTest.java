package io.varve.store;

import static io.varve.store.TestEvents.all;
import static io.varve.store.TestEvents.assertSound;
import static io.varve.store.TestEvents.event;
import static io.varve.store.TestEvents.of;
import static io.varve.store.TestEvents.payload;
import static io.varve.store.TestEvents.stream;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.LimitExceededException;
import io.varve.store.serde.EventSerde;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sizes, names and times at their edges. */
class EventLimitsTest {
    private static final StreamId A = stream("a");

    @TempDir Path folder;

    /** What is read, and what is read again without the index, is what was appended. */
    private void assertKept(List<NewEvent> events, boolean oneBatch) throws IOException {
        List<RecordedEvent> before;
        try (EventStore store = EventStore.open(folder)) {
            if (oneBatch) {
                store.append(A, ExpectedVersion.any(), events.toArray(NewEvent[]::new));
            } else {
                events.forEach(event -> store.append(A, ExpectedVersion.any(), event));
            }
            before = assertSound(store);
            assertEquals(events.size(), before.size());
            for (int i = 0; i < events.size(); i++) {
                NewEvent expected = events.get(i);
                RecordedEvent actual = before.get(i);
                assertArrayEquals(expected.payload(), actual.payload());
                assertEquals(expected.headers(), actual.headers());
                assertEquals(expected.type(), actual.type());
                expected.eventTimeMillis()
                        .ifPresent(time -> assertEquals(time, actual.eventTimeMillis()));
            }
        }
        TestEvents.deleteIndex(folder);
        try (EventStore store = EventStore.open(folder)) {
            assertEquals(before, assertSound(store));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldKeepPayloadsOfEverySize(boolean oneBatch) throws IOException {
        // One event of n bytes makes a block of 64 + 24 + 2 + n, more for the names it brings;
        // LMDB keeps values up to 2022 bytes in a leaf, and larger ones in pages of their own.
        int alone = BlockFormat.SHA + Short.BYTES;
        List<Integer> edges =
                List.of(2022, 2022 - alone, 4080 - alone, BlockFormat.MAX_BLOCK - alone, 65536);
        List<NewEvent> events = new ArrayList<>();
        for (int length : List.of(0, 1, 2, 255, 256)) {
            events.add(event(length, length));
        }
        for (int edge : edges) {
            for (int length = edge - 3; length <= edge + 3; length++) {
                events.add(event(length, length));
            }
        }
        assertKept(events, oneBatch);
    }

    @Test
    void shouldFillBodiesToTheLastByte() throws IOException {
        // Two events that fill a block exactly, and then by one byte more or less.
        int room = BlockFormat.MAX_BODY - 2 * Short.BYTES;
        List<NewEvent> events = new ArrayList<>();
        events.add(event(0, 1));
        for (int over = -2; over <= 2; over++) {
            int first = 100;
            try (EventStore store = EventStore.open(folder.resolve("b" + over))) {
                store.append(A, ExpectedVersion.any(), event(0, 1));
                NewEvent one = event(1, first);
                NewEvent two = event(2, room - first + over);
                store.append(A, ExpectedVersion.any(), one, two);
                boolean sameBlock = store.chainHash(1) == store.chainHash(2);
                assertEquals(over <= 0, sameBlock, "over=" + over);
                assertArrayEquals(two.payload(), assertSound(store).get(2).payload());
            }
        }
    }

    @Test
    void shouldKeepManySmallEventsOfOneBatch() throws IOException {
        List<NewEvent> events = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            events.add(event(i, i % 7));
        }
        assertKept(events, true);
    }

    @Test
    void shouldRefusePayloadsOverTheLimit() {
        int limit = StoreConfig.DEFAULT_MAX_PAYLOAD_BYTES;
        try (EventStore store = EventStore.open(folder)) {
            store.append(A, ExpectedVersion.any(), event(1, limit));
            LimitExceededException e =
                    assertThrows(
                            LimitExceededException.class,
                            () ->
                                    store.append(
                                            A,
                                            ExpectedVersion.any(),
                                            event("small"),
                                            NewEvent.of("Large", new byte[limit + 1])));
            assertEquals(limit + 1, e.actual());
            assertEquals(limit, e.limit());
            assertEquals(0, store.head());
            assertArrayEquals(payload(1, limit), all(store).get(0).payload());
            store.append(A, ExpectedVersion.exactly(0), event("next"));
            assertEquals(2, assertSound(store).size());
        }
        StoreConfig strict = StoreConfig.at(folder).withMaxPayloadBytes(4);
        try (EventStore store = EventStore.open(strict)) {
            assertEquals(2, all(store).size());
            store.append(A, ExpectedVersion.any(), event("four"));
            assertThrows(
                    LimitExceededException.class,
                    () -> store.append(A, ExpectedVersion.any(), event("fives")));
        }
    }

    @Test
    void shouldKeepHeaders() throws IOException {
        Map<String, String> user = new HashMap<>();
        for (int i = 0; i < 300; i++) {
            user.put("name-" + i + "-ü", "value " + i + " 𝄞");
        }
        EventHeaders full =
                EventHeaders.NONE
                        .withEventId(new UUID(-1, Long.MIN_VALUE))
                        .withCorrelation("correlation/ü")
                        .withCausation("")
                        .withUser(user);
        assertKept(
                List.of(
                        event("none"),
                        event("all").with(full),
                        event("id").with(EventHeaders.NONE.withEventId(new UUID(0, 0))),
                        event("").with(EventHeaders.NONE.withCorrelation("alone")),
                        event("name")
                                .with(EventHeaders.NONE.withUser(Map.of("n".repeat(255), "")))),
                true);
    }

    @Test
    void shouldRefuseHeadersThatAreTooLong() throws IOException {
        // 5 bytes of entry header.
        String longest = "x".repeat(0xffff - 5);
        assertKept(List.of(event("a").with(EventHeaders.NONE.withCausation(longest))), true);
        try (EventStore store = EventStore.open(folder)) {
            NewEvent over = event("b").with(EventHeaders.NONE.withCausation(longest + "x"));
            assertThrows(
                    LimitExceededException.class,
                    () -> store.append(A, ExpectedVersion.any(), over));
            assertEquals(0, store.head());
        }
        assertThrows(
                LimitExceededException.class,
                () -> EventHeaders.NONE.withUser(Map.of("n".repeat(256), "")));
    }

    @Test
    void shouldKeepEventTimes() throws IOException {
        List<NewEvent> events = new ArrayList<>();
        long most = EventBatch.MAX_TIME;
        for (long time : List.of(0L, -1L, 1L, -most, most, 1L << 32, -(1L << 32), 0xffff_ffffL)) {
            events.add(event("t" + time).at(time));
        }
        assertKept(events, true);
    }

    @ParameterizedTest
    @ValueSource(longs = {(1L << 47), -(1L << 47), Long.MAX_VALUE, Long.MIN_VALUE})
    void shouldRefuseEventTimesOutOfRange(long time) {
        EventBatch batch = new EventBatch();
        assertThrows(IllegalArgumentException.class, () -> batch.add(A, event("t").at(time)));
        assertEquals(0, batch.size());
    }

    @Test
    void shouldKeepNamesOfEveryKind() throws IOException {
        List<StreamId> ids = new ArrayList<>();
        for (String key :
                List.of("a/b", "/", "//", "../..", "ü", "𝄞", "\u0000", " ", "A", "a", "\u202e")) {
            ids.add(stream(key));
        }
        ids.add(stream("k".repeat(StreamId.MAX_KEY_BYTES)));
        ids.add(stream("ü".repeat(StreamId.MAX_KEY_BYTES / 2)));
        ids.add(StreamId.of("c".repeat(StreamId.MAX_CATEGORY_BYTES), "k".repeat(400)));
        ids.add(StreamId.of("𝄞".repeat(25), "𝄞".repeat(100)));
        ids.add(StreamId.of("things-", "a"));
        try (EventStore store = EventStore.open(StoreConfig.at(folder).withMergeEvents(3))) {
            for (int round = 0; round < 2; round++) {
                for (StreamId id : ids) {
                    store.append(id, ExpectedVersion.any(), event(id.toString()));
                }
            }
        }
        try (EventStore store = EventStore.open(folder)) {
            List<RecordedEvent> events = assertSound(store);
            for (int i = 0; i < events.size(); i++) {
                assertEquals(ids.get(i % ids.size()), events.get(i).stream());
                assertEquals(i / ids.size(), events.get(i).version());
            }
        }
    }

    @Test
    void shouldRefuseNamesThatAreTooLongOrEmpty() {
        assertThrows(LimitExceededException.class, () -> stream("k".repeat(401)));
        assertThrows(LimitExceededException.class, () -> stream("ü".repeat(201)));
        assertThrows(LimitExceededException.class, () -> StreamId.of("c".repeat(101), "k"));
        assertThrows(IllegalArgumentException.class, () -> stream(""));
        assertThrows(IllegalArgumentException.class, () -> StreamId.of("", "k"));
        assertThrows(IllegalArgumentException.class, () -> StreamId.of("a/b", "k"));
        assertThrows(LimitExceededException.class, () -> NewEvent.of("t".repeat(201), new byte[0]));
        assertThrows(IllegalArgumentException.class, () -> NewEvent.of("", new byte[0]));
    }

    @Test
    void shouldRefuseNamesThatUtf8CannotHold() {
        // Half a surrogate pair would become a question mark: two names would become one.
        assertThrows(IllegalArgumentException.class, () -> stream("a\ud834"));
        assertThrows(IllegalArgumentException.class, () -> stream("\udd1ea"));
        assertThrows(IllegalArgumentException.class, () -> StreamId.of("\ud834", "k"));
        assertThrows(IllegalArgumentException.class, () -> NewEvent.of("\ud834", new byte[0]));
    }

    @Test
    void shouldRefuseNull() {
        EventBatch batch = new EventBatch();
        assertThrows(NullPointerException.class, () -> batch.add(null, event("x")));
        assertThrows(
                NullPointerException.class, () -> batch.expect(null, ExpectedVersion.noStream()));
        assertThrows(NullPointerException.class, () -> batch.expect(A, null));
        assertThrows(NullPointerException.class, () -> batch.add(A, (NewEvent) null));
        try (EventStore store = EventStore.open(folder)) {
            store.append(batch.add(A, event("x")));
            assertThrows(NullPointerException.class, () -> EventQuery.stream(null));
            assertThrows(NullPointerException.class, () -> store.version(null));
            assertEquals(1, assertSound(store).size());
        }
    }

    @Test
    void shouldForgetAnEventThatCouldNotBeAdded() throws IOException {
        EventSerde<String> stubborn =
                new EventSerde<>() {
                    @Override
                    public Set<String> types() {
                        return Set.of();
                    }

                    @Override
                    public String typeOf(String event) {
                        return event.equals("untyped") ? "" : "Type" + event;
                    }

                    @Override
                    public void serialize(String event, BytesWriter out) {
                        out.putUtf8(event);
                        if (event.equals("bad")) {
                            throw new IllegalStateException("refused");
                        }
                    }

                    @Override
                    public String deserialize(String type, BytesView payload) {
                        return payload.getUtf8(0, payload.length());
                    }
                };
        EventBatch batch = new EventBatch();
        StreamId never = stream("never");
        assertThrows(IllegalStateException.class, () -> batch.add(never, stubborn, "bad"));
        assertThrows(IllegalArgumentException.class, () -> batch.add(never, stubborn, "untyped"));
        batch.add(A, stubborn, "good");
        assertThrows(IllegalStateException.class, () -> batch.add(never, stubborn, "bad"));
        batch.add(stream("b"), stubborn, "other");
        List<RecordedEvent> before;
        try (EventStore store = EventStore.open(folder)) {
            assertEquals(new AppendResult(0, 1, 0), store.append(batch));
            assertEquals(OptionalLong.empty(), store.version(never));
            before = assertSound(store);
            assertEquals("Typeother", before.get(1).type());
        }
        TestEvents.deleteIndex(folder);
        try (EventStore store = EventStore.open(folder)) {
            assertEquals(before, assertSound(store));
            store.append(never, ExpectedVersion.noStream(), event("now"));
            assertEquals(3, assertSound(store).size());
        }
    }

    @Test
    void shouldKeepManyStreams() throws IOException {
        int streams = 70_000;
        StoreConfig config = StoreConfig.at(folder).withMergeEvents(20_000);
        try (EventStore store = EventStore.open(config)) {
            EventBatch batch = new EventBatch();
            for (int i = 0; i < streams; i++) {
                batch.add(stream("s" + i), event("first"));
            }
            store.append(batch);
            batch.clear();
            for (int i = streams - 1; i >= 0; i -= 7) {
                batch.expect(stream("s" + i), ExpectedVersion.exactly(0));
                batch.add(stream("s" + i), event("second"));
            }
            store.append(batch);
            assertManyStreams(store, streams);
        }
        TestEvents.deleteIndex(folder);
        try (EventStore store = EventStore.open(config)) {
            assertManyStreams(store, streams);
        }
    }

    private static void assertManyStreams(EventStore store, int streams) {
        List<RecordedEvent> events = all(store);
        assertEquals(streams + streams / 7, events.size());
        for (int i = 0; i < streams; i++) {
            assertEquals(stream("s" + i), events.get(i).stream());
        }
        for (int i = 0; i < streams; i += 991) {
            int expected = (streams - 1 - i) % 7 == 0 ? 2 : 1;
            assertEquals(expected, of(store, stream("s" + i)).size());
            assertEquals(expected - 1, store.version(stream("s" + i)).orElseThrow());
        }
    }

    @Test
    @Tag("long")
    void shouldKeepManyTypes() throws IOException {
        int types = 1 << 16;
        try (EventStore store = EventStore.open(folder)) {
            EventBatch batch = new EventBatch();
            for (int i = 0; i < types; i++) {
                batch.add(A, NewEvent.of("T" + i, new byte[0]));
            }
            store.append(batch);
            assertThrows(
                    LimitExceededException.class,
                    () -> store.append(A, ExpectedVersion.any(), NewEvent.of("more", new byte[0])));
            store.append(A, ExpectedVersion.any(), NewEvent.of("T7", new byte[0]));
        }
        TestEvents.deleteIndex(folder);
        try (EventStore store = EventStore.open(folder)) {
            List<RecordedEvent> events = all(store);
            assertEquals(types + 1, events.size());
            for (int i = 0; i < types; i++) {
                assertEquals("T" + i, events.get(i).type());
            }
            assertEquals("T7", events.get(types).type());
        }
    }

    @Test
    @Tag("long")
    void shouldNameTypesOfAGroupAfterABatchWithTooMany() throws IOException {
        try (StoreInside inside = new StoreInside(folder)) {
            EventBatch most = new EventBatch();
            for (int i = 0; i < (1 << 16) - 2; i++) {
                most.add(A, NewEvent.of("T" + i, new byte[0]));
            }
            inside.commit(most);
            EventBatch over = new EventBatch();
            for (String type : List.of("x", "y", "z")) {
                over.add(A, NewEvent.of(type, new byte[0]));
            }
            EventBatch fits = new EventBatch().add(A, NewEvent.of("y", new byte[0]));
            List<AppendRequest> group = inside.commit(over, fits);
            assertThrows(LimitExceededException.class, () -> group.get(0).outcome().orThrow());
            assertEquals(1, group.get(1).outcome().orThrow().count());
        }
        try (EventStore store = EventStore.open(folder)) {
            assertEquals("y", store.readList(EventQuery.all().from(store.head())).get(0).type());
        }
    }
}
