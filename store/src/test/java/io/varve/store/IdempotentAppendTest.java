package io.varve.store;

import static io.varve.store.TestEvents.event;
import static io.varve.store.TestEvents.stream;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.IdempotencyKeyReusedException;
import io.varve.store.errors.LimitExceededException;
import io.varve.store.errors.WrongExpectedVersionException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An append with a key is made once, however often it is tried. */
class IdempotentAppendTest {
    private static final StreamId A = stream("a");
    private static final StreamId B = stream("b");

    @TempDir Path folder;

    private static EventBatch batch(String key, String... texts) {
        EventBatch batch = new EventBatch().idempotencyKey(key);
        for (String text : texts) {
            batch.add(A, event(text));
        }
        return batch;
    }

    @Test
    void shouldAnswerTheSameKeyAndContentWithTheFirstResult() {
        try (EventStore store = EventStore.open(folder)) {
            store.append(A, ExpectedVersion.any(), event("before"));
            AppendResult first = store.append(batch("k", "one", "two"));
            assertEquals(new AppendResult(1, 2, 2, false), first);
            store.append(A, ExpectedVersion.any(), event("after"));
            assertEquals(new AppendResult(1, 2, 2, true), store.append(batch("k", "one", "two")));
            assertEquals(3, store.head());
        }
    }

    @Test
    void shouldAnswerARetryWhoseExpectationHasComeTrueByItself() {
        try (EventStore store = EventStore.open(folder)) {
            EventBatch batch = batch("k", "one").expect(A, ExpectedVersion.noStream());
            AppendResult first = store.append(batch);
            AppendResult again = store.append(batch);
            assertTrue(again.repeated());
            assertEquals(first.firstPosition(), again.firstPosition());
            // Expectations are not content.
            AppendResult other = store.append(batch("k", "one").expect(A, exactly(7)));
            assertTrue(other.repeated());
        }
    }

    private static ExpectedVersion exactly(long version) {
        return ExpectedVersion.exactly(version);
    }

    @Test
    void shouldNotKeepTheKeyOfAnAppendThatWasRefused() {
        try (EventStore store = EventStore.open(folder)) {
            EventBatch batch = batch("k", "one").expect(A, exactly(3));
            assertThrows(WrongExpectedVersionException.class, () -> store.append(batch));
            assertFalse(store.append(batch("k", "two")).repeated());
        }
    }

    @Test
    void shouldRefuseAKeyWithOtherContent() {
        EventBatch plain = batch("k", "one", "two");
        NewEvent one = event("one");
        NewEvent two = event("two");
        EventHeaders headers = EventHeaders.NONE.withCorrelation("c");
        List<EventBatch> others =
                List.of(
                        batch("k", "one"),
                        batch("k", "one", "two", "three"),
                        batch("k", "two", "one"),
                        batch("k", "onet", "wo"),
                        batch("k").add(A, one).add(B, two),
                        batch("k").add(B, one).add(B, two),
                        batch("k").add(A, one).add(A, NewEvent.of("Other", two.payload())),
                        batch("k").add(A, one).add(A, two.at(5)),
                        batch("k").add(A, one).add(A, two.with(headers)),
                        batch("k", "one", "two").producerMark(ProducerMark.first("p", 0, 0)),
                        batch("k", "one").tombstone(A));
        try (EventStore store = EventStore.open(folder)) {
            store.append(plain);
            for (EventBatch other : others) {
                IdempotencyKeyReusedException e =
                        assertThrows(
                                IdempotencyKeyReusedException.class, () -> store.append(other));
                assertEquals("k", e.key());
                assertEquals(0, e.firstPosition());
                assertEquals(
                        new AppendOutcome.KeyReused("k", 0),
                        assertInstanceOf(AppendOutcome.KeyReused.class, store.tryAppend(other)));
            }
            assertEquals(1, store.head());
            assertTrue(store.append(plain).repeated());
        }
    }

    /** Where names end and others begin, and how a category is told from a key, is content. */
    @Test
    void shouldTellNamesApartThatRunTogether() {
        try (EventStore store = EventStore.open(folder)) {
            byte[] none = {};
            EventBatch first = new EventBatch().idempotencyKey("k");
            store.append(first.add(StreamId.of("ab", "c"), NewEvent.of("T", none)));
            EventBatch second = new EventBatch().idempotencyKey("k");
            second.add(StreamId.of("a", "bc"), NewEvent.of("T", none));
            assertThrows(IdempotencyKeyReusedException.class, () -> store.append(second));
            EventBatch third = new EventBatch().idempotencyKey("k");
            third.add(StreamId.of("ab", "cT"), NewEvent.of("T", none));
            assertThrows(IdempotencyKeyReusedException.class, () -> store.append(third));
        }
    }

    @Test
    void shouldTakeUserHeadersInAnyOrderForTheSame() {
        try (EventStore store = EventStore.open(folder)) {
            UnaryOperator<Map<String, String>> copy = java.util.LinkedHashMap::new;
            Map<String, String> forth = copy.apply(Map.of());
            Map<String, String> back = copy.apply(Map.of());
            for (int i = 0; i < 9; i++) {
                forth.put("h" + i, "v");
                back.put("h" + (8 - i), "v");
            }
            NewEvent one = event("one").with(EventHeaders.NONE.withUser(forth));
            NewEvent other = event("one").with(EventHeaders.NONE.withUser(back));
            store.append(new EventBatch().idempotencyKey("k").add(A, one));
            assertTrue(store.append(new EventBatch().idempotencyKey("k").add(A, other)).repeated());
        }
    }

    @Test
    void shouldHaveOneNameSpaceForAllCategories() {
        try (EventStore store = EventStore.open(folder)) {
            store.append(
                    new EventBatch()
                            .idempotencyKey("k")
                            .add(StreamId.of("orders", "1"), event("x")));
            EventBatch other =
                    new EventBatch().idempotencyKey("k").add(StreamId.of("bills", "1"), event("x"));
            assertThrows(IdempotencyKeyReusedException.class, () -> store.append(other));
        }
    }

    @Test
    void shouldRefuseKeysThatAreNone() {
        EventBatch batch = new EventBatch();
        assertThrows(IllegalArgumentException.class, () -> batch.idempotencyKey(""));
        assertThrows(NullPointerException.class, () -> batch.idempotencyKey(null));
        assertThrows(IllegalArgumentException.class, () -> batch.idempotencyKey("x\ud800"));
        assertThrows(IllegalArgumentException.class, () -> batch.idempotencyKey("\udc00x"));
        String longest = "ü".repeat(127) + "x";
        assertThrows(LimitExceededException.class, () -> batch.idempotencyKey(longest + "x"));
        try (EventStore store = EventStore.open(folder)) {
            for (String key : List.of(longest, "x", "\0", "𝄞", " ", "a/b")) {
                assertFalse(store.append(batch(key, "one")).repeated());
                assertTrue(store.append(batch(key, "one")).repeated());
            }
        }
    }

    @Test
    void shouldForgetTheKeyWhenTheBatchIsCleared() {
        try (EventStore store = EventStore.open(folder)) {
            EventBatch batch = batch("k", "one");
            store.append(batch);
            batch.clear().add(A, event("one"));
            assertFalse(store.append(batch).repeated());
        }
    }

    @Test
    void shouldRememberKeysAfterAReopeningAndWithoutTheIndex() throws IOException {
        int count = 40;
        try (EventStore store = EventStore.open(TestEvents.restless(folder))) {
            for (int i = 0; i < count; i++) {
                store.append(batch("k" + i, "text" + i));
            }
        }
        for (int round = 0; round < 3; round++) {
            if (round == 1) {
                TestEvents.deleteIndex(folder);
            }
            try (EventStore store = EventStore.open(folder)) {
                for (int i = 0; i < count; i++) {
                    AppendResult again = store.append(batch("k" + i, "text" + i));
                    assertEquals(new AppendResult(i, i, i, true), again);
                    EventBatch other = batch("k" + i, "other");
                    assertThrows(IdempotencyKeyReusedException.class, () -> store.append(other));
                }
                assertEquals(count - 1, store.head());
            }
        }
    }

    @Test
    void shouldBeRightForTwoRequestsOfOneKeyInOneGroup() {
        try (StoreInside store = new StoreInside(folder)) {
            List<AppendRequest> group =
                    store.commit(batch("k", "one"), batch("k", "one"), batch("k", "two"));
            assertEquals(new AppendResult(0, 0, 0, false), group.get(0).outcome().orThrow());
            assertEquals(new AppendResult(0, 0, 0, true), group.get(1).outcome().orThrow());
            assertEquals(new AppendOutcome.KeyReused("k", 0), group.get(2).outcome());
        }
        try (EventStore store = EventStore.open(folder)) {
            assertEquals(0, store.head());
        }
    }

    @Test
    void shouldAppendOnceWhenManyThreadsTryAtOnce() throws Exception {
        int threads = 16;
        int keys = 25;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        CyclicBarrier start = new CyclicBarrier(threads);
        try (EventStore store = EventStore.open(TestEvents.restless(folder))) {
            List<Callable<List<AppendResult>>> tasks = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                tasks.add(
                        () -> {
                            List<AppendResult> results = new ArrayList<>();
                            for (int key = 0; key < keys; key++) {
                                start.await();
                                results.add(store.append(batch("k" + key, "x", "y")));
                            }
                            return results;
                        });
            }
            List<List<AppendResult>> all = new ArrayList<>();
            for (Future<List<AppendResult>> done : pool.invokeAll(tasks)) {
                all.add(done.get());
            }
            for (int key = 0; key < keys; key++) {
                Set<Long> positions = new HashSet<>();
                int made = 0;
                for (List<AppendResult> results : all) {
                    positions.add(results.get(key).firstPosition());
                    made += results.get(key).repeated() ? 0 : 1;
                }
                assertEquals(1, made);
                assertEquals(1, positions.size());
            }
            assertEquals(2 * keys - 1, store.head());
        } finally {
            pool.shutdownNow();
        }
    }

    /** The key lies in the block with its first event, the last event lies in another. */
    @Test
    void shouldRememberAnAppendOfManyBlocks() throws IOException {
        EventBatch large = new EventBatch().idempotencyKey("large");
        for (int i = 0; i < 30; i++) {
            large.add(i % 2 == 0 ? A : B, event(i, 9_000));
        }
        large.add(A, event(1, 200_000));
        try (EventStore store = EventStore.open(folder)) {
            store.append(B, ExpectedVersion.any(), event("before"));
            AppendResult first = store.append(large);
            assertEquals(new AppendResult(1, 31, 15, true), store.append(large));
            assertFalse(first.repeated());
        }
        TestEvents.deleteIndex(folder);
        try (EventStore store = EventStore.open(folder)) {
            assertEquals(new AppendResult(1, 31, 15, true), store.append(large));
        }
    }

    /** Who tries again, after a crash, what was not acknowledged appends it once. */
    @Test
    void shouldAppendOnceAcrossKilledProcesses() throws Exception {
        killAndLook(2);
    }

    @Test
    @Tag("long")
    void shouldAppendOnceAcrossManyKilledProcesses() throws Exception {
        killAndLook(40);
    }

    private void killAndLook(int cycles) throws Exception {
        long next = 0;
        for (int cycle = 0; cycle < cycles; cycle++) {
            List<String> told = new ArrayList<>();
            try (ChildJvm child = new ChildJvm(KeyedChild.class, folder, next)) {
                for (int i = 0; i < 20 + cycle * 13; i++) {
                    told.add(child.line());
                }
                child.kill();
                child.lines().stream().filter(line -> line.endsWith(".")).forEach(told::add);
            }
            try (EventStore store = EventStore.open(TestEvents.restless(folder))) {
                for (String line : told) {
                    long number = Long.parseLong(line.substring(0, line.indexOf(' ')));
                    AppendResult again = store.append(KeyedChild.batch(number));
                    assertEquals(number + " " + again.firstPosition() + ".", line);
                    assertTrue(again.repeated());
                    next = number + 1;
                }
                // This one may be in the log, or not: nobody was told.
                store.append(KeyedChild.batch(next++));
                assertEquals(2 * next - 1, store.head());
            }
        }
    }

    /** It has another mark; what the instance before has appended, the mark there is tells. */
    @Test
    void shouldTellWhoHasTakenOverAProducerToLookAtTheMark() {
        try (EventStore store = EventStore.open(folder)) {
            StreamId input = TestEvents.stream("input");
            store.append(input, ExpectedVersion.any(), TestEvents.event("x"));
            long reactedTo = store.head();
            EventBatch reaction =
                    new EventBatch()
                            .idempotencyKey("k")
                            .add(TestEvents.stream("reaction"), TestEvents.event("y"));
            store.append(reaction.producerMark(ProducerMark.first("p", 1, reactedTo)));
            RecordedMark before = store.producerMark("p").orElseThrow();
            reaction.producerMark(before.takeOver(2, reactedTo));
            IdempotencyKeyReusedException e =
                    assertThrows(IdempotencyKeyReusedException.class, () -> store.append(reaction));
            assertTrue(e.remedy().contains("EventStore.producerMark"), e.remedy());
            // As it says: the mark is there, so the reaction was kept and is not to be tried again.
            assertEquals(reactedTo, before.position());
            store.append(
                    new EventBatch()
                            .idempotencyKey("next")
                            .add(TestEvents.stream("reaction"), TestEvents.event("z"))
                            .producerMark(before.takeOver(2, store.head())));
            assertEquals(3, TestEvents.assertSound(store).size());
        }
    }
}
