package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Consumed;
import io.varve.projections.Materialized;
import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.projections.TopologyException;
import io.varve.projections.query.RangeQuery;
import io.varve.store.EventBatch;
import io.varve.store.StreamId;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.serde.Serdes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class WatchPublisherTest extends RuntimeTestBase {
    private static final StoreRef<Long, Long> LAST = StoreRef.of("last");

    private ProjectionRuntime running(Consumer<Notes.Note> hook) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(Notes.CATEGORY, Consumed.with(serde))
                .peek((key, note) -> hook.accept(note))
                .groupBy((key, note) -> note.author())
                .aggregate(
                        () -> 0L,
                        (key, note, old) -> note.number(),
                        Materialized.as(LAST, Serdes.int64(), Serdes.int64()));
        return started(RuntimeConfig.defaults(), Projection.of("last", 1, builder.build()));
    }

    private static final class Subscriber implements Flow.Subscriber<WatchUpdate<Long, Long>> {
        private final BlockingQueue<WatchUpdate<Long, Long>> updates = new LinkedBlockingQueue<>();
        private final CompletableFuture<Throwable> error = new CompletableFuture<>();
        private volatile Flow.Subscription subscription;

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
        }

        @Override
        public void onNext(WatchUpdate<Long, Long> update) {
            updates.add(update);
        }

        @Override
        public void onError(Throwable reason) {
            error.complete(reason);
        }

        @Override
        public void onComplete() {
            error.complete(new AssertionError("there is no end"));
        }

        private WatchUpdate<Long, Long> next() throws InterruptedException {
            subscription.request(1);
            WatchUpdate<Long, Long> next = updates.poll(1, TimeUnit.MINUTES);
            assertTrue(next != null, () -> "nothing told, error=" + error);
            return next;
        }

        private Throwable error() throws Exception {
            return error.get(1, TimeUnit.MINUTES);
        }
    }

    private Subscriber subscribed(ProjectionRuntime runtime) {
        Subscriber subscriber = new Subscriber();
        runtime.publisher("last", LAST, RangeQuery.all()).subscribe(subscriber);
        return subscriber;
    }

    private void appended(ProjectionRuntime runtime, long author, long number) throws Exception {
        assertTrue(runtime.awaitPosition("last", append(author, number, 1), Notes.LONG));
    }

    @Test
    void shouldTellTheRowsFirstAndThenChanges() throws Exception {
        ProjectionRuntime runtime = running(NOTHING);
        appended(runtime, 1, 1);
        Subscriber subscriber = subscribed(runtime);
        assertEquals(new WatchUpdate.Rows<>(0, List.of(Map.entry(1L, 1L))), subscriber.next());
        appended(runtime, 2, 5);
        assertEquals(
                new WatchUpdate.Changes<>(1, List.of(new RowChange<>(2L, Optional.of(5L)))),
                subscriber.next());
        assertEquals(0, runtime.views().open());
    }

    @Test
    void shouldTellASlowSubscriberTheNewestValueOfEachRowOnce() throws Exception {
        ProjectionRuntime runtime = running(NOTHING);
        Subscriber subscriber = subscribed(runtime);
        assertEquals(new WatchUpdate.Rows<>(-1, List.of()), subscriber.next());
        for (int i = 0; i < 30; i++) {
            appended(runtime, i % 2, i);
        }
        assertEquals(
                new WatchUpdate.Changes<>(
                        29,
                        List.of(
                                new RowChange<>(0L, Optional.of(28L)),
                                new RowChange<>(1L, Optional.of(29L)))),
                subscriber.next());
        assertEquals(0, subscriber.updates.size());
    }

    @Test
    void shouldShowRowsAsTheyAreWhenTheyAreRequested() throws Exception {
        ProjectionRuntime runtime = running(NOTHING);
        Subscriber subscriber = subscribed(runtime);
        appended(runtime, 1, 1);
        appended(runtime, 1, 2);
        assertEquals(0, subscriber.updates.size());
        assertEquals(0, runtime.views().open(), "nothing is pinned");
        assertEquals(new WatchUpdate.Rows<>(1, List.of(Map.entry(1L, 2L))), subscriber.next());
    }

    @Test
    void shouldTellAllRowsAnewWhereMoreHaveChangedThanAreKept() throws Exception {
        ProjectionRuntime runtime = running(NOTHING);
        Subscriber subscriber = subscribed(runtime);
        assertEquals(new WatchUpdate.Rows<>(-1, List.of()), subscriber.next());
        for (long author = 0; author < LiveQuery.MOST_ROWS + 1_000; author += 1_000) {
            EventBatch batch = new EventBatch();
            for (long i = author; i < author + 1_000; i++) {
                batch.add(StreamId.of(Notes.CATEGORY, "author-" + i), serde, new Notes.Note(i, 1));
            }
            store.append(batch);
        }
        assertTrue(runtime.awaitPosition("last", store.head(), Notes.LONG));
        WatchUpdate.Rows<Long, Long> all = (WatchUpdate.Rows<Long, Long>) subscriber.next();
        assertEquals(LiveQuery.MOST_ROWS + 1_000, all.rows().size());
    }

    @Test
    void shouldTellEachSubscriberFromTheBeginning() throws Exception {
        ProjectionRuntime runtime = running(NOTHING);
        Flow.Publisher<WatchUpdate<Long, Long>> publisher =
                runtime.publisher("last", LAST, RangeQuery.only(1L));
        for (long i = 1; i <= 3; i++) {
            appended(runtime, 1, i);
            appended(runtime, 2, i);
            Subscriber subscriber = new Subscriber();
            publisher.subscribe(subscriber);
            assertEquals(
                    List.of(Map.entry(1L, i)),
                    ((WatchUpdate.Rows<Long, Long>) subscriber.next()).rows());
        }
    }

    @Test
    void shouldTellNothingMoreOnceItIsCancelled() throws Exception {
        ProjectionRuntime runtime = running(NOTHING);
        Subscriber cancelled = subscribed(runtime);
        cancelled.next();
        cancelled.subscription.request(Long.MAX_VALUE);
        cancelled.subscription.cancel();
        cancelled.subscription.cancel();
        Subscriber other = subscribed(runtime);
        other.next();
        appended(runtime, 1, 1);
        other.next();
        runtime.close();
        assertInstanceOf(StoreClosedException.class, other.error());
        assertFalse(cancelled.error.isDone());
        assertEquals(0, cancelled.updates.size());
    }

    @Test
    void shouldEndWithAnErrorThatNobodyRequested() throws Exception {
        ProjectionRuntime runtime =
                running(
                        note -> {
                            if (note.number() == 13) {
                                throw new IllegalStateException("on purpose");
                            }
                        });
        Subscriber subscriber = subscribed(runtime);
        subscriber.next();
        append(1, 13, 1);
        assertInstanceOf(ProjectionFailedException.class, subscriber.error());
        assertThrows(ProjectionFailedException.class, () -> subscribed(runtime));
    }

    @Test
    void shouldRefuseARequestOfNothing() throws Exception {
        ProjectionRuntime runtime = running(NOTHING);
        Subscriber subscriber = subscribed(runtime);
        subscriber.subscription.request(0);
        assertInstanceOf(IllegalArgumentException.class, subscriber.error());
    }

    @Test
    void shouldForgetASubscriberThatThrows() throws Exception {
        ProjectionRuntime runtime = running(NOTHING);
        CompletableFuture<String> thrown = new CompletableFuture<>();
        Flow.Subscriber<WatchUpdate<Long, Long>> wrong =
                new Flow.Subscriber<>() {
                    @Override
                    public void onSubscribe(Flow.Subscription subscription) {
                        subscription.request(Long.MAX_VALUE);
                    }

                    @Override
                    public void onNext(WatchUpdate<Long, Long> update) {
                        thrown.complete("next");
                        throw new IllegalStateException("on purpose");
                    }

                    @Override
                    public void onError(Throwable reason) {
                        thrown.obtrudeValue("told of its own error");
                    }

                    @Override
                    public void onComplete() {}
                };
        runtime.publisher("last", LAST, RangeQuery.all()).subscribe(wrong);
        assertEquals("next", thrown.get(1, TimeUnit.MINUTES));
        appended(runtime, 1, 1);
        subscribed(runtime).next();
        runtime.close();
        assertEquals("next", thrown.get());
    }

    @Test
    void shouldRefuseWhatCannotBePublished() {
        ProjectionRuntime runtime = running(NOTHING);
        assertThrows(
                IllegalArgumentException.class,
                () -> runtime.publisher("last", LAST, RangeQuery.<Long>all().limit(1)));
        assertThrows(
                TopologyException.class,
                () -> runtime.publisher("last", StoreRef.<Long, Long>of("no"), RangeQuery.all()));
        assertThrows(
                NullPointerException.class,
                () -> runtime.publisher("last", LAST, RangeQuery.all()).subscribe(null));
    }
}
