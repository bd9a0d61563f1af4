package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a listener may do on the thread that changes the life of a projection. */
class ListenerCallsTest extends RebuildTestBase {
    private static final GenerationId FIRST = new GenerationId(1, 1);
    private static final GenerationId SECOND = new GenerationId(2, 1);

    private final List<String> order = new CopyOnWriteArrayList<>();
    private final CountDownLatch caughtUp = new CountDownLatch(1);
    private final Thread caller = Thread.currentThread();
    private ProjectionRuntime runtime;

    /** Does something once, when another generation is live. */
    private final class WhenLive implements ProjectionListener {
        private final Consumer<ProjectionRuntime> what;
        private boolean done;

        WhenLive(Consumer<ProjectionRuntime> what) {
            this.what = what;
        }

        @Override
        public void onLiveGeneration(String name, GenerationId from, GenerationId to) {
            order.add(from.number() + " to " + to.number());
            if (done) {
                return;
            }
            done = true;
            order.add(Thread.currentThread() == caller ? "on the caller" : "elsewhere");
            try {
                what.accept(runtime);
                order.add("done");
            } catch (RuntimeException e) {
                order.add(e.toString());
            }
        }

        @Override
        public void onRebuild(String name, GenerationId generation, RebuildPhase phase) {
            if (phase == RebuildPhase.CAUGHT_UP) {
                caughtUp.countDown();
            } else if (phase.isOver()) {
                order.add(phase.toString());
            }
        }
    }

    /** Promotes a rebuild, when its thread has nothing to tell. */
    private Rebuild promoteWhile(Consumer<ProjectionRuntime> what) throws Exception {
        append(1, 0, 10);
        runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .listener(new WhenLive(what))
                                .add(digest("one", NOTHING), FAILING)
                                .build());
        runtime.start();
        assertComplete(runtime, "one");
        Rebuild rebuild = runtime.rebuild("one");
        caughtUp.await();
        // Its thread has told so, and waits for events.
        append(1, 10, 1);
        assertTrue(rebuild.await(Notes.LONG));
        while (rebuild.progress().position() < store.head()) {
            Polling.pause();
        }
        rebuild.promote();
        return rebuild;
    }

    private void assertLive(GenerationId live) throws Exception {
        append(1, 11, 5);
        assertComplete(runtime, "one");
        assertEquals(live, runtime.status("one").generations().live());
        assertEquals(Health.Status.UP, runtime.health().status());
    }

    @Test
    void shouldGoBackWhenAListenerSaysSoOnTheThreadThatPromotes() throws Exception {
        Rebuild rebuild = promoteWhile(one -> one.rollback("one"));
        assertEquals(List.of("1 to 2", "on the caller", "done", "PROMOTED", "2 to 1"), order);
        assertEquals(RebuildPhase.PROMOTED, rebuild.progress().phase());
        assertLive(FIRST);
        runtime.rollback("one");
        assertLive(SECOND);
    }

    @Test
    void shouldDiscardWhenAListenerSaysSoOnTheThreadThatPromotes() throws Exception {
        Rebuild rebuild = promoteWhile(one -> one.discard("one"));
        assertEquals(List.of("1 to 2", "on the caller", "done", "PROMOTED"), order);
        assertLive(SECOND);
        assertThrows(NoPreviousGenerationException.class, () -> runtime.rollback("one"));
        assertThrows(RebuildNotReadyException.class, rebuild::promote);
    }

    @Test
    void shouldGoBackAndDiscardWhenAListenerSaysSo() throws Exception {
        promoteWhile(
                one -> {
                    one.rollback("one");
                    one.discard("one");
                });
        assertEquals(List.of("1 to 2", "on the caller", "done", "PROMOTED", "2 to 1"), order);
        assertLive(FIRST);
    }

    @Test
    void shouldRemoveWhenAListenerSaysSoOnTheThreadThatPromotes() throws Exception {
        promoteWhile(one -> one.remove("one", RemovedData.DELETE));
        assertEquals(List.of("1 to 2", "on the caller", "done", "PROMOTED"), order);
        assertEquals(List.of(), runtime.status());
        runtime.add(digest("one", NOTHING));
        assertLive(FIRST);
    }

    @Test
    void shouldCloseWhenAListenerSaysSoOnTheThreadThatPromotes() throws Exception {
        Rebuild rebuild = promoteWhile(ProjectionRuntime::close);
        assertEquals(List.of("1 to 2", "on the caller", "done", "PROMOTED"), order);
        assertEquals(RebuildPhase.PROMOTED, rebuild.progress().phase());
        assertEquals(SECOND, runtime.status("one").generations().live());
        assertEquals(ProjectionState.STOPPED, runtime.status("one").state());
    }

    @Test
    void shouldPauseAndRebuildWhenAListenerSaysSoOnTheThreadThatPromotes() throws Exception {
        promoteWhile(
                one -> {
                    one.pause("one");
                    one.snapshot("one");
                    one.resume("one");
                    one.rebuild("one").cancel();
                });
        assertEquals(List.of("1 to 2", "on the caller", "done", "PROMOTED", "CANCELLED"), order);
        assertLive(SECOND);
        assertTrue(runtime.awaitLive("one", Duration.ofSeconds(60)));
    }
}
