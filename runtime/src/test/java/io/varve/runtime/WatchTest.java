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
import io.varve.store.errors.VarveException;
import io.varve.store.serde.Serdes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class WatchTest extends RuntimeTestBase {
    /** The last number of each author; a multiple of 7 deletes the row. */
    private static final StoreRef<Long, Long> LAST = StoreRef.of("last");

    /** Keeps what it is told, and checks the order of the calls. */
    private static final class Told implements WatchListener<Long, Long> {
        private final Map<Long, Long> rows = new TreeMap<>();
        private final List<Long> positions = new ArrayList<>();
        private final CompletableFuture<VarveException> end = new CompletableFuture<>();
        private final Consumer<Told> hook;
        private String violation = "";
        private long position = -2;
        private long begin;
        private int wholes;

        private Told(Consumer<Told> hook) {
            this.hook = hook;
        }

        @Override
        public void onRows(long at, List<Map.Entry<Long, Long>> all) {
            synchronized (this) {
                check(at >= position, "rows of an older position");
                rows.clear();
                all.forEach(row -> rows.put(row.getKey(), row.getValue()));
                position = at;
                begin = at;
                wholes++;
                notifyAll();
            }
            hook.accept(this);
        }

        @Override
        public void onChanges(long at, List<RowChange<Long, Long>> changes) {
            synchronized (this) {
                check(at > position, "changes out of order, or twice");
                check(wholes > 0 && !changes.isEmpty(), "no rows first");
                for (RowChange<Long, Long> change : changes) {
                    change.value()
                            .ifPresentOrElse(
                                    value -> rows.put(change.key(), value),
                                    () -> rows.remove(change.key()));
                }
                position = at;
                positions.add(at);
                notifyAll();
            }
            hook.accept(this);
        }

        @Override
        public void onEnd(VarveException reason) {
            end.complete(reason);
        }

        private void check(boolean right, String what) {
            if (!right && violation.isEmpty()) {
                violation = what + " position=" + position;
            }
        }

        private synchronized void await(long wanted) throws InterruptedException {
            long deadline = System.nanoTime() + Notes.LONG.toNanos();
            while (position < wanted) {
                assertTrue(System.nanoTime() < deadline, "told up to " + position);
                wait(100);
            }
            assertEquals("", violation);
        }

        private synchronized Map<Long, Long> rows() {
            return new TreeMap<>(rows);
        }

        private VarveException end() throws Exception {
            return end.get(1, TimeUnit.MINUTES);
        }
    }

    private Projection last(Consumer<Notes.Note> hook) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(Notes.CATEGORY, Consumed.with(serde))
                .peek((key, note) -> hook.accept(note))
                .groupBy((key, note) -> note.author())
                .aggregate(
                        () -> 0L,
                        (key, note, old) -> note.number() % 7 == 0 ? null : note.number(),
                        Materialized.as(LAST, Serdes.int64(), Serdes.int64()));
        return Projection.of("last", 1, builder.build());
    }

    private ProjectionRuntime running(RuntimeConfig config) {
        return started(config, last(NOTHING));
    }

    private static Told told() {
        return new Told(told -> {});
    }

    private Watch watch(ProjectionRuntime runtime, RangeQuery<Long> query, Told told) {
        return closing(runtime.watch("last", LAST, query, told));
    }

    @Test
    void shouldTellTheRowsFirstAndThenEachChange() throws Exception {
        ProjectionRuntime runtime = running(RuntimeConfig.defaults());
        long before = append(1, 5, 1);
        assertTrue(runtime.awaitPosition("last", before, Notes.LONG));
        Told told = told();
        Watch watch = watch(runtime, RangeQuery.all(), told);
        told.await(before);
        assertEquals(Map.of(1L, 5L), told.rows());
        told.await(append(2, 8, 1));
        assertEquals(Map.of(1L, 5L, 2L, 8L), told.rows());
        told.await(append(1, 7, 1));
        assertEquals(Map.of(2L, 8L), told.rows());
        assertEquals(1, told.wholes);
        assertTrue(watch.isOpen());
    }

    @Test
    void shouldTellOfOneKeyOnly() throws Exception {
        ProjectionRuntime runtime = running(RuntimeConfig.defaults());
        Told told = told();
        closing(runtime.watch("last", LAST, 3L, told));
        told.await(-1);
        assertEquals(Map.of(), told.rows());
        append(2, 1, 1);
        long third = append(3, 2, 1);
        append(4, 3, 1);
        told.await(third);
        assertEquals(Map.of(3L, 2L), told.rows());
        long again = append(3, 3, 1);
        told.await(again);
        synchronized (told) {
            // One commit may hold the other author's note as well, but there is no third telling.
            assertEquals(2, told.positions.size(), "nothing of other keys");
            assertTrue(told.positions.get(0) < again && told.positions.get(1) == again);
        }
    }

    @Test
    void shouldTellOfARangeOnly() throws Exception {
        ProjectionRuntime runtime = running(RuntimeConfig.defaults());
        Told told = told();
        assertTrue(runtime.awaitPosition("last", appendAll(1), Notes.LONG));
        watch(runtime, RangeQuery.between(2L, 4L), told);
        told.await(-1);
        assertEquals(Map.of(2L, 1L, 3L, 1L), told.rows());
        appendAll(2); // of which it is told as changes
        told.await(append(3, 3, 1));
        assertEquals(Map.of(2L, 2L, 3L, 3L), told.rows());
        assertEquals(1, told.wholes);
    }

    private long appendAll(long number) {
        long last = -1;
        for (long author : new long[] {0, 1, 2, 4, 5, 3}) {
            last = append(author, number, 1);
        }
        return last;
    }

    @Test
    void shouldTellEachChangeOnceInOrderWhateverIsGoingOn() throws Exception {
        tell(2, 600);
    }

    @Test
    @Tag("long")
    void shouldTellEachChangeOnceInOrderForLong() throws Exception {
        tell(10, 1_500);
    }

    private void tell(int seeds, int appends) throws Exception {
        for (long seed = 1; seed <= seeds; seed++) {
            Random random = new Random(seed);
            Projection named = last(NOTHING);
            ProjectionRuntime runtime =
                    closing(
                            ProjectionRuntime.builder(store, folder.resolve("models-" + seed))
                                    .add(named)
                                    .config(seed == 1 ? RuntimeConfig.defaults() : tiny())
                                    .build());
            runtime.start();
            List<Told> all = new ArrayList<>();
            long position = -1;
            for (int i = 0; i < appends; i++) {
                position =
                        append(random.nextInt(20), 1 + random.nextInt(50), 1 + random.nextInt(4));
                if (i % 50 == 0) {
                    all.add(told());
                    watch(runtime, RangeQuery.all(), all.get(all.size() - 1));
                }
            }
            // Something that all are told of, so that nothing is left that they could miss.
            position = append(99, 1, 1);
            Map<Long, Long> expected = new HashMap<>();
            assertTrue(runtime.awaitPosition("last", position, Notes.LONG));
            try (ReadView view = runtime.readView("last", PositionBound.at(position), Notes.LONG)) {
                view.store(LAST).forEach(expected::put);
            }
            for (Told told : all) {
                told.await(position);
                assertEquals(expected, told.rows(), "seed=" + seed);
                assertSameCommits(all.get(0), told);
            }
            runtime.close();
        }
    }

    /** Who came later is told of each commit that the first is told of since then. */
    private static void assertSameCommits(Told first, Told later) {
        assertEquals(1, first.wholes + later.wholes - 1, "both kept up");
        assertEquals(
                first.positions.stream().filter(at -> at > later.begin).toList(), later.positions);
    }

    @Test
    void shouldTellASlowListenerTheNewestRowsAndDelayNobody() throws Exception {
        ProjectionRuntime runtime = running(RuntimeConfig.defaults());
        CountDownLatch go = new CountDownLatch(1);
        Told slow = new Told(told -> uninterrupted(go));
        watch(runtime, RangeQuery.all(), slow);
        slow.await(-1);
        long last = 0;
        for (int author = 0; author < 3 * LiveQuery.MOST_ROWS; author += 1_000) {
            for (int i = 0; i < 1_000; i++) {
                last = author + i;
            }
            appendAuthors(author, 1_000);
        }
        assertTrue(runtime.awaitPosition("last", store.head(), Notes.LONG), "not delayed");
        go.countDown();
        long end = append(last + 1, 1, 1);
        slow.await(end);
        assertEquals(3 * LiveQuery.MOST_ROWS + 1, slow.rows().size());
        assertEquals(2, slow.wholes);
    }

    private void appendAuthors(long from, int count) {
        EventBatch batch = new EventBatch();
        for (long author = from; author < from + count; author++) {
            batch.add(
                    StreamId.of(Notes.CATEGORY, "author-" + author),
                    serde,
                    new Notes.Note(author, 1));
        }
        store.append(batch);
    }

    private static void uninterrupted(CountDownLatch go) {
        try {
            go.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldEndWhenTheProjectionFails() throws Exception {
        ProjectionRuntime runtime =
                started(
                        RuntimeConfig.defaults(),
                        last(
                                note -> {
                                    if (note.number() == 13) {
                                        throw new IllegalStateException("on purpose");
                                    }
                                }));
        Told told = told();
        Watch watch = watch(runtime, RangeQuery.all(), told);
        told.await(-1);
        told.await(append(1, 1, 1));
        append(1, 13, 1);
        assertInstanceOf(ProjectionFailedException.class, told.end());
        assertFalse(watch.isOpen());
        assertThrows(
                ProjectionFailedException.class,
                () -> runtime.watch("last", LAST, RangeQuery.all(), told()));
    }

    @Test
    void shouldEndWhenTheRuntimeIsClosed() throws Exception {
        ProjectionRuntime runtime = running(RuntimeConfig.defaults());
        Told told = told();
        Watch watch = watch(runtime, RangeQuery.all(), told);
        told.await(-1);
        long last = append(1, 1, 1);
        assertTrue(runtime.awaitPosition("last", last, Notes.LONG));
        runtime.close();
        assertInstanceOf(StoreClosedException.class, told.end());
        assertEquals(Map.of(1L, 1L), told.rows(), "what was pending is told first");
        assertFalse(watch.isOpen());
        assertThrows(
                StoreClosedException.class,
                () -> runtime.watch("last", LAST, RangeQuery.all(), told()));
    }

    @Test
    void shouldEndWhenTheWorkerIsLeftBehind() throws Exception {
        Gate gate = new Gate(5);
        ProjectionRuntime runtime =
                started(
                        RuntimeConfig.defaults().withShutdownTimeout(Duration.ofMillis(50)),
                        last(gate));
        Told told = told();
        watch(runtime, RangeQuery.all(), told);
        told.await(-1);
        append(1, 5, 1);
        gate.entered.await();
        runtime.close();
        VarveException end = told.end();
        assertInstanceOf(ProjectionFailedException.class, end);
        assertInstanceOf(ProjectionStuckException.class, end.getCause());
        gate.opened.countDown();
    }

    @Test
    void shouldTellNothingMoreOnceItIsClosed() throws Exception {
        ProjectionRuntime runtime = running(RuntimeConfig.defaults());
        Told told = told();
        Watch watch = watch(runtime, RangeQuery.all(), told);
        told.await(append(1, 1, 1));
        watch.close();
        watch.close();
        Told other = told();
        watch(runtime, RangeQuery.all(), other);
        other.await(append(1, 2, 1));
        assertEquals(Map.of(1L, 1L), told.rows());
        assertFalse(told.end.isDone());
        assertEquals(0, runtime.views().open());
    }

    @Test
    void shouldLetAListenerCloseItsWatch() throws Exception {
        ProjectionRuntime runtime = running(RuntimeConfig.defaults());
        CompletableFuture<Watch> watch = new CompletableFuture<>();
        CountDownLatch closed = new CountDownLatch(1);
        Told told =
                new Told(
                        t -> {
                            watch.join().close();
                            closed.countDown();
                        });
        watch.complete(watch(runtime, RangeQuery.all(), told));
        assertTrue(closed.await(1, TimeUnit.MINUTES));
        assertTrue(runtime.awaitPosition("last", append(1, 1, 1), Notes.LONG));
        assertEquals(Map.of(), told.rows());
    }

    @Test
    void shouldEndWhenTheListenerThrows() throws Exception {
        ProjectionRuntime runtime = running(RuntimeConfig.defaults());
        Told told =
                new Told(
                        t -> {
                            throw new UnsupportedOperationException("mine");
                        });
        watch(runtime, RangeQuery.all(), told);
        VarveException end = told.end();
        assertInstanceOf(WatchFailedException.class, end);
        assertInstanceOf(UnsupportedOperationException.class, end.getCause());
        assertTrue(runtime.awaitPosition("last", append(1, 1, 1), Notes.LONG));
    }

    @Test
    void shouldRefuseWhatCannotBeWatched() {
        ProjectionRuntime runtime = running(RuntimeConfig.defaults());
        assertThrows(
                IllegalArgumentException.class,
                () -> runtime.watch("last", LAST, RangeQuery.<Long>all().limit(3), told()));
        assertThrows(
                IllegalArgumentException.class,
                () -> runtime.watch("other", LAST, RangeQuery.all(), told()));
        StoreRef<Long, Long> other = StoreRef.of("other");
        assertThrows(
                TopologyException.class,
                () -> runtime.watch("last", other, RangeQuery.all(), told()));
        ProjectionRuntime notStarted =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("other"))
                                .add(last(NOTHING))
                                .build());
        assertThrows(
                IllegalStateException.class,
                () -> notStarted.watch("last", LAST, RangeQuery.all(), told()));
        assertEquals(Optional.empty(), runtime.status("last").failure());
    }

    @Test
    void shouldLeaveNothingBehindWhenItIsClosedOnTheWay() {
        Projection projection = last(NOTHING);
        List<Runnable> left = new ArrayList<>();
        Readers readers =
                new Readers(
                        projection,
                        new OpenViews(Duration.ZERO),
                        new Progress("last", new GenerationId(1, 1), StateLog.told("last", states)),
                        () -> {
                            throw new AssertionError("nobody opens a view");
                        },
                        () -> {},
                        () -> false);
        LiveQuery<Long, Long> query =
                new LiveQuery<>(
                        "last",
                        () -> readers,
                        LAST,
                        RangeQuery.all(),
                        LiveQuery.Target.of(told()),
                        new WatchThreads(left::add, () -> {}, Notes.LONG),
                        closed -> {});
        query.lookAgain();
        query.close();
        left.forEach(Runnable::run);
        assertTrue(readers.watches().isEmpty());
    }

    @Test
    void shouldForgetAWatchThatIsClosedWhileItIsFarBehind() throws Exception {
        ProjectionRuntime runtime = running(RuntimeConfig.defaults());
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch told = new CountDownLatch(1);
        Told slow =
                new Told(
                        t -> {
                            told.countDown();
                            uninterrupted(go);
                        });
        Watch watch = watch(runtime, RangeQuery.all(), slow);
        told.await();
        for (int author = 0; author < LiveQuery.MOST_ROWS + 2_000; author += 1_000) {
            appendAuthors(author, 1_000);
        }
        assertTrue(runtime.awaitPosition("last", store.head(), Notes.LONG));
        CompletableFuture<Void> closing = CompletableFuture.runAsync(watch::close);
        while (watch.isOpen()) {
            Polling.pause();
        }
        go.countDown();
        closing.get(1, TimeUnit.MINUTES);
        assertTrue(runtime.awaitPosition("last", append(1, 5, 1), Notes.LONG));
        assertEquals(1, slow.wholes);
        assertEquals(0, runtime.views().open());
    }
}
