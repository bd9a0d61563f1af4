package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Consumed;
import io.varve.projections.Materialized;
import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.projections.query.RangeQuery;
import io.varve.projections.query.ReadOnlyKeyValueStore;
import io.varve.projections.query.StoreIndex;
import io.varve.store.EventQuery;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.LimitExceededException;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.VarveException;
import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

class ViewLimitTest extends RuntimeTestBase {
    private static final StoreRef<Long, Long> PER_AUTHOR = StoreRef.of("per-author");
    private static final StoreIndex<Long, Long, Long> BY_COUNT =
            StoreIndex.of("by-count", (author, count) -> count, Serdes.int64());

    private static RuntimeConfig limit(Duration limit) {
        return RuntimeConfig.defaults().withViewLimit(limit);
    }

    private ProjectionRuntime counting(RuntimeConfig config) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(Notes.CATEGORY, Consumed.with(serde))
                .groupBy((key, note) -> note.author())
                .count(
                        Materialized.as(PER_AUTHOR, Serdes.int64(), Serdes.int64())
                                .withIndex(BY_COUNT));
        return started(config, Projection.of("counts", 1, builder.build()));
    }

    private static ReadView view(ProjectionRuntime runtime, long position) throws Exception {
        return runtime.readView("counts", PositionBound.at(position), Notes.LONG);
    }

    @Test
    void shouldRefuseTheViewAboveTheLimitAndGoOnWithTheProjection() throws Exception {
        ProjectionRuntime runtime = counting(RuntimeConfig.defaults());
        long first = append(1, 0, 1);
        List<ReadView> views = new ArrayList<>();
        for (int i = 0; i < 1_024; i++) {
            views.add(view(runtime, first));
        }
        LimitExceededException refused =
                assertThrows(LimitExceededException.class, () -> view(runtime, first));
        assertEquals(1_024, refused.limit());
        assertTrue(refused.getMessage().contains("Close views"), refused.getMessage());
        long last = append(2, 0, 3);
        assertTrue(runtime.awaitPosition("counts", last, Notes.LONG));
        assertEquals(last, runtime.snapshot("counts").position());
        runtime.pause("counts");
        runtime.resume("counts");
        views.remove(0).close();
        try (ReadView view = view(runtime, append(1, 1, 1))) {
            assertEquals(Optional.of(3L), view.store(PER_AUTHOR).get(2L));
        }
        views.forEach(ReadView::close);
    }

    @Test
    void shouldGoOnWhereUsersHaveAllReadersOfTheLog() throws Exception {
        append(1, 0, 1);
        FutureTask<Void> task =
                new FutureTask<>(
                        () -> {
                            reading(1_024, this::assertGoesOn);
                            return null;
                        });
        Thread thread = new Thread(null, task, "nest", 256 << 20);
        thread.start();
        task.get(2, TimeUnit.MINUTES);
    }

    /** Does something within as many reads of the log. */
    private void reading(int reads, Runnable action) {
        if (reads == 0) {
            action.run();
            return;
        }
        store.read(
                EventQuery.all().limit(1),
                event -> {
                    reading(reads - 1, action);
                    return true;
                });
    }

    /** Catching up, and live. */
    private void assertGoesOn() {
        assertThrows(LimitExceededException.class, () -> store.readList(EventQuery.all()));
        ProjectionRuntime runtime = counting(RuntimeConfig.defaults());
        try {
            assertTrue(runtime.awaitPosition("counts", store.head(), Notes.LONG), "not caught up");
            long last = append(2, 0, 3);
            assertTrue(runtime.awaitPosition("counts", last, Notes.LONG), "does not go on");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits until the runtime has closed all views. */
    private static void awaitExpired(ProjectionRuntime runtime) {
        long deadline = System.nanoTime() + Notes.LONG.toNanos();
        while (runtime.views().open() > 0) {
            assertTrue(System.nanoTime() < deadline, "views are still open");
            Polling.pause();
        }
    }

    /** What a walk has seen that began in time; the view may be too old before its first row. */
    private static List<Long> walked(
            ProjectionRuntime runtime, long last, BiConsumer<ReadView, List<Long>> walk)
            throws Exception {
        List<Long> seen = new ArrayList<>();
        while (seen.isEmpty()) {
            ReadView view = view(runtime, last);
            assertThrows(ViewExpiredException.class, () -> walk.accept(view, seen));
        }
        return seen;
    }

    @Test
    void shouldCloseAViewThatIsOpenForTooLong() throws Exception {
        ProjectionRuntime runtime = counting(limit(Duration.ofSeconds(1)));
        long last = append(1, 0, 2);
        ReadView view = view(runtime, last);
        ReadOnlyKeyValueStore<Long, Long> rows = view.store(PER_AUTHOR);
        assertEquals(Optional.of(2L), rows.get(1L));
        awaitExpired(runtime);
        ViewExpiredException expired = assertThrows(ViewExpiredException.class, () -> rows.get(1L));
        assertEquals("counts", expired.projection());
        assertEquals(last, expired.position());
        assertTrue(expired.getMessage().contains("limit=PT1S"), expired::getMessage);
        assertThrows(ViewExpiredException.class, view::position);
        assertThrows(ViewExpiredException.class, () -> view.store(PER_AUTHOR));
        assertThrows(ViewExpiredException.class, rows::count);
        assertThrows(ViewExpiredException.class, () -> rows.index(BY_COUNT));
        view.close();
        assertEquals(new ViewStatus(0, Duration.ZERO, 1), runtime.views());
    }

    @Test
    void shouldEndAWalkAtTheNextRow() throws Exception {
        ProjectionRuntime runtime = counting(limit(Duration.ofMillis(30)));
        append(1, 0, 1);
        long last = append(2, 0, 1);
        List<Long> seen =
                walked(
                        runtime,
                        last,
                        (view, authors) ->
                                view.store(PER_AUTHOR)
                                        .forEach(
                                                (author, count) -> {
                                                    authors.add(author);
                                                    awaitExpired(runtime);
                                                }));
        assertEquals(List.of(1L), seen);
    }

    @Test
    void shouldEndAWalkOfAnIndexAtTheNextRow() throws Exception {
        ProjectionRuntime runtime = counting(limit(Duration.ofMillis(30)));
        append(1, 0, 1);
        long last = append(2, 0, 1);
        List<Long> seen =
                walked(
                        runtime,
                        last,
                        (view, authors) ->
                                view.store(PER_AUTHOR)
                                        .index(BY_COUNT)
                                        .scan(
                                                RangeQuery.all(),
                                                (count, author, value) -> {
                                                    authors.add(author);
                                                    awaitExpired(runtime);
                                                    return true;
                                                }));
        assertEquals(List.of(1L), seen);
    }

    @Test
    void shouldTellTheAgeOfTheOldestView() throws Exception {
        ProjectionRuntime runtime = counting(limit(Duration.ZERO));
        long last = append(1, 0, 1);
        assertEquals(new ViewStatus(0, Duration.ZERO, 0), runtime.views());
        try (ReadView first = view(runtime, last)) {
            long before = System.nanoTime();
            try (ReadView second = view(runtime, last)) {
                ViewStatus both = runtime.views();
                assertEquals(2, both.open());
                assertTrue(both.oldest().toNanos() > 0);
                assertEquals(second.position(), first.position());
            }
            assertEquals(1, runtime.views().open());
            long atLeast = System.nanoTime() - before;
            assertTrue(runtime.views().oldest().toNanos() >= atLeast);
        }
        assertEquals(new ViewStatus(0, Duration.ZERO, 0), runtime.views());
    }

    @Test
    void shouldReadAnIndexAtTheInstantOfTheView() throws Exception {
        ProjectionRuntime runtime = counting(RuntimeConfig.defaults());
        append(1, 0, 2);
        append(2, 0, 2);
        long last = append(3, 0, 1);
        try (ReadView view = view(runtime, last)) {
            assertTrue(runtime.awaitPosition("counts", append(1, 2, 1), Notes.LONG));
            assertEquals(
                    List.of(Map.entry(1L, 2L), Map.entry(2L, 2L)),
                    view.store(PER_AUTHOR).index(BY_COUNT).get(2L));
            assertEquals(2, view.store(PER_AUTHOR).index(BY_COUNT).count(2L));
            assertEquals(
                    List.of(Map.entry(3L, 1L), Map.entry(2L, 2L)),
                    view.store(PER_AUTHOR).list(RangeQuery.<Long>all().reverse().limit(2)));
        }
    }

    @Test
    void shouldTakeNoMemoryAwayFromACallUnderWay() throws Exception {
        ProjectionRuntime runtime = counting(limit(Duration.ofMillis(2)));
        for (int author = 0; author < 300; author++) {
            append(author, 0, 1);
        }
        AtomicBoolean over = new AtomicBoolean();
        List<FutureTask<Long>> readers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Random random = new Random(i);
            readers.add(new FutureTask<>(() -> read(runtime, random, over)));
        }
        readers.forEach(reader -> new Thread(reader).start());
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1_500);
        for (int i = 1; System.nanoTime() < end || runtime.views().expired() < 20; i++) {
            append(i % 300, i, 1);
        }
        over.set(true);
        long rows = 0;
        for (FutureTask<Long> reader : readers) {
            rows += reader.get(1, TimeUnit.MINUTES);
        }
        assertTrue(rows > 0);
        assertEquals(0, runtime.views().open());
    }

    /** Reads until it is over, however often its views are closed under it. */
    private static long read(ProjectionRuntime runtime, Random random, AtomicBoolean over)
            throws Exception {
        long[] rows = {0};
        while (!over.get()) {
            try (ReadView view = runtime.readView("counts", PositionBound.any(), Notes.LONG)) {
                int walks = 1 + random.nextInt(100);
                for (int i = 0; i < walks; i++) {
                    view.store(PER_AUTHOR).forEach((author, count) -> rows[0]++);
                    view.store(PER_AUTHOR).index(BY_COUNT).get(1L);
                }
            } catch (ViewExpiredException e) {
                rows[0]++;
            }
        }
        return rows[0];
    }

    @Test
    void shouldEndWalksAtTheNextRowWhenTheReadModelIsTakenAway() throws Exception {
        ProjectionRuntime runtime = counting(limit(Duration.ofMinutes(1)));
        append(1, 0, 1);
        long last = append(2, 0, 1);
        List<Long> seen = new ArrayList<>();
        ReadView first = view(runtime, last);
        assertThrows(
                StoreClosedException.class,
                () ->
                        first.store(PER_AUTHOR)
                                .forEach(
                                        (author, count) -> {
                                            seen.add(author);
                                            first.closeSoon();
                                        }));
        ReadView second = view(runtime, last);
        assertThrows(
                StoreClosedException.class,
                () ->
                        second.store(PER_AUTHOR)
                                .index(BY_COUNT)
                                .range(
                                        0L,
                                        9L,
                                        (author, count) -> {
                                            seen.add(author);
                                            second.closeSoon();
                                        }));
        assertEquals(List.of(1L, 1L), seen);
        assertEquals(0, runtime.views().open());
    }

    /** An own view that is opened later has expired before the first of them is told. */
    @Test
    void shouldTellWatchedRowsThatTakeLongerToReadThanAViewMayBeOpen() throws Exception {
        AtomicReference<Runnable> slow = new AtomicReference<>(() -> {});
        Serde<Long> values = slow(slow);
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(Notes.CATEGORY, Consumed.with(serde))
                .groupBy((key, note) -> note.author())
                .count(Materialized.as(PER_AUTHOR, Serdes.int64(), values));
        ProjectionRuntime runtime =
                started(limit(Duration.ofMillis(1)), Projection.of("counts", 1, builder.build()));
        append(1, 0, 3);
        long last = append(2, 0, 1);
        assertTrue(runtime.awaitPosition("counts", last, Notes.LONG));
        slow.set(() -> awaitExpiry(runtime, slow));
        CompletableFuture<Object> told = new CompletableFuture<>();
        runtime.watch(
                "counts",
                PER_AUTHOR,
                RangeQuery.all(),
                new WatchListener<Long, Long>() {
                    @Override
                    public void onRows(long position, List<Map.Entry<Long, Long>> rows) {
                        told.complete(rows);
                    }

                    @Override
                    public void onChanges(long position, List<RowChange<Long, Long>> changes) {}

                    @Override
                    public void onEnd(VarveException reason) {
                        told.complete(reason);
                    }
                });
        assertEquals(List.of(Map.entry(1L, 3L), Map.entry(2L, 1L)), told.get(30, TimeUnit.SECONDS));
    }

    private static void awaitExpiry(ProjectionRuntime runtime, AtomicReference<Runnable> slow) {
        slow.set(() -> {});
        try (ReadView view = view(runtime, 0)) {
            while (true) {
                view.position();
            }
        } catch (ViewExpiredException e) {
            return;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static Serde<Long> slow(AtomicReference<Runnable> hook) {
        return new Serde<>() {
            @Override
            public void serialize(Long value, BytesWriter out) {
                Serdes.int64().serialize(value, out);
            }

            @Override
            public Long deserialize(BytesView in) {
                hook.get().run();
                return Serdes.int64().deserialize(in);
            }
        };
    }
}
