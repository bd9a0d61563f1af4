package io.varve.store;

import static io.varve.store.TestEvents.event;
import static io.varve.store.TestEvents.restless;
import static io.varve.store.TestEvents.stream;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.StoreCorruptedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublisherTest {
    private static final StreamId A = stream("a");
    private static final String COMPLETE = "complete";

    @TempDir Path folder;

    /** Notes signals, and checks that they come one at a time and none after the last. */
    private static final class Notes implements Flow.Subscriber<RecordedEvent> {
        final BlockingQueue<Object> signals = new LinkedBlockingQueue<>();
        final CountDownLatch subscribed = new CountDownLatch(1);
        final CountDownLatch ended = new CountDownLatch(1);
        final AtomicReference<Thread> thread = new AtomicReference<>();
        final AtomicReference<String> wrong = new AtomicReference<>("");
        final long atFirst;
        final BiConsumer<Flow.Subscription, RecordedEvent> each;
        Flow.Subscription subscription;

        Notes(long atFirst, BiConsumer<Flow.Subscription, RecordedEvent> each) {
            this.atFirst = atFirst;
            this.each = each;
        }

        Notes(long atFirst) {
            this(atFirst, (subscription, event) -> {});
        }

        private void check(boolean right, String what) {
            if (!right) {
                wrong.set(what);
            }
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            thread.set(Thread.currentThread());
            subscription = given;
            subscribed.countDown();
            if (atFirst != 0) {
                given.request(atFirst);
            }
        }

        @Override
        public void onNext(RecordedEvent event) {
            check(thread.get() == Thread.currentThread(), "another thread");
            check(ended.getCount() == 1, "event after the end");
            signals.add(event.position());
            each.accept(subscription, event);
        }

        @Override
        public void onError(Throwable error) {
            check(ended.getCount() == 1, "two ends");
            signals.add(error);
            ended.countDown();
        }

        @Override
        public void onComplete() {
            check(ended.getCount() == 1, "two ends");
            signals.add(COMPLETE);
            ended.countDown();
        }

        Object take() throws InterruptedException {
            Object signal = signals.poll(1, TimeUnit.MINUTES);
            assertTrue(signal != null, "no signal came");
            return signal;
        }

        void assertNext(long position) throws InterruptedException {
            assertEquals(position, take());
        }

        /** Waits until its thread has ended; then no signal can come any more. */
        void assertGone() throws InterruptedException {
            assertTrue(subscribed.await(1, TimeUnit.MINUTES));
            thread.get().join(TimeUnit.MINUTES.toMillis(1));
            assertTrue(!thread.get().isAlive(), "its thread lives on");
            assertEquals("", wrong.get());
        }

        List<Object> all() throws InterruptedException {
            assertTrue(ended.await(2, TimeUnit.MINUTES), "it does not end");
            assertGone();
            return new ArrayList<>(signals);
        }
    }

    private static void append(EventStore store, int count) {
        for (int i = 0; i < count; i++) {
            store.append(A, ExpectedVersion.any(), event("x"));
        }
    }

    private static List<Object> positions(long from, long to, Object end) {
        List<Object> all = new ArrayList<>(LongStream.range(from, to).boxed().toList());
        all.add(end);
        return all;
    }

    @Test
    void shouldPublishEachEventOnceAcrossTheSeam() throws Exception {
        try (EventStore store = EventStore.open(restless(folder))) {
            List<Notes> subscribers = new ArrayList<>();
            List<FutureTask<Boolean>> appenders = new ArrayList<>();
            Flow.Publisher<RecordedEvent> publisher =
                    store.publisher(EventQuery.all().limit(1_500));
            for (int i = 0; i < 3; i++) {
                FutureTask<Boolean> appender =
                        new FutureTask<>(
                                () -> {
                                    append(store, 500);
                                    return true;
                                });
                new Thread(appender).start();
                appenders.add(appender);
                Notes greedy = new Notes(Long.MAX_VALUE);
                Notes modest = new Notes(1, (subscription, event) -> subscription.request(1));
                Notes uneven =
                        new Notes(
                                7,
                                (subscription, event) -> {
                                    if (event.position() % 7 == 6) {
                                        subscription.request(3);
                                        subscription.request(4);
                                    }
                                });
                for (Notes notes : List.of(greedy, modest, uneven)) {
                    publisher.subscribe(notes);
                    subscribers.add(notes);
                }
            }
            for (FutureTask<Boolean> appender : appenders) {
                appender.get(2, TimeUnit.MINUTES);
            }
            for (Notes notes : subscribers) {
                assertEquals(positions(0, 1_500, COMPLETE), notes.all());
            }
        }
    }

    @Test
    void shouldPublishNoMoreThanWasRequested() throws Exception {
        try (EventStore store = EventStore.open(folder)) {
            append(store, 10);
            Notes notes = new Notes(2);
            store.publisher(EventQuery.all().from(3)).subscribe(notes);
            notes.assertNext(3);
            notes.assertNext(4);
            Notes other = new Notes(1);
            store.publisher(EventQuery.all().from(3)).subscribe(other);
            other.assertNext(3);
            append(store, 5); // nobody's lack of demand delays an append
            notes.subscription.request(1);
            notes.assertNext(5);
            assertEquals(List.of(), List.copyOf(notes.signals));
            notes.subscription.request(Long.MAX_VALUE);
            notes.subscription.request(Long.MAX_VALUE);
            for (int i = 6; i < 15; i++) {
                notes.assertNext(i);
            }
            append(store, 1);
            notes.assertNext(15);
        }
    }

    /** The next event is requested by another thread while there is none, over and over. */
    @Test
    void shouldLoseNoWakeUp() throws Exception {
        try (EventStore store = EventStore.open(restless(folder))) {
            Notes notes = new Notes(0);
            store.publisher(EventQuery.stream(A)).subscribe(notes);
            assertTrue(notes.subscribed.await(1, TimeUnit.MINUTES));
            for (int i = 0; i < 1_000; i++) {
                if (i % 3 == 0) {
                    append(store, 1);
                    notes.subscription.request(1);
                } else {
                    notes.subscription.request(1);
                    append(store, 1);
                }
                notes.assertNext(i);
            }
        }
    }

    @Test
    void shouldNotDelayAppendsWhileASubscriberBlocks() throws Exception {
        try (EventStore store = EventStore.open(restless(folder))) {
            CountDownLatch inside = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            Notes blocking =
                    new Notes(
                            Long.MAX_VALUE,
                            (subscription, event) -> {
                                inside.countDown();
                                awaitQuietly(go);
                            });
            append(store, 1);
            store.publisher(EventQuery.all().limit(401)).subscribe(blocking);
            inside.await();
            EventBatch batch = new EventBatch();
            for (int i = 0; i < 400; i++) {
                batch.add(A, event(i, 5_000)); // the map must grow, which no reader may hinder
            }
            store.append(batch);
            go.countDown();
            assertEquals(positions(0, 401, COMPLETE), blocking.all());
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertTrue(latch.await(1, TimeUnit.MINUTES));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldSignalNothingAfterACancel() throws Exception {
        try (EventStore store = EventStore.open(folder)) {
            append(store, 10);
            Notes inside =
                    new Notes(Long.MAX_VALUE, (subscription, event) -> subscription.cancel());
            store.publisher(EventQuery.all()).subscribe(inside);
            inside.assertGone();
            assertEquals(List.of(0L), List.copyOf(inside.signals));
            inside.subscription.request(-1);
            inside.subscription.cancel();

            Notes waiting = new Notes(Long.MAX_VALUE);
            store.publisher(EventQuery.all().from(9)).subscribe(waiting);
            waiting.assertNext(9);
            waiting.subscription.cancel();
            waiting.assertGone();
            append(store, 1);

            Notes idle = new Notes(0);
            store.publisher(EventQuery.all()).subscribe(idle);
            assertTrue(idle.subscribed.await(1, TimeUnit.MINUTES));
            idle.subscription.cancel();
            idle.assertGone();
            for (Notes notes : List.of(inside, waiting, idle)) {
                assertTrue(notes.signals.size() <= 1);
                assertEquals(1, notes.ended.getCount());
            }
        }
    }

    @Test
    void shouldRefuseARequestOfNothing() throws Exception {
        try (EventStore store = EventStore.open(folder)) {
            append(store, 3);
            for (long bad : new long[] {0, -1, Long.MIN_VALUE}) {
                Notes notes = new Notes(1, (subscription, event) -> subscription.request(bad));
                store.publisher(EventQuery.all()).subscribe(notes);
                List<Object> signals = notes.all();
                assertEquals(2, signals.size());
                assertInstanceOf(IllegalArgumentException.class, signals.get(1));
            }
            Notes first = new Notes(-5);
            store.publisher(EventQuery.all()).subscribe(first);
            assertInstanceOf(IllegalArgumentException.class, first.all().get(0));
        }
    }

    @Test
    void shouldCompleteWithoutDemandAtItsLimit() throws Exception {
        try (EventStore store = EventStore.open(folder)) {
            Notes none = new Notes(0);
            store.publisher(EventQuery.all().limit(0)).subscribe(none);
            assertEquals(List.of(COMPLETE), none.all());
            append(store, 3);
            Notes two = new Notes(2);
            store.publisher(EventQuery.all().limit(2)).subscribe(two);
            assertEquals(positions(0, 2, COMPLETE), two.all());
        }
    }

    @Test
    void shouldTellSubscribersThatTheStoreIsClosed() throws Exception {
        EventStore store = EventStore.open(folder);
        append(store, 2);
        Flow.Publisher<RecordedEvent> publisher = store.publisher(EventQuery.all());
        Notes waiting = new Notes(Long.MAX_VALUE);
        publisher.subscribe(waiting);
        waiting.assertNext(0);
        waiting.assertNext(1);
        Notes idle = new Notes(0);
        publisher.subscribe(idle);
        assertTrue(idle.subscribed.await(1, TimeUnit.MINUTES));
        store.close();
        Notes late = new Notes(1);
        publisher.subscribe(late);
        for (Notes notes : List.of(waiting, idle, late)) {
            List<Object> signals = notes.all();
            assertEquals(1, signals.size());
            assertInstanceOf(StoreClosedException.class, signals.get(0));
        }
        assertThrows(NullPointerException.class, () -> publisher.subscribe(null));
    }

    @Test
    void shouldLeaveASubscriberThatThrows() throws Exception {
        try (EventStore store = EventStore.open(folder)) {
            append(store, 3);
            Notes bad =
                    new Notes(
                            Long.MAX_VALUE,
                            (subscription, event) -> {
                                throw new IllegalStateException("on purpose");
                            });
            Notes good = new Notes(Long.MAX_VALUE);
            store.publisher(EventQuery.all()).subscribe(bad);
            store.publisher(EventQuery.all().limit(4)).subscribe(good);
            bad.assertGone();
            append(store, 1);
            assertEquals(List.of(0L), List.copyOf(bad.signals));
            assertEquals(positions(0, 4, COMPLETE), good.all());
        }
    }

    @Test
    void shouldGoOnWhenItsThreadWasInterrupted() throws Exception {
        try (EventStore store = EventStore.open(folder)) {
            Notes notes =
                    new Notes(
                            Long.MAX_VALUE,
                            (subscription, event) -> Thread.currentThread().interrupt());
            store.publisher(EventQuery.all().limit(20)).subscribe(notes);
            append(store, 20);
            assertEquals(positions(0, 20, COMPLETE), notes.all());
        }
    }

    @Test
    void shouldTellSubscribersOfDamageAfterAllBefore() throws IOException, InterruptedException {
        try (EventStore store = EventStore.open(folder)) {
            append(store, 3);
        }
        LogFile file = new LogFile(folder);
        for (int block : file.blocks(1)) {
            file.flip(block + BlockFormat.BODY_CRC, 1);
        }
        file.write();
        try (EventStore store = EventStore.open(folder)) {
            Notes notes = new Notes(Long.MAX_VALUE);
            store.publisher(EventQuery.all()).subscribe(notes);
            List<Object> signals = notes.all();
            assertEquals(2, signals.size());
            assertEquals(0L, signals.get(0));
            assertInstanceOf(StoreCorruptedException.class, signals.get(1));
        }
    }
}
