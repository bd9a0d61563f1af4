package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Consumed;
import io.varve.projections.Materialized;
import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.projections.TopologyException;
import io.varve.projections.query.RangeQuery;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.VarveException;
import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A watch goes on when another generation is live, and while its projection stands still. */
class WatchLifeTest extends RuntimeTestBase {
    private static final StoreRef<Long, Long> LAST = StoreRef.of("last");

    /** The last number of each author, and something that tells versions apart. */
    private Projection last(int version, long plus) {
        return last(version, plus, LAST);
    }

    private Projection last(int version, long plus, StoreRef<Long, Long> ref) {
        return last(version, plus, ref, Serdes.int64());
    }

    private Projection last(
            int version, long plus, StoreRef<Long, Long> ref, Serde<Long> keySerde) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(Notes.CATEGORY, Consumed.with(serde))
                .groupBy((key, note) -> note.author())
                .aggregate(
                        () -> 0L,
                        (key, note, old) -> note.number() % 7 == 0 ? null : note.number() + plus,
                        Materialized.as(ref, keySerde, Serdes.int64()));
        return Projection.of("last", version, builder.build());
    }

    /** The rows as told; each telling is kept, and must tell something new. */
    private static class Told implements WatchListener<Long, Long> {
        final Map<Long, Long> rows = new TreeMap<>();
        final List<String> calls = new ArrayList<>();
        final CompletableFuture<VarveException> end = new CompletableFuture<>();
        String violation = "";

        @Override
        public synchronized void onRows(long position, List<Map.Entry<Long, Long>> all) {
            rows.clear();
            all.forEach(row -> rows.put(row.getKey(), row.getValue()));
            calls.add("rows " + position + " " + rows);
            notifyAll();
        }

        @Override
        public synchronized void onChanges(long position, List<RowChange<Long, Long>> changes) {
            for (RowChange<Long, Long> change : changes) {
                Optional<Long> before = Optional.ofNullable(rows.get(change.key()));
                if (before.equals(change.value()) && before.isPresent()) {
                    violation = "told twice: " + change + " at " + position + " calls=" + calls;
                }
                change.value()
                        .ifPresentOrElse(
                                value -> rows.put(change.key(), value),
                                () -> rows.remove(change.key()));
            }
            calls.add("changes " + position + " " + rows);
            notifyAll();
        }

        @Override
        public void onEnd(VarveException reason) {
            end.complete(reason);
        }

        synchronized void await(Map<Long, Long> wanted) throws InterruptedException {
            long deadline = System.nanoTime() + Notes.LONG.toNanos();
            while (!rows.equals(wanted)) {
                assertTrue(
                        System.nanoTime() < deadline,
                        () -> "wanted " + wanted + " told " + calls + " end " + end);
                wait(100);
            }
            assertEquals("", violation);
        }

        synchronized int calls() {
            return calls.size();
        }
    }

    private Told watching(ProjectionRuntime runtime) {
        Told told = new Told();
        closing(runtime.watch("last", LAST, RangeQuery.all(), told));
        return told;
    }

    /** With all rows there, so that they are told at once. */
    private ProjectionRuntime running() throws InterruptedException {
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), last(1, 0));
        if (store.head() >= 0) {
            assertTrue(runtime.awaitPosition("last", store.head(), Notes.LONG));
        }
        return runtime;
    }

    private Rebuild promoted(ProjectionRuntime runtime, Projection definition) throws Exception {
        Rebuild rebuild = runtime.rebuild(definition);
        assertTrue(rebuild.await(Notes.LONG));
        rebuild.promote();
        return rebuild;
    }

    @Test
    void shouldTellWhatDiffersWhenAnotherGenerationIsLive() throws Exception {
        append(1, 5, 1);
        append(2, 6, 1);
        ProjectionRuntime runtime = running();
        Told told = watching(runtime);
        told.await(Map.of(1L, 5L, 2L, 6L));
        promoted(runtime, last(2, 1_000));
        told.await(Map.of(1L, 1_005L, 2L, 1_006L));
        append(2, 8, 1);
        told.await(Map.of(1L, 1_005L, 2L, 1_008L));
        runtime.rollback("last");
        told.await(Map.of(1L, 5L, 2L, 8L));
        append(3, 1, 1);
        told.await(Map.of(1L, 5L, 2L, 8L, 3L, 1L));
        synchronized (told) {
            assertEquals(
                    1,
                    told.calls.stream().filter(call -> call.startsWith("rows")).count(),
                    told.calls::toString);
        }
        assertFalse(told.end.isDone());
    }

    @Test
    void shouldTellNothingOfAGenerationThatShowsTheSame() throws Exception {
        append(1, 5, 1);
        ProjectionRuntime runtime = running();
        Told told = watching(runtime);
        told.await(Map.of(1L, 5L));
        promoted(runtime, last(1, 0));
        append(2, 6, 1);
        told.await(Map.of(1L, 5L, 2L, 6L));
        assertEquals(2, told.calls(), told.calls::toString);
    }

    @Test
    void shouldTellAllRowsWhereWhatWasLiveIsGone() throws Exception {
        append(1, 5, 1);
        ProjectionRuntime runtime = running();
        CompletableFuture<Void> go = new CompletableFuture<>();
        Told told =
                new Told() {
                    @Override
                    public void onRows(long position, List<Map.Entry<Long, Long>> all) {
                        super.onRows(position, all);
                        go.join();
                    }
                };
        closing(runtime.watch("last", LAST, RangeQuery.all(), told));
        told.await(Map.of(1L, 5L));
        promoted(runtime, last(2, 1_000));
        runtime.discard("last");
        go.complete(null);
        told.await(Map.of(1L, 1_005L));
        assertTrue(told.calls.get(1).startsWith("rows"), told.calls::toString);
        append(1, 6, 1);
        told.await(Map.of(1L, 1_006L));
    }

    /** Keys of bounds are written on the way from one generation to the next. */
    private static Serde<Long> heldOnTheWay(CountDownLatch entered, CountDownLatch opened) {
        return new Serde<>() {
            @Override
            public void serialize(Long key, BytesWriter out) {
                if (Thread.currentThread().getName().startsWith("varve-watch-")) {
                    entered.countDown();
                    try {
                        opened.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }
                Serdes.int64().serialize(key, out);
            }

            @Override
            public Long deserialize(BytesView in) {
                return Serdes.int64().deserialize(in);
            }
        };
    }

    @Test
    void shouldTellAllRowsWhereWhatWasLiveIsDiscardedWhileItIsCompared() throws Exception {
        append(1, 1, 3);
        ProjectionRuntime runtime = running();
        Told told = new Told();
        closing(runtime.watch("last", LAST, RangeQuery.between(0L, 9L), told));
        told.await(Map.of(1L, 3L));
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch opened = new CountDownLatch(1);
        Rebuild rebuild = runtime.rebuild(last(2, 100, LAST, heldOnTheWay(entered, opened)));
        assertTrue(rebuild.await(Notes.LONG));
        rebuild.promote();
        entered.await();
        runtime.discard("last");
        opened.countDown();
        told.await(Map.of(1L, 103L));
        append(1, 4, 1);
        told.await(Map.of(1L, 104L));
        assertFalse(told.end.isDone());
    }

    @Test
    void shouldEndWhereTheNextGenerationHasNoSuchStore() throws Exception {
        append(1, 5, 1);
        ProjectionRuntime runtime = running();
        Told told = watching(runtime);
        told.await(Map.of(1L, 5L));
        promoted(runtime, last(2, 0, StoreRef.of("other")));
        assertInstanceOf(TopologyException.class, told.end.get(1, TimeUnit.MINUTES));
    }

    @Test
    void shouldWaitWhileItsProjectionIsPaused() throws Exception {
        append(1, 5, 1);
        ProjectionRuntime runtime = running();
        Told told = watching(runtime);
        told.await(Map.of(1L, 5L));
        runtime.pause("last");
        append(1, 6, 1);
        Told later = watching(runtime);
        later.await(Map.of(1L, 5L));
        runtime.resume("last");
        told.await(Map.of(1L, 6L));
        later.await(Map.of(1L, 6L));
        assertEquals(2, told.calls());
        assertEquals(2, later.calls());
        runtime.pause("last");
        runtime.close();
        assertInstanceOf(StoreClosedException.class, told.end.get(1, TimeUnit.MINUTES));
    }

    @Test
    void shouldEndWhenItsProjectionIsRemoved() throws Exception {
        ProjectionRuntime runtime = running();
        Told told = watching(runtime);
        told.await(Map.of());
        runtime.remove("last", RemovedData.DELETE);
        VarveException end = told.end.get(1, TimeUnit.MINUTES);
        assertInstanceOf(StoreClosedException.class, end);
        assertTrue(end.getMessage().contains("projection, which was removed"), end.getMessage());
    }

    /** A subscriber that asks for updates when it likes. */
    private static final class Slow extends Told
            implements Flow.Subscriber<WatchUpdate<Long, Long>> {
        private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription.complete(given);
        }

        @Override
        public void onNext(WatchUpdate<Long, Long> update) {
            if (update instanceof WatchUpdate.Rows<Long, Long> rows) {
                onRows(rows.position(), rows.rows());
            } else if (update instanceof WatchUpdate.Changes<Long, Long> changes) {
                onChanges(changes.position(), changes.changes());
            }
        }

        @Override
        public void onError(Throwable reason) {
            end.complete((VarveException) reason);
        }

        @Override
        public void onComplete() {}

        private void request(long n) {
            subscription.join().request(n);
        }
    }

    @Test
    void shouldTellTheRowsInTheEndWhateverBecomesOfTheProjection() throws Exception {
        live(new Random(Long.getLong("varve.seed", System.nanoTime())), 60);
    }

    @Test
    @Tag("long")
    @Timeout(900)
    void shouldTellTheRowsInTheEndWhateverBecomesOfTheProjectionForLong() throws Exception {
        for (int i = 0; i < 20; i++) {
            openAgain(i);
            live(new Random(Long.getLong("varve.seed", System.nanoTime()) + i), 150);
        }
    }

    private void openAgain(int round) throws Exception {
        closeAll();
        states.forget();
        folder = java.nio.file.Files.createDirectory(folder.resolve("round-" + round));
        openStore();
    }

    private void live(Random random, int steps) throws Exception {
        long seed = random.nextLong();
        random.setSeed(seed);
        ProjectionRuntime runtime = running();
        List<Told> all = new ArrayList<>(List.of(watching(runtime)));
        List<Slow> slow = new ArrayList<>();
        long[] numbers = new long[4];
        int version = 1;
        for (int i = 0; i < steps; i++) {
            int author = random.nextInt(numbers.length);
            append(author, ++numbers[author], 1);
            switch (random.nextInt(12)) {
                case 0 -> runtime.pause("last");
                case 1, 2 -> runtime.resume("last");
                case 3 -> {
                    runtime.resume("last");
                    version += random.nextInt(2);
                    promoted(runtime, last(version, version * 1_000L));
                }
                case 4 -> back(runtime);
                case 5 -> all.add(watching(runtime));
                case 6 -> {
                    Slow one = new Slow();
                    runtime.publisher("last", LAST, RangeQuery.all()).subscribe(one);
                    slow.add(one);
                }
                case 7, 8, 9 -> slow.forEach(one -> one.request(1));
                default -> {}
            }
        }
        runtime.resume("last");
        Map<Long, Long> rows = new HashMap<>();
        assertTrue(runtime.awaitPosition("last", store.head(), Notes.LONG));
        try (ReadView view = runtime.readView("last", PositionBound.at(store.head()), Notes.LONG)) {
            view.store(LAST).forEach(rows::put);
        }
        slow.forEach(one -> one.request(1_000));
        all.addAll(slow);
        for (Told told : all) {
            try {
                told.await(rows);
            } catch (AssertionError e) {
                throw new AssertionError("seed=" + seed, e);
            }
        }
    }

    private static void back(ProjectionRuntime runtime) {
        try {
            runtime.rollback("last");
        } catch (NoPreviousGenerationException e) {
            // nothing was promoted yet
        }
    }
}
