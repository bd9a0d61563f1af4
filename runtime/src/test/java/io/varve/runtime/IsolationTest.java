package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.ExpectedVersion;
import io.varve.store.NewEvent;
import io.varve.store.StreamId;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one projection does wrong stops neither appends nor others. */
class IsolationTest extends RuntimeTestBase {
    @Test
    void shouldNotWaitForASlowProjection() throws Exception {
        Gate gate = new Gate(0);
        ProjectionRuntime runtime = started(tiny(), digest("slow", gate), digest("quick", NOTHING));
        states.await("slow", ProjectionState.LIVE);
        states.await("quick", ProjectionState.LIVE);
        append(1, 0, 1);
        gate.entered.await();
        for (int i = 1; i < 100; i++) {
            append(1, i, 1);
        }
        assertComplete(runtime, "quick");
        assertEquals(100, runtime.status("slow").lagEvents());
        gate.opened.countDown();
        assertComplete(runtime, "slow");
        states.await("slow", ProjectionState.LIVE, 2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldFailAProjectionThatThrowsAndNoOther(boolean live) throws Exception {
        if (!live) {
            append(1, 0, 10);
        }
        IllegalStateException mistake = new IllegalStateException("on purpose");
        ProjectionRuntime runtime =
                started(
                        RuntimeConfig.defaults(),
                        digest("wrong", throwingAt(5, mistake)),
                        digest("right", NOTHING));
        if (live) {
            states.await("wrong", ProjectionState.LIVE);
            append(1, 0, 10);
        }
        Throwable failure = states.awaitFailure("wrong");
        assertSame(mistake, failure.getCause());
        append(1, 10, 10);
        assertComplete(runtime, "right");
        ProjectionStatus status = runtime.status("wrong");
        assertEquals(ProjectionState.FAILED, status.state());
        assertSame(failure, status.failure().orElseThrow());
        assertEquals(4, status.position());
        ProjectionFailedException told =
                assertThrows(
                        ProjectionFailedException.class,
                        () -> runtime.readView("wrong", PositionBound.at(5), Notes.LONG));
        assertSame(failure, told.getCause());
        assertThrows(
                ProjectionFailedException.class,
                () -> runtime.awaitPosition("wrong", 5, Notes.LONG));
        try (ReadView view = runtime.readView("wrong", PositionBound.any(), Notes.LONG)) {
            assertEquals(4, view.position());
            assertEquals(Notes.expected(store, serde, 4), Notes.digestOf(view));
        }
    }

    @Test
    void shouldFailOnErrorsToo() throws Exception {
        Error error = new AssertionError("on purpose");
        ProjectionRuntime runtime =
                started(
                        RuntimeConfig.defaults(),
                        digest("wrong", throwingAt(0, error)),
                        digest("right", NOTHING));
        append(1, 0, 1);
        Throwable failure = states.awaitFailure("wrong");
        assertTrue(failure == error || failure.getCause() == error, "" + failure);
        assertComplete(runtime, "right");
    }

    @Test
    void shouldGoOnWithTheEventThatFailedWhenTheMistakeIsCorrected() throws Exception {
        append(1, 0, 10);
        RuntimeConfig small = RuntimeConfig.defaults().withSlotEvents(2).withCatchUpBatchEvents(2);
        ProjectionRuntime first =
                started(small, digest("one", throwingAt(7, new IllegalStateException("once"))));
        states.awaitFailure("one");
        assertEquals(6, first.status("one").position());
        first.close();
        ProjectionRuntime second = silent(small, digest("one", NOTHING));
        second.start();
        assertComplete(second, "one");
        assertEquals(3, second.status("one").applied());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldFailOnlyThoseWhoReadAPoisonEvent(boolean live) throws Exception {
        append(1, 0, 3);
        if (!live) {
            appendPoison();
        }
        ProjectionRuntime runtime =
                started(
                        RuntimeConfig.defaults(),
                        digest("reader", NOTHING),
                        Notes.digest("other", "others", serde, NOTHING));
        if (live) {
            states.await("reader", ProjectionState.LIVE);
            states.await("other", ProjectionState.LIVE);
            appendPoison();
        }
        PoisonEventException poison =
                assertInstanceOf(PoisonEventException.class, states.awaitFailure("reader"));
        assertEquals(3, poison.position());
        assertEquals("reader", poison.projection());
        long last = Notes.append(store, "others", serde, 1, 0, 4);
        try (ReadView view = runtime.readView("other", PositionBound.at(last), Notes.LONG)) {
            assertEquals(4, Notes.digestOf(view).count());
        }
        assertEquals(ProjectionState.FAILED, runtime.status("reader").state());
    }

    private void appendPoison() {
        store.append(
                StreamId.of(Notes.CATEGORY, "author-1"),
                ExpectedVersion.any(),
                NewEvent.of("unheard-of", new byte[] {1}));
    }

    @Test
    void shouldLeaveAStuckProjectionBehindWhenClosed() throws Exception {
        Gate gate = new Gate(0);
        RuntimeConfig impatient =
                RuntimeConfig.defaults().withShutdownTimeout(Duration.ofMillis(100));
        ProjectionRuntime runtime =
                started(impatient, digest("stuck", gate), digest("ok", NOTHING));
        append(1, 0, 5);
        gate.entered.await();
        assertComplete(runtime, "ok");
        runtime.close();
        assertEquals(ProjectionState.STOPPED, runtime.status("ok").state());
        assertEquals(ProjectionState.FAILED, runtime.status("stuck").state());
        assertInstanceOf(
                ProjectionStuckException.class, runtime.status("stuck").failure().orElseThrow());
        assertInstanceOf(ProjectionStuckException.class, states.awaitFailure("stuck"));

        ProjectionRuntime early = silent(impatient, digest("stuck", NOTHING));
        early.start();
        assertInstanceOf(
                ProjectionHostedException.class, early.status("stuck").failure().orElseThrow());
        early.close();

        gate.opened.countDown();
        states.await("stuck", ProjectionState.STOPPED);
        assertEquals(1, gate.seen.get(), "nothing was applied behind our back");
        ProjectionRuntime next = silent(impatient, digest("stuck", NOTHING));
        next.start();
        assertComplete(next, "stuck");
        assertEquals(5, next.status("stuck").applied(), "nothing was committed behind our back");
    }

    @Test
    void shouldCommitNothingAfterItWasLeftBehind() throws Exception {
        // At the 16th event the worker looks at the clock, and then it would commit.
        Gate gate = new Gate(15);
        RuntimeConfig eager =
                RuntimeConfig.defaults()
                        .withCommitInterval(Duration.ofNanos(1))
                        .withShutdownTimeout(Duration.ZERO);
        append(1, 0, 20);
        ProjectionRuntime runtime = started(eager, digest("stuck", gate));
        gate.entered.await();
        runtime.close();
        gate.opened.countDown();
        states.await("stuck", ProjectionState.STOPPED);
        ProjectionRuntime next = silent(eager, digest("stuck", NOTHING));
        next.start();
        assertComplete(next, "stuck");
        assertEquals(20, next.status("stuck").applied());
    }

    @Test
    void shouldFailLiveProjectionsWhenTheStoreIsClosedUnderThem() throws Exception {
        started(RuntimeConfig.defaults(), digest("one", NOTHING));
        states.await("one", ProjectionState.LIVE);
        store.close();
        assertInstanceOf(TailerFailedException.class, states.awaitFailure("one"));
    }

    @Test
    void shouldIgnoreAListenerThatThrows() throws Exception {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        ProjectionListener rude =
                new ProjectionListener() {
                    @Override
                    public void onStateChange(
                            String projection, ProjectionState from, ProjectionState to) {
                        thrown.set(new IllegalStateException("rude"));
                        throw (IllegalStateException) thrown.get();
                    }
                };
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(digest("one", NOTHING))
                                .listener(rude)
                                .build());
        runtime.start();
        append(1, 0, 3);
        assertComplete(runtime, "one");
        assertTrue(thrown.get() != null);
        assertFalse(runtime.status("one").failure().isPresent());
    }

    private ProjectionRuntime silent(
            RuntimeConfig config, io.varve.projections.Projection projection) {
        return closing(
                ProjectionRuntime.builder(store, folder.resolve("models"))
                        .add(projection)
                        .config(config)
                        .build());
    }

    private static Consumer<Notes.Note> throwingAt(long number, Throwable mistake) {
        return note -> {
            if (note.number() == number) {
                if (mistake instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) mistake;
            }
        };
    }
}
