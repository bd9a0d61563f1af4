package io.varve.store;

import static io.varve.store.TestEvents.event;
import static io.varve.store.TestEvents.stream;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.StreamTombstonedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What appends brought beside their events, when the events are removed. */
class TruncatedNotesTest {
    private static final StreamId ENDED = stream("ended");

    @TempDir Path folder;

    private static EventBatch keyed(String key) {
        return new EventBatch().idempotencyKey(key).add(stream("keyed"), event(key));
    }

    /** Marks and tombstones stay, keys go with their events. */
    @Test
    void shouldKeepMarksAndTombstones() throws IOException {
        try (EventStore store = EventStore.open(TestEvents.restless(folder))) {
            store.append(ENDED, ExpectedVersion.any(), event("x"));
            store.tombstone(ENDED, ExpectedVersion.any());
            EventBatch marked = new EventBatch().add(stream("out"), event("decision"));
            store.append(marked.producerMark(ProducerMark.first("p", 3, 1)));
            RecordedMark first = store.producerMark("p").orElseThrow();
            store.append(marked.producerMark(first.next(2)));
            store.append(marked.producerMark(ProducerMark.first("q", 1, 1)));
            store.append(keyed("gone"));
            for (int i = 0; i < 30; i++) {
                store.append(stream("fill"), ExpectedVersion.any(), event("x" + i));
            }
            store.append(keyed("kept"));
            store.append(marked.producerMark(new RecordedMark("q", 1, 1).next(9)));
            store.retention().truncateBefore(store.head() - 2);
            assertTrue(store.retention().firstPosition() > 6);
            assertNotes(store);
        }
        try (EventStore store = EventStore.open(folder)) {
            assertNotes(store);
        }
        TestEvents.deleteIndex(folder);
        try (EventStore store = EventStore.open(folder)) {
            assertNotes(store);
            assertFalse(store.append(keyed("gone")).repeated());
            assertTrue(store.append(keyed("gone")).repeated());
        }
    }

    private static void assertNotes(EventStore store) {
        assertEquals(Optional.of(new RecordedMark("p", 3, 2)), store.producerMark("p"));
        assertEquals(Optional.of(new RecordedMark("q", 1, 9)), store.producerMark("q"));
        assertThrows(
                StreamTombstonedException.class,
                () -> store.append(ENDED, ExpectedVersion.any(), event("more")));
        assertTrue(store.append(keyed("kept")).repeated());
        assertEquals(1, store.version(ENDED).orElseThrow());
    }

    @Test
    void shouldForgetAKeyAtOnceWithItsEvents() {
        try (EventStore store = EventStore.open(folder)) {
            store.append(keyed("k"));
            store.append(stream("fill"), ExpectedVersion.any(), event("x"));
            assertTrue(store.append(keyed("k")).repeated());
            store.retention().truncateBefore(1);
            AppendResult again = store.append(keyed("k"));
            assertEquals(new AppendResult(2, 2, 1, false), again);
        }
        try (EventStore store = EventStore.open(folder)) {
            assertEquals(new AppendResult(2, 2, 1, true), store.append(keyed("k")));
        }
    }

    private static EventBatch large(int events) {
        EventBatch batch = new EventBatch().idempotencyKey("large");
        for (int i = 0; i < events; i++) {
            batch.add(stream("s" + i % 3), TestEvents.event(i, 20));
        }
        return batch;
    }

    /** A key lies in the first block of its append, and answers for the events in the others. */
    @Test
    void shouldRemoveAnAppendWithAKeyWholeOrNotAtAll() throws IOException {
        EventBatch batch = large(4_000);
        try (EventStore store = EventStore.open(folder)) {
            store.append(stream("fill"), ExpectedVersion.any(), event("x"));
            AppendResult first = store.append(batch);
            assertEquals(1, store.retention().truncateBefore(Long.MAX_VALUE).firstPosition());
            store.append(stream("fill"), ExpectedVersion.any(), event("x"));
            for (long position : new long[] {2, 2_000, 4_000}) {
                assertEquals(1, store.retention().truncateBefore(position).firstPosition());
            }
            store.retention().hold("half", 3_000);
            assertEquals(1, store.retention().truncateBefore(4_001).firstPosition());
            AppendResult again = store.append(batch);
            assertTrue(again.repeated());
            assertEquals(first.firstPosition(), again.firstPosition());
            assertEquals(first.lastPosition(), again.lastPosition());
        }
        TestEvents.deleteIndex(folder);
        try (EventStore store = EventStore.open(folder)) {
            assertTrue(store.append(batch).repeated());
            assertEquals(4_001, store.head());
            store.retention().release("half");
            Truncation done = store.retention().truncateBefore(4_001);
            assertEquals(4_001, done.firstPosition());
            assertTrue(done.blocks() > 1, done::toString);
            assertFalse(store.append(batch).repeated());
        }
    }

    @Test
    void shouldRemoveAnAppendWithAKeyThatIsLargerThanASlice() {
        int events = LogTruncation.MOST_EVENTS + 5_000;
        try (EventStore store = EventStore.open(folder)) {
            store.append(stream("fill"), ExpectedVersion.any(), event("x"));
            store.append(large(events));
            store.append(keyed("after"));
            store.append(stream("fill"), ExpectedVersion.any(), event("x"));
            assertEquals(1, store.retention().truncateBefore(events).firstPosition());
            assertEquals(events + 1, store.retention().truncateBefore(events + 1).firstPosition());
            assertTrue(store.append(keyed("after")).repeated());
            assertEquals(2, TestEvents.all(store).size());
        }
    }
}
