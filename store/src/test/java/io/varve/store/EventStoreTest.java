package io.varve.store;

import static io.varve.store.TestEvents.all;
import static io.varve.store.TestEvents.assertSound;
import static io.varve.store.TestEvents.event;
import static io.varve.store.TestEvents.of;
import static io.varve.store.TestEvents.stream;
import static io.varve.store.TestEvents.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.bytes.BytesView;
import io.varve.store.errors.WrongExpectedVersionException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Appending and reading, one thread at a time. */
class EventStoreTest {
    private static final StreamId A = stream("a");
    private static final StreamId B = stream("b");
    private static final StreamId C = stream("c");

    @TempDir Path folder;
    private EventStore store;

    @BeforeEach
    void open() {
        store = EventStore.open(folder);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void reopen() {
        store.close();
        open();
    }

    private EventStore append(StreamId stream, String... texts) {
        EventBatch batch = new EventBatch();
        for (String text : texts) {
            batch.add(stream, event(text));
        }
        store.append(batch);
        return store;
    }

    private List<String> texts(EventQuery query) {
        return store.readList(query).stream().map(TestEvents::text).toList();
    }

    @Test
    void shouldBeEmptyAtFirst() {
        assertEquals(-1, store.head());
        assertEquals(OptionalLong.empty(), store.version(A));
        assertEquals(List.of(), all(store));
        assertEquals(List.of(), of(store, A));
        assertThrows(IllegalArgumentException.class, () -> store.chainHash(0));
        assertThrows(IllegalArgumentException.class, () -> store.commitTimeMillis(0));
        assertThrows(IllegalArgumentException.class, () -> store.chainHash(-1));
    }

    @Test
    void shouldAppendOneEvent() {
        AppendResult result = store.append(A, ExpectedVersion.noStream(), event("one"));
        assertEquals(new AppendResult(0, 0, 0), result);
        assertEquals(1, result.count());
        assertEquals(0, store.head());
        assertEquals(OptionalLong.of(0), store.version(A));
        RecordedEvent read = all(store).get(0);
        assertEquals(0, read.position());
        assertEquals(A, read.stream());
        assertEquals(0, read.version());
        assertEquals("Said", read.type());
        assertEquals("one", text(read));
        assertSame(EventHeaders.NONE, read.headers());
        assertEquals(read.commitTimeMillis(), read.eventTimeMillis());
        assertEquals(read.commitTimeMillis(), store.commitTimeMillis(0));
    }

    @Test
    void shouldAppendABatchInTheOrderGiven() {
        append(B, "before");
        AppendResult result =
                store.append(A, ExpectedVersion.any(), event("1"), event("2"), event("3"));
        assertEquals(new AppendResult(1, 3, 2), result);
        assertEquals(List.of("before", "1", "2", "3"), texts(EventQuery.all()));
        assertEquals(List.of("1", "2", "3"), texts(EventQuery.stream(A)));
    }

    @Test
    void shouldInterleaveStreamsOfABatch() {
        AppendResult result =
                store.append(
                        new EventBatch()
                                .add(A, event("a0"))
                                .add(B, event("b0"))
                                .add(A, event("a1"))
                                .add(C, event("c0"))
                                .add(B, event("b1")));
        assertEquals(new AppendResult(0, 4, 1), result);
        assertEquals(List.of("a0", "b0", "a1", "c0", "b1"), texts(EventQuery.all()));
        assertEquals(List.of("b0", "b1"), texts(EventQuery.stream(B)));
        assertSound(store);
    }

    @Test
    void shouldUseABatchAgain() {
        EventBatch batch = new EventBatch().add(A, event("1")).expect(A, ExpectedVersion.any());
        store.append(batch);
        batch.clear().expect(A, ExpectedVersion.exactly(0)).add(A, event("2"));
        assertEquals(new AppendResult(1, 1, 1), store.append(batch));
        assertThrows(WrongExpectedVersionException.class, () -> store.append(batch));
        assertThrows(IllegalArgumentException.class, () -> store.append(batch.clear()));
        assertEquals(List.of("1", "2"), texts(EventQuery.all()));
    }

    @Test
    void shouldRefuseAnEmptyBatch() {
        assertThrows(IllegalArgumentException.class, () -> store.append(new EventBatch()));
        assertThrows(IllegalArgumentException.class, () -> store.append(A, ExpectedVersion.any()));
        assertEquals(-1, store.head());
    }

    @Test
    void shouldCheckWhatIsExpectedOfAStream() {
        refuse(A, ExpectedVersion.streamExists(), -1);
        refuse(A, ExpectedVersion.exactly(0), -1);
        store.append(A, ExpectedVersion.noStream(), event("0"));
        refuse(A, ExpectedVersion.noStream(), 0);
        refuse(A, ExpectedVersion.exactly(1), 0);
        store.append(A, ExpectedVersion.streamExists(), event("1"));
        store.append(A, ExpectedVersion.exactly(1), event("2"));
        refuse(A, ExpectedVersion.exactly(1), 2);
        store.append(A, ExpectedVersion.any(), event("3"));
        assertEquals(List.of("0", "1", "2", "3"), texts(EventQuery.all()));
        reopen();
        refuse(A, ExpectedVersion.noStream(), 3);
        refuse(A, ExpectedVersion.exactly(2), 3);
        store.append(A, ExpectedVersion.exactly(3), event("4"));
        assertSound(store);
    }

    private void refuse(StreamId stream, ExpectedVersion expected, long actual) {
        long head = store.head();
        WrongExpectedVersionException e =
                assertThrows(
                        WrongExpectedVersionException.class,
                        () -> store.append(stream, expected, event("never")));
        assertEquals(stream, e.stream());
        assertEquals(expected, e.expected());
        assertEquals(actual, e.actual());
        assertEquals(head, store.head());
    }

    @Test
    void shouldAppendToSeveralStreamsAllOrNothing() {
        append(A, "a0");
        EventBatch batch =
                new EventBatch()
                        .expect(A, ExpectedVersion.exactly(0))
                        .expect(B, ExpectedVersion.streamExists())
                        .add(A, event("a1"))
                        .add(B, event("b0"))
                        .add(C, event("c0"));
        assertThrows(WrongExpectedVersionException.class, () -> store.append(batch));
        assertEquals(List.of("a0"), texts(EventQuery.all()));
        assertEquals(OptionalLong.empty(), store.version(C));
        assertEquals(OptionalLong.empty(), store.version(B));
        batch.expect(B, ExpectedVersion.any());
        assertEquals(new AppendResult(1, 3, 0), store.append(batch));
        assertSound(store);
    }

    @Test
    void shouldExpectOfStreamsThatTheBatchDoesNotChange() {
        append(A, "a0");
        EventBatch batch = new EventBatch().expect(A, ExpectedVersion.exactly(7));
        assertThrows(
                WrongExpectedVersionException.class, () -> store.append(batch.add(B, event("b"))));
        batch.expect(A, ExpectedVersion.exactly(0));
        store.append(batch);
        assertEquals(OptionalLong.of(0), store.version(A));
        assertEquals(List.of("a0", "b"), texts(EventQuery.all()));
    }

    @Test
    void shouldCheckTheSecondBatchOfAGroupAgainstTheFirst() {
        store.close();
        try (StoreInside inside = new StoreInside(folder)) {
            EventBatch first =
                    new EventBatch().expect(A, ExpectedVersion.noStream()).add(A, event("first"));
            EventBatch second =
                    new EventBatch().expect(A, ExpectedVersion.noStream()).add(A, event("second"));
            EventBatch third =
                    new EventBatch().expect(A, ExpectedVersion.exactly(0)).add(A, event("third"));
            List<AppendRequest> group = inside.commit(first, second, third);
            assertEquals(new AppendResult(0, 0, 0), group.get(0).outcome().orThrow());
            assertThrows(
                    WrongExpectedVersionException.class, () -> group.get(1).outcome().orThrow());
            assertEquals(new AppendResult(1, 1, 1), group.get(2).outcome().orThrow());
        }
        open();
        assertEquals(List.of("first", "third"), texts(EventQuery.all()));
        assertSound(store);
    }

    @Test
    void shouldNameStreamsOfAGroupAfterARefusedBatch() throws IOException {
        store.close();
        try (StoreInside inside = new StoreInside(folder)) {
            EventBatch refused =
                    new EventBatch()
                            .add(B, event("never"))
                            .expect(B, ExpectedVersion.streamExists());
            EventBatch kept = new EventBatch().add(C, NewEvent.of("Other", new byte[] {1}));
            List<AppendRequest> group = inside.commit(refused, kept);
            assertThrows(
                    WrongExpectedVersionException.class, () -> group.get(0).outcome().orThrow());
            assertEquals(new AppendResult(0, 0, 0), group.get(1).outcome().orThrow());
        }
        TestEvents.deleteIndex(folder);
        open();
        assertEquals("Other", assertSound(store).get(0).type());
    }

    @Test
    void shouldReadFromAPositionAndFromAVersion() {
        append(A, "0", "1").append(B, ExpectedVersion.any(), event("2"));
        append(A, "3", "4");
        assertEquals(List.of("1", "2", "3", "4"), texts(EventQuery.all().from(1)));
        assertEquals(List.of("1", "2"), texts(EventQuery.all().from(1).limit(2)));
        assertEquals(List.of("4"), texts(EventQuery.all().from(4).limit(100)));
        assertEquals(List.of(), texts(EventQuery.all().from(5)));
        assertEquals(List.of(), texts(EventQuery.all().from(Long.MAX_VALUE)));
        assertEquals(List.of(), texts(EventQuery.all().limit(0)));
        EventQuery stream = EventQuery.stream(A);
        assertEquals(List.of("1", "3", "4"), texts(stream.from(1)));
        assertEquals(List.of("3"), texts(stream.from(2).limit(1)));
        assertEquals(List.of(), texts(stream.from(4)));
        assertEquals(List.of(), texts(stream.from(Long.MAX_VALUE).limit(Long.MAX_VALUE)));
        assertEquals(List.of(), texts(stream.limit(0)));
        assertEquals(List.of(), texts(EventQuery.stream(C)));
        assertThrows(IllegalArgumentException.class, () -> EventQuery.all().from(-1));
        assertThrows(IllegalArgumentException.class, () -> stream.limit(-1));
    }

    @Test
    void shouldStopWhenTheVisitorHasEnough() {
        append(A, "0", "1", "2");
        append(A, "3");
        for (EventQuery query : List.of(EventQuery.all(), EventQuery.stream(A))) {
            List<Long> seen = new ArrayList<>();
            store.read(query, event -> seen.add(event.position()) && event.position() < 1);
            assertEquals(List.of(0L, 1L), seen);
        }
    }

    @Test
    void shouldEmptyTheViewAfterTheVisit() {
        append(A, "0");
        List<EventView> kept = new ArrayList<>();
        List<BytesView> payloads = new ArrayList<>();
        store.read(EventQuery.all(), event -> payloads.add(event.payload()) && kept.add(event));
        assertAnswersNothing(kept.get(0), payloads.get(0));
    }

    /** What reads is used again, and shows others' events by then. */
    @Test
    void shouldShowNoOtherEventThroughAViewThatWasKept() {
        append(A, "0", "1", "2");
        List<EventView> kept = new ArrayList<>();
        List<BytesView> payloads = new ArrayList<>();
        store.read(
                EventQuery.all().limit(1),
                event -> payloads.add(event.payload()) && kept.add(event));
        store.read(
                EventQuery.all().from(1),
                event -> {
                    assertAnswersNothing(kept.get(0), payloads.get(0));
                    return event.payload().length() > 0;
                });
    }

    private static void assertAnswersNothing(EventView view, BytesView payload) {
        assertEquals(0, payload.length());
        List<Supplier<?>> answers =
                List.of(
                        view::position,
                        view::stream,
                        view::version,
                        view::type,
                        view::isTombstone,
                        view::eventTimeMillis,
                        view::commitTimeMillis,
                        view::headers,
                        view::payload,
                        view::toRecordedEvent);
        for (Supplier<?> answer : answers) {
            RuntimeException refused = assertThrows(IndexOutOfBoundsException.class, answer::get);
            assertTrue(refused.getMessage().contains("lent"), refused.getMessage());
        }
    }

    @Test
    void shouldNameWhatIsNullBeforeItDoesAnything() {
        Map<String, Executable> calls =
                Map.of(
                        "query", () -> store.read(null, event -> true),
                        "visitor", () -> store.read(EventQuery.all(), null),
                        "events", () -> store.append(A, ExpectedVersion.any(), (NewEvent[]) null),
                        "batch", () -> store.append(null),
                        "target", () -> store.backup(null, ProgressListener.none()),
                        "listener", () -> store.backup(folder.resolve("backup"), null),
                        "seals", () -> store.verifySeals(null));
        calls.forEach(
                (name, call) ->
                        assertEquals(
                                name, assertThrows(NullPointerException.class, call).getMessage()));
    }

    @Test
    void shouldPassOnWhatTheVisitorThrowsAndReadAgain() {
        append(A, "0", "1");
        for (int i = 0; i < 2000; i++) {
            assertThrows(
                    ArithmeticException.class,
                    () ->
                            store.read(
                                    EventQuery.all(),
                                    event -> {
                                        throw new ArithmeticException();
                                    }));
        }
        assertEquals(List.of("0", "1"), texts(EventQuery.all()));
    }

    @Test
    void shouldReadAndAppendFromWithinARead() {
        append(A, "0", "1", "2");
        List<String> seen = new ArrayList<>();
        store.read(
                EventQuery.all(),
                event -> {
                    String text = text(event.toRecordedEvent());
                    store.append(B, ExpectedVersion.any(), event("after " + text));
                    store.read(
                            EventQuery.stream(A).from(event.version()).limit(1),
                            nested -> seen.add(text + nested.version()));
                    assertEquals(text, text(event.toRecordedEvent()));
                    return true;
                });
        assertEquals(List.of("00", "11", "22"), seen);
        assertEquals(List.of("after 0", "after 1", "after 2"), texts(EventQuery.stream(B)));
    }

    @Test
    void shouldReadNoFurtherThanTheHeadWasAtTheBeginning() {
        append(A, "0");
        int[] count = {0};
        store.read(
                EventQuery.all(),
                event -> {
                    append(A, "more");
                    return ++count[0] < 10;
                });
        assertEquals(1, count[0]);
        store.read(
                EventQuery.stream(A),
                event -> {
                    append(A, "more");
                    return ++count[0] < 10;
                });
        assertEquals(3, count[0]);
    }

    @Test
    void shouldReadEqualAfterReopening() {
        append(A, "0", "1");
        append(B, "2");
        List<RecordedEvent> before = all(store);
        StoreIdentity identity = store.identity();
        long chain = store.chainHash(2);
        reopen();
        assertEquals(before, assertSound(store));
        assertEquals(identity, store.identity());
        assertEquals(chain, store.chainHash(2));
        assertEquals(
                new AppendResult(3, 3, 2), store.append(A, ExpectedVersion.exactly(1), event("3")));
        reopen();
        assertEquals(4, assertSound(store).size());
    }

    @Test
    void shouldReadEqualWithoutItsIndex() throws IOException {
        append(A, "0", "1");
        append(B, "2");
        List<RecordedEvent> before = all(store);
        store.close();
        TestEvents.deleteIndex(folder);
        open();
        assertEquals(before, assertSound(store));
    }

    @Test
    void shouldLinkBlocksByHashes() {
        append(A, "0", "1");
        append(A, "2");
        assertEquals(store.chainHash(0), store.chainHash(1));
        assertNotEquals(store.chainHash(1), store.chainHash(2));
    }

    @Test
    void shouldTellHistoriesApartThatHaveEqualEvents(@TempDir Path other) {
        append(A, "0");
        try (EventStore twin = EventStore.open(other)) {
            twin.append(A, ExpectedVersion.any(), event("0"));
            assertNotEquals(store.identity(), twin.identity());
            assertNotEquals(store.chainHash(0), twin.chainHash(0));
        }
    }

    @Test
    void shouldNeverCommitAtAnEarlierTimeThanBefore() {
        store.close();
        AtomicLong now = new AtomicLong(5_000);
        StoreConfig config = StoreConfig.at(folder).withClock(TestEvents.clock(now));
        store = EventStore.open(config);
        append(A, "0");
        now.set(-7);
        append(A, "1");
        assertEquals(5_000, store.commitTimeMillis(1));
        store.close();
        now.set(4_000);
        store = EventStore.open(config);
        append(A, "2");
        assertEquals(5_000, store.commitTimeMillis(2));
        now.set(6_000);
        store.append(A, ExpectedVersion.any(), event("3").at(1));
        RecordedEvent last = all(store).get(3);
        assertEquals(6_000, last.commitTimeMillis());
        assertEquals(1, last.eventTimeMillis());
        // The clock as it is: one leap ahead must not follow every event from then on.
        assertEquals(4_000, all(store).get(2).eventTimeMillis());
    }

    @Test
    void shouldOpenThroughASymbolicLink() throws IOException {
        append(A, "0");
        store.close();
        Path link = folder.resolveSibling(folder.getFileName() + "-link");
        java.nio.file.Files.createSymbolicLink(link, folder);
        store = EventStore.open(link);
        assertTrue(texts(EventQuery.all()).contains("0"));
        assertFalse(store.version(A).isEmpty());
    }

    @Test
    void shouldNotWaitWhereTheTimeIsUpAlready() throws InterruptedException {
        for (Duration past :
                List.of(
                        Duration.ZERO,
                        Duration.ofSeconds(-1),
                        Duration.ofSeconds(Long.MIN_VALUE))) {
            assertFalse(store.awaitPosition(store.head() + 1, past));
            assertFalse(store.awaitDurable(store.head() + 1, past));
        }
    }
}
