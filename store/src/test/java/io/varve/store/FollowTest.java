package io.varve.store;

import static io.varve.store.TestEvents.event;
import static io.varve.store.TestEvents.restless;
import static io.varve.store.TestEvents.stream;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.store.errors.StoreClosedException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading on as the log grows. */
class FollowTest {
    private static final StreamId A = stream("a");

    @TempDir Path folder;

    private static <T> FutureTask<T> start(Callable<T> body) {
        FutureTask<T> task = new FutureTask<>(body);
        new Thread(task).start();
        return task;
    }

    private static <T> T get(FutureTask<T> task) throws Exception {
        return task.get(1, TimeUnit.MINUTES);
    }

    private static FutureTask<List<RecordedEvent>> follow(EventStore store, EventQuery query) {
        return start(
                () -> {
                    List<RecordedEvent> events = new ArrayList<>();
                    store.follow(query, event -> events.add(event.toRecordedEvent()));
                    return events;
                });
    }

    /** Appends from two threads while others follow; then each must have seen its part, once. */
    @Test
    void shouldVisitEachEventOnceAcrossTheSeam() throws Exception {
        List<EventQuery> queries =
                List.of(
                        EventQuery.all(),
                        EventQuery.all().from(700),
                        EventQuery.all().type("Odd"),
                        EventQuery.category("c1"),
                        EventQuery.category("c2").type("Even").from(10),
                        EventQuery.stream(StreamId.of("c2", "k3")),
                        EventQuery.stream(StreamId.of("c1", "k4")).from(3).type("Even"),
                        EventQuery.all().fromTime(Instant.EPOCH));
        EventStore store = EventStore.open(restless(folder));
        List<FutureTask<Boolean>> followers = new ArrayList<>();
        List<Queue<RecordedEvent>> seen = new ArrayList<>();
        List<FutureTask<Boolean>> appenders = new ArrayList<>();
        for (int i = 1; i <= 2; i++) {
            String category = "c" + i;
            appenders.add(start(() -> append(store, category, 400)));
            for (EventQuery query : queries) {
                Queue<RecordedEvent> mine = new ConcurrentLinkedQueue<>();
                followers.add(start(() -> follow(store, query, mine)));
                seen.add(mine);
            }
        }
        for (FutureTask<Boolean> appender : appenders) {
            get(appender);
        }
        List<List<RecordedEvent>> expected = queries.stream().map(store::readList).toList();
        for (int i = 0; i < seen.size(); i++) {
            while (seen.get(i).size() < expected.get(i % queries.size()).size()) {
                Thread.onSpinWait();
            }
        }
        store.close();
        for (int i = 0; i < seen.size(); i++) {
            assertClosed(followers.get(i));
            assertEquals(expected.get(i % queries.size()), List.copyOf(seen.get(i)));
        }
    }

    private static boolean follow(EventStore store, EventQuery query, Queue<RecordedEvent> seen)
            throws InterruptedException {
        store.follow(query, event -> seen.add(event.toRecordedEvent()));
        return true;
    }

    private static void assertClosed(FutureTask<?> follower) {
        Throwable why = assertThrows(ExecutionException.class, () -> get(follower)).getCause();
        assertInstanceOf(StoreClosedException.class, why);
    }

    /** Each appender's event i is of stream i % 5, and alternately of two types. */
    private static boolean append(EventStore store, String category, int appends) {
        for (int i = 0; i < appends; i++) {
            EventBatch batch = new EventBatch();
            for (int k = 0; k < 5; k++) {
                String type = (i + k) % 2 == 0 ? "Even" : "Odd";
                NewEvent event = NewEvent.of(type, TestEvents.payload(i, 20));
                batch.add(StreamId.of(category, "k" + k), event);
            }
            store.append(batch);
        }
        return true;
    }

    @Test
    void shouldBeginWithTheFirstEventAfterATimeToCome() throws Exception {
        AtomicLong now = new AtomicLong(1_000);
        StoreConfig config = restless(folder).withClock(TestEvents.clock(now));
        try (EventStore store = EventStore.open(config)) {
            Instant time = Instant.ofEpochMilli(2_000);
            FutureTask<List<RecordedEvent>> all =
                    follow(store, EventQuery.all().fromTime(time).limit(2));
            FutureTask<List<RecordedEvent>> ofStream =
                    follow(store, EventQuery.stream(A).fromTime(time).limit(2));
            for (int i = 0; i < 20; i++) {
                store.append(A, ExpectedVersion.any(), event("early"), event("early"));
            }
            now.set(2_000);
            store.append(A, ExpectedVersion.any(), event("1"));
            store.append(A, ExpectedVersion.any(), event("2"));
            for (FutureTask<List<RecordedEvent>> follower : List.of(all, ofStream)) {
                assertEquals(
                        List.of("1", "2"), get(follower).stream().map(TestEvents::text).toList());
            }
        }
    }

    @Test
    void shouldReturnWhenTheVisitorHasEnough() throws Exception {
        try (EventStore store = EventStore.open(folder)) {
            FutureTask<Long> follower =
                    start(
                            () -> {
                                long[] last = {-1};
                                store.follow(
                                        EventQuery.all(),
                                        event -> (last[0] = event.position()) < 2);
                                return last[0];
                            });
            store.append(A, ExpectedVersion.any(), event("0"), event("1"));
            store.append(A, ExpectedVersion.any(), event("2"), event("3"));
            assertEquals(2, get(follower));
            store.follow(EventQuery.all().limit(0), event -> true);
        }
    }

    /**
     * What the follower learnt of the stream at first came from the index, which does not change.
     */
    @Test
    void shouldFollowAStreamThatOnlyTheIndexKnew() throws Exception {
        try (EventStore store = EventStore.open(folder)) {
            store.append(A, ExpectedVersion.any(), event("0"));
        }
        try (EventStore store = EventStore.open(folder)) {
            assertSeesTheSecond(store, EventQuery.stream(A), event("1"));
        }
    }

    @Test
    void shouldFollowATypeThatIsNewMeanwhile() throws Exception {
        try (EventStore store = EventStore.open(folder)) {
            store.append(A, ExpectedVersion.any(), event("0"));
            NewEvent fresh = NewEvent.of("Fresh", new byte[0]);
            assertSeesTheSecond(store, EventQuery.all().type("Said", "Fresh"), fresh);
        }
    }

    /** Appends an event when the follower has seen the first. */
    private static void assertSeesTheSecond(EventStore store, EventQuery query, NewEvent second)
            throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        FutureTask<String> follower =
                start(
                        () -> {
                            String[] type = {""};
                            store.follow(
                                    query.limit(2),
                                    event -> {
                                        type[0] = event.type();
                                        first.countDown();
                                        return true;
                                    });
                            return type[0];
                        });
        first.await();
        store.append(A, ExpectedVersion.exactly(0), second);
        assertEquals(second.type(), get(follower));
    }

    @Test
    void shouldLetItsVisitorAppend() throws Exception {
        try (EventStore store = EventStore.open(folder)) {
            store.append(A, ExpectedVersion.any(), event("0"));
            List<Long> seen = new ArrayList<>();
            store.follow(
                    EventQuery.stream(A),
                    event -> {
                        seen.add(event.position());
                        store.append(A, ExpectedVersion.exactly(event.version()), event("next"));
                        return seen.size() < 50;
                    });
            assertEquals(50, seen.size());
            assertEquals(50, store.head());
        }
    }

    @Test
    void shouldEndWhenInterrupted() throws Exception {
        try (EventStore store = EventStore.open(folder)) {
            store.append(A, ExpectedVersion.any(), event("0"));
            CountDownLatch seen = new CountDownLatch(1);
            FutureTask<Boolean> follower =
                    new FutureTask<>(
                            () -> {
                                store.follow(
                                        EventQuery.all(),
                                        event -> {
                                            seen.countDown();
                                            return true;
                                        });
                                return true;
                            });
            Thread thread = new Thread(follower);
            thread.start();
            seen.await();
            thread.interrupt();
            Throwable why = assertThrows(ExecutionException.class, () -> get(follower)).getCause();
            assertInstanceOf(InterruptedException.class, why);
        }
    }

    @Test
    void shouldEndWhenTheStoreIsClosed() throws Exception {
        EventStore store = EventStore.open(folder);
        FutureTask<List<RecordedEvent>> all = follow(store, EventQuery.all());
        FutureTask<List<RecordedEvent>> none = follow(store, EventQuery.stream(A));
        store.append(stream("b"), ExpectedVersion.any(), event("0"));
        store.close();
        assertClosed(all);
        assertClosed(none);
        assertThrows(
                StoreClosedException.class, () -> store.follow(EventQuery.all(), event -> true));
    }

    @Test
    void shouldRefuseToFollowBackward() {
        try (EventStore store = EventStore.open(folder)) {
            EventQuery query = EventQuery.all().backward();
            assertThrows(IllegalArgumentException.class, () -> store.follow(query, event -> true));
            assertThrows(IllegalArgumentException.class, () -> store.publisher(query));
        }
    }

    /** A follower in the middle of a block stands in nobody's way when the map must grow. */
    @Test
    void shouldLetTheMapGrowWhileAFollowerTakesHisTime() throws Exception {
        StoreConfig config = restless(folder);
        try (EventStore store = ShortPatience.open(() -> EventStore.open(config))) {
            EventBatch batch = new EventBatch();
            for (int i = 0; i < 2_000; i++) {
                batch.add(i % 2 == 0 ? A : stream("b"), event("small"));
            }
            store.append(batch);
            List<FutureTask<Long>> slow = new ArrayList<>();
            CountDownLatch begun = new CountDownLatch(2);
            for (EventQuery query : List.of(EventQuery.all(), EventQuery.stream(A))) {
                slow.add(
                        start(
                                () -> {
                                    AtomicLong seen = new AtomicLong();
                                    store.follow(
                                            query.limit(1_000),
                                            event -> {
                                                begun.countDown();
                                                LockSupport.parkNanos(200_000);
                                                return seen.incrementAndGet() > 0;
                                            });
                                    return seen.get();
                                }));
            }
            begun.await();
            byte[] large = new byte[100_000];
            for (int i = 0; i < 100; i++) {
                store.append(stream("c"), ExpectedVersion.any(), NewEvent.of("Large", large));
            }
            for (FutureTask<Long> one : slow) {
                assertEquals(1_000, get(one));
            }
        }
    }

    /** One who takes long for each event is asked after each, not only after some dozens. */
    @Test
    void shouldLetTheMapGrowWhileAFollowerTakesLongForEachEvent() throws Exception {
        int patience = 400;
        List<EventQuery> queries =
                List.of(
                        EventQuery.all(),
                        EventQuery.stream(A),
                        EventQuery.category(A.category()),
                        EventQuery.all().limit(8));
        for (EventQuery query : queries) {
            StoreConfig config = restless(folder.resolve("s" + queries.indexOf(query)));
            try (EventStore store = ShortPatience.open(patience, () -> EventStore.open(config))) {
                EventBatch batch = new EventBatch();
                for (int i = 0; i < 100; i++) {
                    batch.add(A, event("small"));
                }
                store.append(batch);
                growWhileFollowed(store, query, TimeUnit.MILLISECONDS.toNanos(patience / 6));
            }
        }
    }

    private static void growWhileFollowed(EventStore store, EventQuery query, long nanosEach)
            throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        AtomicBoolean grown = new AtomicBoolean();
        FutureTask<Void> slow =
                start(
                        () -> {
                            store.follow(
                                    query,
                                    event -> {
                                        begun.countDown();
                                        LockSupport.parkNanos(nanosEach);
                                        return !grown.get();
                                    });
                            return null;
                        });
        begun.await();
        byte[] large = new byte[100_000];
        for (int i = 0; i < 30; i++) {
            store.append(stream("c"), ExpectedVersion.any(), NewEvent.of("Large", large));
        }
        grown.set(true);
        get(slow);
    }
}
