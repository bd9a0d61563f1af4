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
import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.WaitTimeoutException;
import io.varve.store.serde.Serdes;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Views of several projections at one position while events come without a pause, and one of the
 * projections is slow, stuck, in partitions, paused, or removed.
 */
class ReadViewsTroubleTest extends RuntimeTestBase {
    private static final int AUTHORS = 8;
    private static final StoreRef<Long, Long> COUNTS = StoreRef.of("counts");

    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicLong appended = new AtomicLong();

    @BeforeEach
    @Override
    void openStore() {
        store = openedWithoutWaiting();
    }

    /** A row for each author, so that the rows of all partitions together count all events. */
    private Projection counting(String name) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(Notes.CATEGORY, Consumed.with(serde))
                .groupBy((key, note) -> note.author())
                .count(Materialized.as(COUNTS, Serdes.int64(), Serdes.int64()));
        return Projection.of(name, 1, builder.build());
    }

    private ProjectionRuntime running(Projection... others) {
        ProjectionRuntimeBuilder builder =
                ProjectionRuntime.builder(store, folder.resolve("models"))
                        .config(tiny())
                        .add(digest("plain", NOTHING))
                        .add(counting("divided"), ProjectionConfig.defaults().withPartitions(3));
        for (Projection other : others) {
            builder.add(other);
        }
        ProjectionRuntime runtime = closing(builder.build());
        runtime.start();
        return runtime;
    }

    /** Appends until it is over, never so fast that a projection falls far behind. */
    private FutureTask<Void> traffic(ProjectionRuntime runtime, String slowest) {
        FutureTask<Void> writer =
                new FutureTask<>(
                        () -> {
                            for (int i = 0; !over.get(); i++) {
                                append(i % AUTHORS, i, 1 + i % 3);
                                long enough = store.head() - 200;
                                while (runtime.status(slowest).position() < enough && !over.get()) {
                                    Polling.pause();
                                }
                                appended.incrementAndGet();
                            }
                        },
                        null);
        new Thread(writer).start();
        return writer;
    }

    private void end(FutureTask<Void> writer) throws Exception {
        over.set(true);
        writer.get(1, TimeUnit.MINUTES);
    }

    private static long counted(ReadView view) {
        long[] sum = new long[1];
        view.store(COUNTS)
                .scan(
                        RangeQuery.all(),
                        (author, count) -> {
                            sum[0] += count;
                            return true;
                        });
        return sum[0];
    }

    /** All events up to one position, in each of them. */
    private static void assertOneInstant(ReadViews views) {
        long events = views.position() + 1;
        for (String name : views.projections()) {
            ReadView view = views.view(name);
            assertEquals(views.position(), view.position(), name);
            assertEquals(
                    events,
                    name.equals("divided") ? counted(view) : Notes.digestOf(view).count(),
                    name);
        }
    }

    @Test
    void shouldShowOnePositionOfAPlainASlowAndADividedOne() throws Exception {
        AtomicLong slowed = new AtomicLong();
        ProjectionRuntime runtime =
                running(
                        digest(
                                "slow",
                                note -> {
                                    slowed.incrementAndGet();
                                    LockSupport.parkNanos(20_000);
                                }));
        FutureTask<Void> writer = traffic(runtime, "slow");
        try {
            for (int i = 0; i < 12; i++) {
                long seen = appended.get();
                try (ReadViews views =
                        runtime.readViews(
                                Set.of("slow", "divided", "plain"),
                                PositionBound.any(),
                                Notes.LONG)) {
                    assertOneInstant(views);
                    while (appended.get() == seen) {
                        Polling.pause();
                    }
                    assertOneInstant(views); // whatever is committed meanwhile
                }
            }
        } finally {
            end(writer);
        }
        assertTrue(slowed.get() > 0);
        assertEquals(0, runtime.views().open());
    }

    @Test
    void shouldServeOthersWhileOneIsStuck() throws Exception {
        Gate gate = new Gate(5);
        ProjectionRuntime runtime = running(digest("stuck", gate));
        FutureTask<Void> writer = traffic(runtime, "plain");
        try {
            gate.entered.await();
            WaitTimeoutException late =
                    assertThrows(
                            WaitTimeoutException.class,
                            () ->
                                    runtime.readViews(
                                            Set.of("plain", "stuck"),
                                            PositionBound.any(),
                                            Duration.ofMillis(20)));
            assertTrue(late.getMessage().contains("stuck"), late::getMessage);
            assertEquals(runtime.status("stuck").position(), late.reached());
            assertEquals(0, runtime.views().open(), "nobody holds a view for it");
            for (int i = 0; i < 10; i++) {
                PositionBound newer = PositionBound.at(store.head());
                try (ReadViews views =
                        runtime.readViews(Set.of("plain", "divided"), newer, Notes.LONG)) {
                    assertOneInstant(views);
                }
            }
            gate.opened.countDown();
            try (ReadViews views =
                    runtime.readViews(Set.of("plain", "stuck"), PositionBound.any(), Notes.LONG)) {
                assertOneInstant(views);
            }
        } finally {
            gate.opened.countDown();
            end(writer);
        }
        assertComplete(runtime, "plain");
        assertComplete(runtime, "stuck");
    }

    @Test
    void shouldCloseTheViewsOfOthersWhenNobodyWaitsForTheLastAnyMore() throws Exception {
        Gate gate = new Gate(5);
        ProjectionRuntime runtime = running(digest("stuck", gate));
        FutureTask<ReadViews> waiting =
                new FutureTask<>(
                        () ->
                                runtime.readViews(
                                        Set.of("plain", "stuck"), PositionBound.at(9), Notes.LONG));
        Thread waiter = new Thread(waiting);
        waiter.start();
        awaitWaiting(waiter);
        append(1, 0, 10);
        try {
            gate.entered.await();
            while (runtime.views().open() == 0) {
                Polling.pause();
            }
            waiter.interrupt();
            ExecutionException ended =
                    assertThrows(ExecutionException.class, () -> waiting.get(1, TimeUnit.MINUTES));
            assertEquals(InterruptedException.class, ended.getCause().getClass());
            assertEquals(0, runtime.views().open());
        } finally {
            gate.opened.countDown();
        }
        assertComplete(runtime, "stuck");
    }

    @Test
    void shouldEndTheWaitWhenOneOfThemIsPaused() throws Exception {
        ProjectionRuntime runtime = running();
        ExecutionException told = endOfWait(runtime, () -> runtime.pause("divided"));
        ProjectionPausedException paused = (ProjectionPausedException) told.getCause();
        assertEquals("divided", paused.projection());
        assertEquals(0, runtime.views().open());
        runtime.resume("divided");
        append(1, 0, 10);
        try (ReadViews views =
                runtime.readViews(Set.of("plain", "divided"), PositionBound.at(9), Notes.LONG)) {
            assertOneInstant(views);
        }
    }

    @Test
    void shouldEndTheWaitWhenOneOfThemIsRemoved() throws Exception {
        ProjectionRuntime runtime = running();
        ExecutionException told =
                endOfWait(runtime, () -> runtime.remove("divided", RemovedData.DELETE));
        assertEquals(StoreClosedException.class, told.getCause().getClass());
        assertTrue(told.getMessage().contains("removed: projection=divided"), told::getMessage);
        assertEquals(0, runtime.views().open());
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        runtime.readViews(
                                Set.of("plain", "divided"), PositionBound.any(), Notes.LONG));
        append(1, 0, 10);
        try (ReadViews views =
                runtime.readViews(Set.of("plain"), PositionBound.at(9), Notes.LONG)) {
            assertOneInstant(views);
        }
    }

    /** What somebody is told who waits for a position of both that is not in the log yet. */
    private ExecutionException endOfWait(ProjectionRuntime runtime, Runnable change) {
        FutureTask<ReadViews> waiting =
                new FutureTask<>(
                        () ->
                                runtime.readViews(
                                        Set.of("plain", "divided"),
                                        PositionBound.at(9),
                                        Notes.LONG));
        Thread waiter = new Thread(waiting);
        waiter.start();
        awaitWaiting(waiter);
        change.run();
        return assertThrows(ExecutionException.class, () -> waiting.get(1, TimeUnit.MINUTES));
    }

    private static void awaitWaiting(Thread waiter) {
        while (waiter.getState() != Thread.State.TIMED_WAITING) {
            Polling.pause();
        }
    }
}
