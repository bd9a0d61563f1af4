package io.varve.store;

import static io.varve.store.TestEvents.event;
import static io.varve.store.TestEvents.stream;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.LimitExceededException;
import io.varve.store.errors.ProducerFencedException;
import io.varve.store.errors.WrongExpectedVersionException;
import io.varve.store.errors.WrongProducerMarkException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Up to where a producer has reacted is compared and set with the events it appends. */
class ProducerMarkTest {
    private static final StreamId A = stream("a");

    @TempDir Path folder;

    private static EventBatch batch(ProducerMark mark) {
        return new EventBatch().add(A, event("x")).producerMark(mark);
    }

    private static ProducerMark mark(long epoch, long previous, long position) {
        return new ProducerMark("p", epoch, OptionalLong.of(previous), position);
    }

    private static void fill(EventStore store) {
        for (int i = 0; i < 10; i++) {
            store.append(stream("input"), ExpectedVersion.any(), event("in" + i));
        }
    }

    @Test
    void shouldSetAMarkWithItsEvents() {
        try (EventStore store = EventStore.open(folder)) {
            fill(store);
            assertEquals(Optional.empty(), store.producerMark("p"));
            store.append(batch(ProducerMark.first("p", 1, 3)));
            RecordedMark first = new RecordedMark("p", 1, 3);
            assertEquals(Optional.of(first), store.producerMark("p"));
            store.append(batch(first.next(3)));
            store.append(batch(first.next(9)));
            assertEquals(Optional.of(new RecordedMark("p", 1, 9)), store.producerMark("p"));
            assertEquals(Optional.empty(), store.producerMark("q"));
        }
    }

    @Test
    void shouldRefuseAMarkThatIsNotWhereItIsExpected() {
        try (EventStore store = EventStore.open(folder)) {
            fill(store);
            WrongProducerMarkException none =
                    assertThrows(
                            WrongProducerMarkException.class,
                            () -> store.append(batch(mark(1, 2, 3))));
            assertEquals(Optional.empty(), none.actual());
            store.append(batch(ProducerMark.first("p", 1, 5)));
            Optional<RecordedMark> there = Optional.of(new RecordedMark("p", 1, 5));
            for (ProducerMark wrong :
                    List.of(mark(1, 4, 6), mark(2, 4, 6), mark(1, 6, 6), first(1), first(2))) {
                WrongProducerMarkException e =
                        assertThrows(
                                WrongProducerMarkException.class, () -> store.append(batch(wrong)));
                assertEquals("p", e.producer());
                assertEquals(wrong, e.mark());
                assertEquals(there, e.actual());
                assertEquals(
                        new AppendOutcome.WrongMark(wrong, there), store.tryAppend(batch(wrong)));
            }
            assertEquals(there, store.producerMark("p"));
            assertEquals(10, store.head());
        }
    }

    private static ProducerMark first(long epoch) {
        return ProducerMark.first("p", epoch, 5);
    }

    @Test
    void shouldFenceOffAnOlderEpoch() {
        try (EventStore store = EventStore.open(folder)) {
            fill(store);
            store.append(batch(ProducerMark.first("p", 1, 2)));
            RecordedMark old = store.producerMark("p").orElseThrow();
            store.append(batch(old.takeOver(4, 2)));
            ProducerFencedException e =
                    assertThrows(
                            ProducerFencedException.class, () -> store.append(batch(old.next(3))));
            assertEquals(new RecordedMark("p", 4, 2), e.actual());
            assertEquals("p", e.producer());
            assertEquals(
                    new AppendOutcome.Fenced(old.next(3), e.actual()),
                    store.tryAppend(batch(old.next(3))));
            store.append(batch(e.actual().next(3)));
            store.append(batch(new RecordedMark("p", 4, 3).takeOver(Long.MAX_VALUE, 4)));
            assertEquals(Long.MAX_VALUE, store.producerMark("p").orElseThrow().epoch());
        }
    }

    @Test
    void shouldRefuseMarksThatCannotBe() {
        assertThrows(IllegalArgumentException.class, () -> ProducerMark.first("", 0, 0));
        assertThrows(IllegalArgumentException.class, () -> ProducerMark.first("x\ud800", 0, 0));
        assertThrows(IllegalArgumentException.class, () -> ProducerMark.first("p", -1, 0));
        assertThrows(IllegalArgumentException.class, () -> ProducerMark.first("p", 0, -2));
        assertThrows(IllegalArgumentException.class, () -> mark(0, 5, 4));
        assertThrows(IllegalArgumentException.class, () -> mark(0, -2, 4));
        String longest = "p".repeat(255);
        assertThrows(LimitExceededException.class, () -> ProducerMark.first(longest + "p", 0, 0));
        try (EventStore store = EventStore.open(folder)) {
            fill(store);
            store.append(batch(ProducerMark.first(longest, 0, -1)));
            assertEquals(-1, store.producerMark(longest).orElseThrow().position());
            assertThrows(IllegalArgumentException.class, () -> store.producerMark(""));
        }
    }

    @Test
    void shouldRefuseAMarkBeyondTheHead() {
        try (EventStore store = EventStore.open(folder)) {
            fill(store);
            for (long position : List.of(10L, Long.MAX_VALUE)) {
                EventBatch ahead = batch(ProducerMark.first("p", 0, position));
                assertThrows(IllegalArgumentException.class, () -> store.append(ahead));
            }
            assertEquals(9, store.head());
            store.append(batch(ProducerMark.first("p", 0, 9)));
        }
    }

    @Test
    void shouldDoAllOrNothing() {
        try (EventStore store = EventStore.open(folder)) {
            fill(store);
            EventBatch stale =
                    batch(ProducerMark.first("p", 0, 1))
                            .idempotencyKey("k")
                            .expect(A, ExpectedVersion.exactly(5));
            assertThrows(WrongExpectedVersionException.class, () -> store.append(stale));
            assertEquals(Optional.empty(), store.producerMark("p"));
            EventBatch marked = batch(ProducerMark.first("p", 0, 1)).idempotencyKey("k");
            store.append(marked);
            assertTrue(store.append(marked).repeated(), "the key comes before the mark");
            EventBatch twice = batch(ProducerMark.first("p", 0, 1)).idempotencyKey("other");
            assertThrows(WrongProducerMarkException.class, () -> store.append(twice));
            assertEquals(10, store.head());
        }
    }

    @Test
    void shouldCompareWithinOneGroup() {
        try (EventStore store = EventStore.open(folder)) {
            fill(store);
        }
        try (StoreInside store = new StoreInside(folder)) {
            RecordedMark second = new RecordedMark("p", 0, 2);
            List<AppendRequest> group =
                    store.commit(
                            batch(ProducerMark.first("p", 0, 2)),
                            batch(ProducerMark.first("p", 0, 2)),
                            batch(second.next(4)),
                            batch(second.next(5)));
            group.get(0).outcome().orThrow();
            assertEquals(
                    new AppendOutcome.WrongMark(ProducerMark.first("p", 0, 2), Optional.of(second)),
                    group.get(1).outcome());
            group.get(2).outcome().orThrow();
            assertEquals(
                    new AppendOutcome.WrongMark(
                            second.next(5), Optional.of(new RecordedMark("p", 0, 4))),
                    group.get(3).outcome());
        }
        try (EventStore store = EventStore.open(folder)) {
            assertEquals(4, store.producerMark("p").orElseThrow().position());
        }
    }

    @Test
    void shouldRememberMarksAfterAReopeningAndWithoutTheIndex() throws IOException {
        try (EventStore store = EventStore.open(TestEvents.restless(folder))) {
            fill(store);
            for (int i = 0; i < 60; i++) {
                String producer = "p" + i % 7;
                Optional<RecordedMark> known = store.producerMark(producer);
                int position = i / 7;
                store.append(
                        batch(
                                known.map(mark -> mark.next(position))
                                        .orElse(ProducerMark.first(producer, i, position))));
            }
        }
        for (int round = 0; round < 3; round++) {
            if (round == 1) {
                TestEvents.deleteIndex(folder);
            }
            try (EventStore store = EventStore.open(folder)) {
                for (int i = 0; i < 7; i++) {
                    RecordedMark expected = new RecordedMark("p" + i, i, i < 4 ? 8 : 7);
                    assertEquals(Optional.of(expected), store.producerMark("p" + i));
                }
            }
        }
    }
}
