package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.bytes.Flyweight;
import io.varve.store.errors.EventsTruncatedException;
import io.varve.store.errors.SerdeException;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serde;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EmptyStackException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Typed reading of streams that have ended, and of those that have lost their beginning. */
class CategoryTest {
    record Said(long number) {}

    private static final EventSerde<Said> SERDE =
            EventSerde.of(Said.class).record("said", Said.class).build();

    @TempDir Path folder;
    private EventStore store;
    private Category<Said> category;

    @BeforeEach
    void open() {
        store = EventStore.open(folder);
        category = store.category("talks", SERDE);
        for (int i = 0; i < 4; i++) {
            category.append("a", new Said(i));
        }
        category.append("b", new Said(9));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private List<Said> visited(String key) {
        List<Said> seen = new ArrayList<>();
        category.forEach(key, seen::add);
        return seen;
    }

    @Test
    void shouldRefuseToAppendNothing() {
        long head = store.head();
        CompletableFuture<Long> next = store.whenCommitted(head + 1);
        for (ExpectedVersion expected :
                List.of(ExpectedVersion.any(), ExpectedVersion.exactly(3))) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> category.append("a", expected, List.of()));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> category.tryAppend("a", expected, List.of()));
        }
        assertEquals(head, store.head());
        assertFalse(next.isDone());
        assertEquals(4, category.read("a").size());
    }

    @Test
    void shouldPassOverATombstone() {
        List<Said> before = category.read("a");
        store.tombstone(category.id("a"), ExpectedVersion.any());
        assertEquals(before, category.read("a"));
        assertEquals(before, visited("a"));
        assertEquals(4, before.size());
    }

    @Test
    void shouldSayWhatToDoWithATombstoneThatIsDecodedByHand() {
        SerdeException refused =
                assertThrows(
                        SerdeException.class,
                        () -> SERDE.deserialize(SystemEvents.TOMBSTONE, new BytesView()));
        assertTrue(refused.remedy().contains("SystemEvents.isSystem"), refused.remedy());
    }

    @Test
    void shouldDecodeACopyAsItDecodesWhatIsLent() {
        List<RecordedEvent> copies = store.readList(category.query("a"));
        assertEquals(category.read("a"), copies.stream().map(copy -> copy.decode(SERDE)).toList());
    }

    @Test
    void shouldSayWhichEventItCannotDecodeAndWhatToDoOnce() {
        EventSerde<String> other = EventSerde.of(String.class).json("other", String.class).build();
        RecordedEvent copy = store.readList(category.query("a").from(2)).get(0);
        SerdeException ofCopy = assertThrows(SerdeException.class, () -> copy.decode(other));
        SerdeException ofView =
                assertThrows(
                        SerdeException.class,
                        () ->
                                store.read(
                                        category.query("a").from(2), e -> e.decode(other) != null));
        for (SerdeException refused : List.of(ofCopy, ofView)) {
            String message = refused.getMessage();
            assertTrue(message.contains("position=2 stream=talks/a version=2"), message);
            assertEquals(refused.what() + ". " + refused.remedy(), message);
            assertEquals(message.indexOf(refused.remedy()), message.lastIndexOf(refused.remedy()));
        }
    }

    @Test
    void shouldSayWhatASerdeDiedOfThatSaysNothing() {
        EventSerde<Said> broken =
                EventSerde.of(Said.class).type("said", Said.class, new Mute()).build();
        RecordedEvent copy = store.readList(category.query("a")).get(0);
        SerdeException refused = assertThrows(SerdeException.class, () -> copy.decode(broken));
        assertTrue(
                refused.what().contains("cause=[java.util.EmptyStackException]"), refused.what());
    }

    private static final class Mute implements Serde<Said> {
        @Override
        public void serialize(Said value, BytesWriter out) {
            throw new EmptyStackException();
        }

        @Override
        public Said deserialize(BytesView in) {
            throw new EmptyStackException();
        }
    }

    @Test
    void shouldStopWhenTheVisitorHasEnough() {
        List<Said> seen = new ArrayList<>();
        category.forEach(
                "a",
                event -> {
                    seen.add(event);
                    return seen.size() < 2;
                });
        assertEquals(category.read("a").subList(0, 2), seen);
    }

    @Test
    void shouldRefuseToReadAStreamWithoutItsBeginning() {
        store.retention().truncateBefore(2);
        EventsTruncatedException gone =
                assertThrows(EventsTruncatedException.class, () -> category.read("a"));
        assertEquals(2, gone.firstPosition());
        assertThrows(EventsTruncatedException.class, () -> visited("a"));
        assertThrows(
                EventsTruncatedException.class,
                () -> category.read("a", "said", new Number(), (event, number) -> true));
        assertEquals(List.of(new Said(9)), category.read("b"));
        assertEquals(2, store.readList(EventQuery.stream(category.id("a"))).size());
        category.append("c", new Said(1));
        store.retention().truncateBefore(5);
        assertThrows(EventsTruncatedException.class, () -> category.read("a"));
        assertThrows(EventsTruncatedException.class, () -> visited("b"));
        assertEquals(List.of(new Said(1)), visited("c"));
        assertEquals(List.of(), category.read("none"));
    }

    private List<String> found(EventQuery query) {
        List<String> seen = new ArrayList<>();
        category.read(
                query,
                (event, said) ->
                        seen.add(event.stream().key() + event.version() + "=" + said.number()));
        return seen;
    }

    @Test
    void shouldReadWhatAQueryFindsWithItsEnvelope() {
        store.append(
                new StreamId("others", "a"), ExpectedVersion.any(), NewEvent.of("x", new byte[0]));
        store.tombstone(category.id("b"), ExpectedVersion.any());
        assertEquals(List.of("a0=0", "a1=1", "a2=2", "a3=3", "b0=9"), found(category.query()));
        assertEquals(List.of("b0=9", "a3=3"), found(category.query().backward().limit(3)));
        assertEquals(List.of("a2=2", "a3=3"), found(category.query("a").from(2)));
        assertEquals(List.of("b0=9"), found(category.query("b")));
        assertEquals(List.of(), found(category.query("none")));
        assertEquals(List.of(), found(category.query().type("never")));
    }

    @Test
    void shouldFollowWithEnvelopesUntilTheVisitorHasEnough() throws Exception {
        List<Long> seen = new ArrayList<>();
        Thread appending = new Thread(() -> category.append("c", new Said(10)));
        category.follow(
                category.query().from(3),
                (event, said) -> {
                    if (event.position() == 4) {
                        appending.start();
                    }
                    seen.add(said.number());
                    return said.number() != 10;
                });
        appending.join();
        assertEquals(List.of(3L, 9L, 10L), seen);
    }

    @Test
    void shouldRefuseQueriesOfOtherCategories() {
        for (EventQuery other :
                List.of(
                        EventQuery.all(),
                        EventQuery.category("others"),
                        EventQuery.stream(new StreamId("others", "a")))) {
            assertThrows(
                    IllegalArgumentException.class, () -> category.read(other, (e, said) -> true));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> category.follow(other, (e, said) -> true));
        }
    }

    private static final class Number implements Flyweight {
        @Override
        public void wrap(BytesView value) {
            // reads nothing
        }
    }
}
