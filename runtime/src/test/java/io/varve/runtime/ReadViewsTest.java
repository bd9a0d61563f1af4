package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.WaitTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ReadViewsTest extends RuntimeTestBase {
    private static final Set<String> ALL = Set.of("one", "two", "three");

    private ProjectionRuntime three(RuntimeConfig config) {
        return started(
                config, digest("one", NOTHING), digest("two", NOTHING), digest("three", NOTHING));
    }

    private void assertAtOnePosition(ReadViews views) {
        Notes.Digest expected = Notes.expected(store, serde, views.position());
        for (String name : views.projections()) {
            assertEquals(views.position(), views.view(name).position(), name);
            assertEquals(expected, Notes.digestOf(views.view(name)), name);
        }
    }

    @Test
    void shouldShowOnePositionWhileNothingHappens() throws Exception {
        ProjectionRuntime runtime = three(RuntimeConfig.defaults());
        try (ReadViews views = runtime.readViews(ALL, PositionBound.any(), Notes.LONG)) {
            assertEquals(-1, views.position());
            assertEquals(ALL, views.projections());
            assertAtOnePosition(views);
        }
        long last = append(1, 0, 10);
        try (ReadViews views = runtime.readViews(ALL, PositionBound.at(last), Notes.LONG)) {
            assertEquals(last, views.position());
            assertAtOnePosition(views);
        }
        assertEquals(0, runtime.views().open());
    }

    @Test
    void shouldShowOnePositionWhileEventsCome() throws Exception {
        showOnePositionWhileEventsCome(RuntimeConfig.defaults());
    }

    @Test
    void shouldShowOnePositionWhileWorkersLoseTheirSeats() throws Exception {
        showOnePositionWhileEventsCome(tiny());
    }

    private void showOnePositionWhileEventsCome(RuntimeConfig config) throws Exception {
        ProjectionRuntime runtime = three(config);
        AtomicBoolean over = new AtomicBoolean();
        FutureTask<Void> writer = new FutureTask<>(() -> write(over), null);
        new Thread(writer).start();
        long before = -1;
        for (int i = 0; i < 150; i++) {
            PositionBound bound = i % 2 == 0 ? PositionBound.any() : at(store.head());
            try (ReadViews views = runtime.readViews(ALL, bound, Notes.LONG)) {
                assertTrue(views.position() >= before, "time goes one way");
                before = views.position();
                for (String name : ALL) {
                    assertEquals(before, views.view(name).position());
                    assertEquals(
                            Notes.digestOf(views.view("one")), Notes.digestOf(views.view(name)));
                }
                if (i % 25 == 0) {
                    assertAtOnePosition(views);
                }
            }
        }
        over.set(true);
        writer.get(1, TimeUnit.MINUTES);
        assertComplete(runtime, "one");
        assertComplete(runtime, "two");
    }

    private void write(AtomicBoolean over) {
        for (int i = 0; !over.get(); i++) {
            append(7, i, 1 + i % 5);
        }
    }

    private static PositionBound at(long head) {
        return head < 0 ? PositionBound.any() : PositionBound.at(head);
    }

    @Test
    void shouldServeSeveralCallersAtOnce() throws Exception {
        ProjectionRuntime runtime = three(tiny());
        List<FutureTask<Integer>> callers = new ArrayList<>();
        for (Set<String> names : List.of(ALL, Set.of("one", "two"), Set.of("three"))) {
            callers.add(
                    new FutureTask<>(
                            () -> {
                                int opened = 0;
                                for (int i = 0; i < 100; i++) {
                                    try (ReadViews views =
                                            runtime.readViews(
                                                    names, PositionBound.any(), Notes.LONG)) {
                                        for (String name : names) {
                                            assertEquals(
                                                    views.position(), views.view(name).position());
                                            opened++;
                                        }
                                    }
                                }
                                return opened;
                            }));
        }
        callers.forEach(caller -> new Thread(caller).start());
        for (int i = 0; callers.stream().anyMatch(caller -> !caller.isDone()); i++) {
            append(1, i, 1);
        }
        assertEquals(300, callers.get(0).get());
        assertEquals(200, callers.get(1).get());
        assertEquals(100, callers.get(2).get());
        assertEquals(0, runtime.views().open());
    }

    @Test
    void shouldWaitForOneThatCatchesUp() throws Exception {
        Gate gate = new Gate(3);
        ProjectionRuntime runtime =
                started(RuntimeConfig.defaults(), digest("one", NOTHING), digest("two", gate));
        long last = append(1, 0, 10);
        gate.entered.await();
        CompletableFuture<ReadViews> waiting = waiting(runtime, last);
        long next = append(1, 10, 5);
        assertTrue(runtime.awaitPosition("one", next, Notes.LONG), "others go on");
        gate.opened.countDown();
        try (ReadViews views = waiting.get(1, TimeUnit.MINUTES)) {
            assertTrue(views.position() >= last);
            assertAtOnePosition(views);
        }
    }

    @Test
    void shouldTellWhichPositionWasNotReachedInTime() throws Exception {
        Gate gate = new Gate(0);
        ProjectionRuntime runtime =
                started(RuntimeConfig.defaults(), digest("one", NOTHING), digest("two", gate));
        long last = append(1, 0, 2);
        gate.entered.await();
        WaitTimeoutException late =
                assertThrows(
                        WaitTimeoutException.class,
                        () ->
                                runtime.readViews(
                                        Set.of("one", "two"),
                                        PositionBound.at(last),
                                        Duration.ofMillis(50)));
        assertEquals(last, late.position());
        assertEquals(-1, late.reached());
        assertEquals(0, runtime.views().open());
        assertTrue(runtime.awaitPosition("one", append(1, 2, 1), Notes.LONG));
        gate.opened.countDown();
        assertComplete(runtime, "two");
        WaitTimeoutException future =
                assertThrows(
                        WaitTimeoutException.class,
                        () ->
                                runtime.readViews(
                                        Set.of("one"), PositionBound.at(99), Duration.ZERO));
        assertEquals(99, future.position());
        assertEquals(0, runtime.views().open());
    }

    @Test
    void shouldEndTheWaitWhenOneOfThemFails() throws Exception {
        ProjectionRuntime runtime =
                started(
                        RuntimeConfig.defaults(),
                        digest("one", NOTHING),
                        digest(
                                "two",
                                note -> {
                                    throw new IllegalStateException("on purpose");
                                }));
        CompletableFuture<ReadViews> waiting = waiting(runtime, 5);
        append(1, 0, 1);
        ExecutionException told =
                assertThrows(ExecutionException.class, () -> waiting.get(1, TimeUnit.MINUTES));
        ProjectionFailedException failed = (ProjectionFailedException) told.getCause();
        assertEquals("two", failed.projection());
        assertThrows(
                ProjectionFailedException.class,
                () -> runtime.readViews(Set.of("one", "two"), PositionBound.any(), Notes.LONG));
        assertTrue(runtime.awaitPosition("one", append(1, 1, 1), Notes.LONG));
        assertEquals(0, runtime.views().open());
    }

    @Test
    void shouldEndTheWaitWhenTheRuntimeIsClosed() throws Exception {
        ProjectionRuntime runtime =
                started(RuntimeConfig.defaults(), digest("one", NOTHING), digest("two", NOTHING));
        CompletableFuture<ReadViews> waiting = waiting(runtime, 5);
        runtime.close();
        ExecutionException told =
                assertThrows(ExecutionException.class, () -> waiting.get(1, TimeUnit.MINUTES));
        assertEquals(StoreClosedException.class, told.getCause().getClass());
        assertThrows(
                StoreClosedException.class,
                () -> runtime.readViews(Set.of("one"), PositionBound.any(), Notes.LONG));
    }

    @Test
    void shouldWaitWhileAnotherGenerationBecomesLive() throws Exception {
        AtomicReference<ProjectionRuntime> runtime = new AtomicReference<>();
        List<FutureTask<GenerationId>> waiting = new ArrayList<>();
        Runnable read = () -> waiting.add(waitingForBoth(runtime.get()));
        Set<String> when = Set.of("promote.halted", "rollback.written");
        ProjectionListener onceLive =
                new ProjectionListener() {
                    @Override
                    public void onLiveGeneration(String name, GenerationId from, GenerationId to) {
                        read.run();
                    }
                };
        runtime.set(
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(digest("one", NOTHING))
                                .add(digest("two", NOTHING))
                                .listener(onceLive)
                                .steps(step -> run(when.contains(step), read))
                                .build()));
        runtime.get().start();
        append(1, 0, 10);
        Rebuild rebuild = runtime.get().rebuild("two");
        assertTrue(rebuild.await(Notes.LONG));
        rebuild.promote();
        runtime.get().rollback("two");
        assertEquals(4, waiting.size());
        for (FutureTask<GenerationId> one : waiting) {
            one.get(1, TimeUnit.MINUTES);
        }
        assertEquals(0, runtime.get().views().open());
    }

    private static void run(boolean now, Runnable action) {
        if (now) {
            action.run();
        }
    }

    /** On a thread of its own, that has begun to wait, or has ended. */
    private FutureTask<GenerationId> waitingForBoth(ProjectionRuntime runtime) {
        FutureTask<GenerationId> read = new FutureTask<>(() -> liveOfBoth(runtime));
        Thread waiter = new Thread(read);
        waiter.start();
        while (waiter.isAlive() && waiter.getState() != Thread.State.TIMED_WAITING) {
            Polling.pause();
        }
        return read;
    }

    private GenerationId liveOfBoth(ProjectionRuntime runtime) throws InterruptedException {
        PositionBound all = PositionBound.at(store.head());
        try (ReadViews views = runtime.readViews(Set.of("one", "two"), all, Notes.LONG)) {
            assertAtOnePosition(views);
            return runtime.status("two").generations().live();
        }
    }

    @Test
    void shouldLookBackWhileAnotherGenerationBecomesLive() throws Exception {
        append(1, 0, 2_500);
        ProjectionRuntime runtime = three(RuntimeConfig.defaults());
        assertComplete(runtime, "one");
        AtomicBoolean moved = new AtomicBoolean();
        TimeTravel travel =
                runtime.timeTravel("one")
                        .withProgress(
                                progress -> {
                                    if (!moved.getAndSet(true)) {
                                        replace(runtime);
                                    }
                                });
        try (ReadView view = travel.asOf(2_200)) {
            assertEquals(Notes.expected(store, serde, 2_200), Notes.digestOf(view));
        }
        assertTrue(moved.get(), "was asked");
    }

    private static void replace(ProjectionRuntime runtime) {
        try {
            Rebuild rebuild = runtime.rebuild("one");
            assertTrue(rebuild.await(Notes.LONG));
            rebuild.promote();
            runtime.discard("one");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldRefuseNoAndUnknownProjections() throws Exception {
        ProjectionRuntime runtime = three(RuntimeConfig.defaults());
        assertThrows(
                IllegalArgumentException.class,
                () -> runtime.readViews(Set.of(), PositionBound.any(), Notes.LONG));
        assertThrows(
                IllegalArgumentException.class,
                () -> runtime.readViews(Set.of("four"), PositionBound.any(), Notes.LONG));
        try (ReadViews views = runtime.readViews(Set.of("one"), PositionBound.any(), Notes.LONG)) {
            assertThrows(IllegalArgumentException.class, () -> views.view("two"));
        }
    }

    @Test
    void shouldCloseAllViewsTogether() throws Exception {
        ProjectionRuntime runtime = three(RuntimeConfig.defaults());
        ReadViews views = runtime.readViews(ALL, PositionBound.any(), Notes.LONG);
        ReadView two = views.view("two");
        views.close();
        views.close();
        assertThrows(StoreClosedException.class, two::position);
        assertEquals(0, runtime.views().open());
    }

    private static CompletableFuture<ReadViews> waiting(ProjectionRuntime runtime, long position) {
        CompletableFuture<ReadViews> opened = new CompletableFuture<>();
        Thread waiter =
                new Thread(
                        () -> {
                            try {
                                opened.complete(
                                        runtime.readViews(
                                                Set.of("one", "two"),
                                                PositionBound.at(position),
                                                Notes.LONG));
                            } catch (Throwable e) {
                                opened.completeExceptionally(e);
                            }
                        });
        waiter.start();
        while (waiter.getState() != Thread.State.TIMED_WAITING) {
            Polling.pause();
        }
        return opened;
    }

    @Test
    void shouldNameProjectionsInTheOrderInWhichTheyWereAskedFor() throws Exception {
        ProjectionRuntime runtime = three(RuntimeConfig.defaults());
        for (List<String> names :
                List.of(List.of("three", "one", "two"), List.of("two", "three", "one"))) {
            try (ReadViews views =
                    runtime.readViews(
                            new LinkedHashSet<>(names), PositionBound.any(), Notes.LONG)) {
                assertEquals(names, List.copyOf(views.projections()));
            }
        }
    }

    @Test
    void shouldSayThatAProjectionIsPaused() throws Exception {
        ProjectionRuntime runtime = three(RuntimeConfig.defaults());
        runtime.pause("two");
        ProjectionPausedException paused =
                assertThrows(
                        ProjectionPausedException.class,
                        () -> runtime.readViews(ALL, PositionBound.any(), Notes.LONG));
        assertEquals("two", paused.projection());
        assertEquals(0, runtime.views().open());
        runtime.resume("two");
        runtime.readViews(ALL, PositionBound.any(), Notes.LONG).close();
    }
}
