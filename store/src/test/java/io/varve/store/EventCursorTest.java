package io.varve.store;

import static io.varve.store.TestEvents.event;
import static io.varve.store.TestEvents.stream;
import static io.varve.store.TestEvents.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.StoreClosedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventCursorTest {
    private static final StreamId A = stream("a");
    private static final StreamId B = stream("b");

    @TempDir Path folder;
    private EventStore store;

    @BeforeEach
    void open() {
        // A small map: it must grow while cursors are open.
        store = EventStore.open(TestEvents.restless(folder));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void append(int count, int length) {
        EventBatch batch = new EventBatch();
        for (int i = 0; i < count; i++) {
            batch.add(i % 2 == 0 ? A : B, event(i, length));
        }
        store.append(batch);
    }

    @Test
    void shouldReadManyChunksAndThenEnd() {
        append(1_000, 3_000);
        try (EventCursor cursor = store.cursor(EventQuery.all())) {
            for (int i = 0; i < 1_000; i++) {
                assertTrue(cursor.hasNext());
                assertEquals(i, cursor.next().position());
            }
            assertFalse(cursor.hasNext());
            assertThrows(NoSuchElementException.class, cursor::next);
        }
    }

    @Test
    void shouldReadEventsThatAreLargerThanAChunk() {
        append(3, 3 << 20);
        try (EventCursor cursor = store.cursor(EventQuery.all().backward())) {
            assertEquals(
                    List.of(2L, 1L, 0L), cursor.stream().map(RecordedEvent::position).toList());
        }
    }

    @Test
    void shouldEndWhereTheLogEndedWhenItWasOpened() {
        append(10, 10);
        EventCursor all = store.cursor(EventQuery.all());
        EventCursor ofStream = store.cursor(EventQuery.stream(A));
        EventCursor typed = store.cursor(EventQuery.all().type("Said"));
        append(10, 10);
        store.append(A, ExpectedVersion.any(), event("later"));
        assertEquals(10, all.stream().count());
        assertEquals(5, ofStream.stream().count());
        assertEquals(0, typed.stream().count());
    }

    /** The map can only grow while nobody reads: a cursor that stands still does not. */
    @Test
    void shouldLetItsUserAppendReadAndOpenCursorsMeanwhile() {
        append(600, 10);
        List<Long> seen = new ArrayList<>();
        try (EventCursor outer = store.cursor(EventQuery.all())) {
            while (outer.hasNext()) {
                RecordedEvent event = outer.next();
                seen.add(event.position());
                if (event.position() % 20 == 0) {
                    append(20, 6_000);
                    EventQuery same = EventQuery.stream(event.stream()).from(event.version());
                    try (EventCursor inner = store.cursor(same.limit(300))) {
                        assertEquals(event, inner.next());
                        assertEquals(event, store.readList(same.limit(1)).get(0));
                        assertEquals(299, inner.stream().count());
                    }
                }
            }
        }
        assertEquals(600, seen.size());
        assertEquals(1_199, store.head());
    }

    @Test
    void shouldRefuseToBeUsedAfterItsEnd() {
        append(300, 10);
        EventCursor cursor = store.cursor(EventQuery.all());
        Stream<RecordedEvent> events = cursor.stream();
        cursor.next();
        events.close();
        cursor.close();
        assertThrows(StoreClosedException.class, cursor::hasNext);
        assertThrows(StoreClosedException.class, cursor::next);
    }

    @Test
    void shouldNotKeepAStoreFromClosing() {
        append(300, 10);
        EventCursor cursor = store.cursor(EventQuery.all());
        assertEquals(0, cursor.next().position());
        store.close();
        assertThrows(StoreClosedException.class, () -> cursor.forEachRemaining(event -> {}));
        try (EventStore again = EventStore.open(folder)) {
            assertEquals(299, again.head());
        }
    }

    @Test
    void shouldStopEarly() {
        append(300, 10);
        store.append(A, ExpectedVersion.any(), event("newest"));
        try (EventCursor cursor = store.cursor(EventQuery.stream(A).backward())) {
            assertEquals("newest", text(cursor.stream().findFirst().orElseThrow()));
        }
    }

    /** It belongs to no thread: one after the other may go on with it. */
    @Test
    void shouldBeHandedFromThreadToThread() throws Exception {
        append(50, 3_000);
        EventCursor cursor = store.cursor(EventQuery.all());
        List<Long> positions = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            FutureTask<Void> five =
                    new FutureTask<>(
                            () -> {
                                for (int j = 0; j < 5; j++) {
                                    positions.add(cursor.next().position());
                                }
                                return null;
                            });
            new Thread(five).start();
            five.get(1, TimeUnit.MINUTES);
        }
        assertEquals(LongStream.range(0, 50).boxed().toList(), positions);
        Thread closing = new Thread(cursor::close);
        closing.start();
        closing.join();
        assertEquals(0, store.metrics().openReaders());
    }
}
