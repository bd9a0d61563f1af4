package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.EventsTruncatedException;
import io.varve.store.errors.HoldFollowedException;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.WrongExpectedVersionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetentionTest {
    private static final StreamId OLD = TestEvents.stream("old");
    private static final StreamId NEW = TestEvents.stream("new");

    /** The common pool has one thread on two cores, which a reader would keep for himself. */
    private static final Executor OWN_THREAD = body -> new Thread(body).start();

    @TempDir Path folder;

    /** Ten events of an old stream, each a block, then ten of a new one. */
    private EventStore filled() {
        EventStore store = EventStore.open(folder);
        for (int i = 0; i < 20; i++) {
            store.append(i < 10 ? OLD : NEW, ExpectedVersion.any(), TestEvents.event("event " + i));
        }
        return store;
    }

    @Test
    void shouldKeepTheVersionOfAStreamWhoseEventsAreGone() throws IOException {
        try (EventStore store = filled()) {
            Truncation done = store.retention().truncateBefore(15);
            assertEquals(new Truncation(15, 15, 15, List.of(), List.of()), done);
        }
        TestEvents.deleteIndex(folder);
        try (EventStore store = EventStore.open(folder)) {
            assertEquals(15, store.retention().firstPosition());
            assertEquals(19, store.head());
            assertEquals(9, store.version(OLD).orElseThrow());
            assertEquals(List.of(), TestEvents.of(store, OLD));
            assertEquals(
                    List.of(5L, 6L, 7L, 8L, 9L),
                    TestEvents.of(store, NEW).stream().map(RecordedEvent::version).toList());
            assertThrows(
                    WrongExpectedVersionException.class,
                    () -> store.append(OLD, ExpectedVersion.noStream(), TestEvents.event("no")));
            AppendResult more =
                    store.append(OLD, ExpectedVersion.exactly(9), TestEvents.event("more"));
            assertEquals(new AppendResult(20, 20, 10), more);
            assertEquals(10, TestEvents.of(store, OLD).get(0).version());
        }
    }

    @Test
    void shouldKeepTheNewestBlock() {
        try (EventStore store = filled()) {
            assertEquals(19, store.retention().truncateBefore(Long.MAX_VALUE).firstPosition());
            assertEquals(1, TestEvents.all(store).size());
        }
    }

    @Test
    void shouldDoNothingInAnEmptyStore() {
        try (EventStore store = EventStore.open(folder)) {
            assertEquals(0, store.retention().truncateBefore(5).firstPosition());
            assertEquals(0, store.retention().truncateBefore(Instant.now()).events());
            store.append(OLD, ExpectedVersion.noStream(), TestEvents.event("first"));
            assertEquals(1, TestEvents.all(store).size());
        }
    }

    @Test
    void shouldKeepWholeBlocksOnly() {
        try (EventStore store = EventStore.open(folder)) {
            store.append(OLD, ExpectedVersion.any(), TestEvents.event("0"));
            store.append(OLD, ExpectedVersion.any(), TestEvents.event("1"), TestEvents.event("2"));
            store.append(OLD, ExpectedVersion.any(), TestEvents.event("3"));
            assertEquals(1, store.retention().truncateBefore(2).firstPosition());
            assertEquals(3, store.retention().truncateBefore(3).firstPosition());
        }
    }

    @Test
    void shouldRemoveWhatIsOlderThanATime() {
        AtomicLong millis = new AtomicLong(1_000);
        StoreConfig config = StoreConfig.at(folder).withClock(TestEvents.clock(millis));
        try (EventStore store = EventStore.open(config)) {
            for (int i = 0; i < 10; i++) {
                millis.set(1_000 + 10 * i);
                store.append(OLD, ExpectedVersion.any(), TestEvents.event("event " + i));
            }
            Truncation done = store.retention().truncateBefore(Instant.ofEpochMilli(1_045));
            assertEquals(5, done.firstPosition());
        }
    }

    @Test
    void shouldEndAtTheLowestHoldAlsoAfterARestart() {
        try (EventStore store = filled()) {
            store.retention().hold("backup", 12);
            store.retention().hold("projection/a", 7);
        }
        try (EventStore store = EventStore.open(folder)) {
            Retention retention = store.retention();
            Hold backup = new Hold("backup", 12);
            Hold projection = new Hold("projection/a", 7);
            assertEquals(List.of(projection, backup), retention.holds());
            assertEquals(
                    new Truncation(7, 7, 7, List.of(projection, backup), List.of()),
                    retention.truncateBefore(15));
            assertTrue(retention.release("projection/a"));
            assertFalse(retention.release("projection/a"));
            assertEquals(
                    new Truncation(12, 5, 5, List.of(backup), List.of()),
                    retention.truncateBefore(15));
            assertEquals(
                    new Truncation(15, 3, 3, List.of(), List.of(backup)),
                    retention.truncateBeforeRegardless(15));
            assertEquals(List.of(backup), retention.holds());
            assertEquals(0, retention.truncateBefore(18).events());
        }
    }

    @Test
    void shouldAskThoseWhoAreRunningHowFarTheyAre() {
        AtomicLong next = new AtomicLong(3);
        try (EventStore store = filled()) {
            Retention retention = store.retention();
            retention.hold("projection/a", 3);
            Retention.Following following = retention.follow("projection/a", next::get);
            next.set(11);
            assertEquals(11, retention.truncateBefore(15).firstPosition());
            following.close();
            next.set(14);
            assertEquals(11, retention.truncateBefore(15).firstPosition());
            assertEquals(List.of(new Hold("projection/a", 11)), retention.holds());
        }
    }

    @Test
    void shouldRefuseASecondWhoFollowsUnderTheSameName() {
        try (EventStore store = filled()) {
            Retention retention = store.retention();
            LongSupplier position = () -> 3;
            Retention.Following first = retention.follow("projection/a", position);
            HoldFollowedException refused =
                    assertThrows(
                            HoldFollowedException.class,
                            () -> retention.follow("projection/a", () -> 15));
            assertEquals("projection/a", refused.hold());
            retention.truncateBefore(15);
            assertEquals(List.of(new Hold("projection/a", 3)), retention.holds());
            first.close();
            Retention.Following second = retention.follow("projection/a", position);
            first.close();
            assertThrows(
                    HoldFollowedException.class, () -> retention.follow("projection/a", position));
            second.close();
        }
    }

    @Test
    void shouldRefuseAHoldOfWhatIsGone() {
        try (EventStore store = filled()) {
            store.retention().truncateBefore(10);
            EventsTruncatedException error =
                    assertThrows(
                            EventsTruncatedException.class,
                            () -> store.retention().hold("late", 9));
            assertEquals(10, error.firstPosition());
            assertThrows(IllegalArgumentException.class, () -> store.retention().hold("", 11));
            // On disk it would be another's: "cut?".
            assertThrows(
                    IllegalArgumentException.class, () -> store.retention().hold("cut\ud83d", 11));
            assertThrows(
                    IllegalArgumentException.class, () -> store.retention().truncateBefore(-1));
        }
    }

    @Test
    void shouldAnswerForTheBlockBeforeTheFirst() {
        try (EventStore store = filled()) {
            long chain = store.chainHash(9);
            long time = store.commitTimeMillis(9);
            store.retention().truncateBefore(10);
            assertEquals(chain, store.chainHash(9));
            assertEquals(time, store.commitTimeMillis(9));
            assertThrows(EventsTruncatedException.class, () -> store.chainHash(8));
            assertThrows(EventsTruncatedException.class, () -> store.commitTimeMillis(0));
        }
    }

    @Test
    void shouldTellWhoReadsForwardThatHisEventsAreGone() {
        try (EventStore store = EventStore.open(folder)) {
            for (int i = 0; i < 600; i++) {
                store.append(OLD, ExpectedVersion.any(), TestEvents.event("event " + i));
            }
            for (EventQuery query : List.of(EventQuery.all(), EventQuery.stream(OLD))) {
                EventCursor fresh = store.cursor(query);
                EventCursor begun = store.cursor(query);
                EventCursor backward = store.cursor(query.backward());
                begun.next();
                backward.next();
                long first = store.retention().firstPosition();
                long read = store.head() - 255;
                store.retention().truncateBefore(first + 300);
                assertEquals(first + 300, fresh.next().position());
                for (int i = 1; i < 256; i++) {
                    assertEquals(first + i, begun.next().position());
                }
                EventsTruncatedException error =
                        assertThrows(EventsTruncatedException.class, begun::next);
                assertEquals(first + 300, error.firstPosition());
                long last = -1;
                while (backward.hasNext()) {
                    last = backward.next().position();
                }
                assertEquals(Math.min(first + 300, read), last);
                store.append(OLD, ExpectedVersion.any(), TestEvents.event("more"));
                if (first == 0) {
                    for (int i = 601; i < 900; i++) {
                        store.append(OLD, ExpectedVersion.any(), TestEvents.event("event " + i));
                    }
                }
            }
        }
    }

    @Test
    void shouldSalvageATruncatedLogWithoutAGap() throws IOException {
        try (EventStore store = filled()) {
            store.retention().truncateBefore(13);
        }
        List<String> found = new ArrayList<>();
        Salvage.Report report =
                Salvage.read(
                        folder,
                        event -> found.add(event.position() + " " + event.stream() + event.type()));
        assertEquals(List.of(), report.gaps());
        assertEquals(7, report.events());
        assertEquals("13 things/newSaid", found.get(0));
    }

    @Test
    void shouldBuildAnIndexThatKnowsNothingOfTheTruncation() throws IOException {
        Path copy = folder.resolveSibling(folder.getFileName() + "-copy");
        filled().close();
        TestEvents.copy(folder, copy);
        try (EventStore store = EventStore.open(folder)) {
            store.retention().truncateBefore(13);
        }
        // The log from before, beside an index that has let go of its first events.
        Files.copy(
                copy.resolve("log").resolve("data.mdb"),
                folder.resolve("log").resolve("data.mdb"),
                StandardCopyOption.REPLACE_EXISTING);
        Files.delete(folder.resolve("log").resolve("varve.sync")); // it is of the other one
        try (EventStore store = EventStore.open(folder)) {
            assertEquals(0, store.retention().firstPosition());
            assertEquals(20, TestEvents.assertSound(store).size());
        }
    }

    @Test
    void shouldRefuseWhenClosed() {
        EventStore store = filled();
        Retention retention = store.retention();
        store.close();
        assertThrows(StoreClosedException.class, () -> retention.truncateBefore(10));
        assertThrows(StoreClosedException.class, () -> retention.hold("a", 10));
        assertThrows(StoreClosedException.class, () -> retention.release("a"));
    }

    @Test
    void shouldRefuseWhatAFollowerCannotMean() {
        try (EventStore store = filled()) {
            Retention retention = store.retention();
            for (String name : List.of("", "x".repeat(401))) {
                assertThrows(IllegalArgumentException.class, () -> retention.follow(name, () -> 0));
            }
            Retention.Following negative = retention.follow("nothing yet", () -> -1);
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> retention.truncateBefore(9));
            assertTrue(refused.getMessage().contains("nothing yet"), refused.getMessage());
            negative.close();
            assertEquals(List.of(), retention.holds());
            assertEquals(9, retention.truncateBefore(9).firstPosition());
        }
    }

    /** A list that was begun before all that it is to tell was cut off. */
    @Test
    void shouldListStreamsThatLoseWhatTheyHadWhenTheListBegan() {
        try (EventStore store = EventStore.open(TestEvents.restless(folder))) {
            EventBatch batch = new EventBatch();
            for (int i = 0; i < 600; i++) {
                batch.add(TestEvents.stream("s" + i), TestEvents.event("once"));
            }
            store.append(batch);
            Iterator<StreamInfo> list = store.streams().all().iterator();
            assertEquals(0, list.next().version());
            store.append(batch);
            store.append(NEW, ExpectedVersion.any(), TestEvents.event("later"));
            store.retention().truncateBefore(600);
            int listed = 1;
            while (list.hasNext()) {
                StreamInfo stream = list.next();
                assertEquals(0, stream.version());
                assertTrue(stream.lastPosition() < 600);
                listed++;
            }
            assertEquals(600, listed);
            assertEquals(601, store.streams().all().count());
        }
    }

    /** Readers of all kinds while the beginning is cut off: in order, without gaps, or told. */
    @Test
    void shouldNeverPassEventsOverSilently() throws Exception {
        readWhileTruncating(1_000);
    }

    @Test
    @Tag("long")
    void shouldNeverPassManyEventsOverSilently() throws Exception {
        readWhileTruncating(9_000);
    }

    private void readWhileTruncating(int events) throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        AtomicLong told = new AtomicLong();
        AtomicLong done = new AtomicLong();
        try (EventStore store = EventStore.open(TestEvents.restless(folder))) {
            store.retention().hold("follower", 0);
            AtomicLong next = new AtomicLong();
            store.retention().follow("follower", next::get);
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (EventQuery query :
                    List.of(
                            EventQuery.all(),
                            EventQuery.stream(OLD),
                            EventQuery.all().backward(),
                            EventQuery.stream(OLD).backward(),
                            EventQuery.category("things").fromTime(Instant.EPOCH))) {
                all.add(
                        CompletableFuture.runAsync(
                                () -> {
                                    while (!over.get()) {
                                        readInOrder(store, query, told);
                                        done.incrementAndGet();
                                    }
                                },
                                OWN_THREAD));
            }
            CompletableFuture<Void> follower =
                    CompletableFuture.runAsync(
                            () -> followInOrder(store, next, events), OWN_THREAD);
            for (int i = 0; i < events; i++) {
                store.append(i % 3 == 0 ? NEW : OLD, ExpectedVersion.any(), TestEvents.event(i, 9));
                if (i % 40 == 39) {
                    store.retention().truncateBefore(i - 20);
                }
            }
            follower.get(60, TimeUnit.SECONDS);
            over.set(true);
            for (CompletableFuture<Void> reader : all) {
                reader.get(60, TimeUnit.SECONDS);
            }
            assertEquals(events, next.get());
            long cut = store.retention().truncateBefore(events - 20).firstPosition();
            assertTrue(cut > events - 100);
            assertTrue(done.get() > 5);
        }
    }

    private static void readInOrder(EventStore store, EventQuery query, AtomicLong told) {
        long first = store.retention().firstPosition();
        long[] previous = {-1};
        int step = query.isBackward() ? -1 : 1;
        boolean ofStream = query.source() instanceof EventQuery.Source.OfStream;
        try (EventCursor cursor = store.cursor(query)) {
            while (cursor.hasNext()) {
                RecordedEvent event = cursor.next();
                long number = ofStream ? event.version() : event.position();
                assertTrue(event.position() >= first);
                if (previous[0] >= 0) {
                    assertEquals(previous[0] + step, number, query::toString);
                }
                previous[0] = number;
            }
        } catch (EventsTruncatedException e) {
            assertTrue(e.firstPosition() > first);
            assertTrue(previous[0] >= 0 && step > 0, query::toString);
            told.incrementAndGet();
        }
    }

    private static void followInOrder(EventStore store, AtomicLong next, int count) {
        try {
            store.follow(
                    EventQuery.all(),
                    event -> {
                        assertEquals(next.get(), event.position());
                        return next.incrementAndGet() < count;
                    });
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldTellAFollowerThatHisEventsAreGone() throws Exception {
        try (EventStore store = filled()) {
            List<Long> seen = new ArrayList<>();
            EventsTruncatedException error =
                    assertThrows(
                            EventsTruncatedException.class,
                            () ->
                                    store.follow(
                                            EventQuery.all(),
                                            event -> {
                                                seen.add(event.position());
                                                if (event.position() == 19) {
                                                    appendAndTruncate(store);
                                                }
                                                return true;
                                            }));
            assertEquals(19L, seen.get(seen.size() - 1));
            assertEquals(25, error.firstPosition());
            assertTrue(store.awaitPosition(25, Duration.ofSeconds(1)));
        }
    }

    private static void appendAndTruncate(EventStore store) {
        for (int i = 0; i < 10; i++) {
            store.append(NEW, ExpectedVersion.any(), TestEvents.event("more " + i));
        }
        store.retention().truncateBefore(25);
    }
}
