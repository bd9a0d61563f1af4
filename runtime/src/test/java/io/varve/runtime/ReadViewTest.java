package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.query.ReadOnlyKeyValueStore;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.WaitTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ReadViewTest extends RuntimeTestBase {
    private static final Duration SHORT = Duration.ofMillis(20);

    @Test
    void shouldReadWhatWasWritten() throws Exception {
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), digest("one", NOTHING));
        for (int i = 0; i < 200; i++) {
            long last = append(1, i, 1);
            try (ReadView view = runtime.readView("one", PositionBound.at(last), Notes.LONG)) {
                assertEquals(i + 1, Notes.digestOf(view).count());
                assertEquals(last, view.position());
            }
        }
    }

    @Test
    void shouldStayAtItsInstant() throws Exception {
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), digest("one", NOTHING));
        long first = append(1, 0, 3);
        try (ReadView view = runtime.readView("one", PositionBound.at(first), Notes.LONG)) {
            long next = append(1, 3, 3);
            assertTrue(runtime.awaitPosition("one", next, Notes.LONG));
            assertEquals(3, Notes.digestOf(view).count());
            assertEquals(first, view.position());
        }
    }

    @Test
    void shouldNotWaitWithoutABound() throws Exception {
        append(1, 0, 1);
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), digest("one", NOTHING));
        try (ReadView view = runtime.readView("one", PositionBound.any(), Duration.ZERO)) {
            assertTrue(view.position() == -1 || view.position() == 0);
        }
    }

    @Test
    void shouldTellWhenTheBoundIsNotReachedInTime() throws Exception {
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), digest("one", NOTHING));
        long last = append(1, 0, 2);
        assertTrue(runtime.awaitPosition("one", last, Notes.LONG));
        assertFalse(runtime.awaitPosition("one", last + 1, SHORT));
        WaitTimeoutException late =
                assertThrows(
                        WaitTimeoutException.class,
                        () -> runtime.readView("one", PositionBound.at(last + 1), SHORT));
        assertEquals(last + 1, late.position());
        assertEquals(last, late.reached());
    }

    @Test
    void shouldWakeWhoWaitsForAPositionToCome() throws Exception {
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), digest("one", NOTHING));
        CompletableFuture<Boolean> waiting = waitingFor(runtime, 4);
        append(1, 0, 5);
        assertTrue(waiting.get(30, TimeUnit.SECONDS));
    }

    @Test
    void shouldEndTheWaitWhenTheRuntimeIsClosed() throws Exception {
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), digest("one", NOTHING));
        CompletableFuture<Boolean> waiting = waitingFor(runtime, 4);
        runtime.close();
        ExecutionException told =
                assertThrows(ExecutionException.class, () -> waiting.get(30, TimeUnit.SECONDS));
        assertEquals(StoreClosedException.class, told.getCause().getClass());
    }

    @Test
    void shouldEndTheWaitWhenTheProjectionFails() throws Exception {
        ProjectionRuntime runtime =
                started(
                        RuntimeConfig.defaults(),
                        digest(
                                "one",
                                note -> {
                                    throw new IllegalStateException("on purpose");
                                }));
        CompletableFuture<Boolean> waiting = waitingFor(runtime, 4);
        append(1, 0, 1);
        ExecutionException told =
                assertThrows(ExecutionException.class, () -> waiting.get(30, TimeUnit.SECONDS));
        assertEquals(ProjectionFailedException.class, told.getCause().getClass());
    }

    @Test
    void shouldRefuseToBeUsedAfterClose() throws Exception {
        append(1, 0, 1);
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), digest("one", NOTHING));
        ReadView view = runtime.readView("one", PositionBound.at(0), Notes.LONG);
        ReadOnlyKeyValueStore<String, Notes.Digest> rows = view.store(Notes.DIGEST);
        assertEquals(1, rows.count());
        view.close();
        view.close();
        assertThrows(StoreClosedException.class, view::position);
        assertThrows(StoreClosedException.class, () -> view.store(Notes.DIGEST));
        assertThrows(StoreClosedException.class, () -> rows.get("all"));
        assertThrows(StoreClosedException.class, rows::count);
    }

    @Test
    void shouldBeClosedWithTheRuntime() throws Exception {
        append(1, 0, 1);
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), digest("one", NOTHING));
        ReadView view = runtime.readView("one", PositionBound.at(0), Notes.LONG);
        ReadOnlyKeyValueStore<String, Notes.Digest> rows = view.store(Notes.DIGEST);
        runtime.close();
        assertThrows(StoreClosedException.class, view::position);
        assertThrows(StoreClosedException.class, () -> rows.get("all"));
        assertThrows(
                StoreClosedException.class,
                () -> runtime.readView("one", PositionBound.any(), SHORT));
        assertThrows(StoreClosedException.class, () -> runtime.awaitPosition("one", 0, SHORT));
        view.close();
    }

    @Test
    void shouldEndTheCallUnderWayBeforeItIsClosed() throws Exception {
        append(1, 0, 1);
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), digest("one", NOTHING));
        ReadView view = runtime.readView("one", PositionBound.at(0), Notes.LONG);
        ReadOnlyKeyValueStore<String, Notes.Digest> rows = view.store(Notes.DIGEST);
        long[] seen = {0};
        rows.forEach(
                (key, digest) -> {
                    view.close();
                    seen[0] += digest.count();
                });
        assertEquals(1, seen[0]);
        assertThrows(StoreClosedException.class, rows::count);
    }

    @Test
    void shouldReadARangeOfKeys() throws Exception {
        append(1, 0, 4);
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), digest("one", NOTHING));
        try (ReadView view = runtime.readView("one", PositionBound.at(3), Notes.LONG)) {
            long[] seen = {0};
            view.store(Notes.DIGEST).range("a", "b", (key, digest) -> seen[0] += digest.count());
            assertEquals(4, seen[0]);
            view.store(Notes.DIGEST).range("b", "c", (key, digest) -> seen[0] += digest.count());
            assertEquals(4, seen[0]);
        }
    }

    @Test
    void shouldRefuseUnknownProjectionsAndImpossiblePositions() {
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), digest("one", NOTHING));
        assertThrows(IllegalArgumentException.class, () -> runtime.status("two"));
        assertThrows(
                IllegalArgumentException.class,
                () -> runtime.readView("two", PositionBound.any(), SHORT));
        assertThrows(IllegalArgumentException.class, () -> PositionBound.at(-2));
        assertEquals(PositionBound.any(), PositionBound.at(-1)); // the head of an empty log
    }

    /** Somebody who is certainly waiting already. */
    private static CompletableFuture<Boolean> waitingFor(ProjectionRuntime runtime, long position) {
        CompletableFuture<Boolean> reached = new CompletableFuture<>();
        Thread waiter =
                new Thread(
                        () -> {
                            try {
                                reached.complete(
                                        runtime.awaitPosition("one", position, Notes.LONG));
                            } catch (Throwable e) {
                                reached.completeExceptionally(e);
                            }
                        });
        waiter.start();
        while (waiter.getState() != Thread.State.TIMED_WAITING) {
            Polling.pause();
        }
        return reached;
    }
}
