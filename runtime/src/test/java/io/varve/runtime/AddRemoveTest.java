package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Consumed;
import io.varve.projections.Projection;
import io.varve.projections.StreamsBuilder;
import io.varve.projections.TopologyException;
import io.varve.store.Hold;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.StoreLockedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Projections come, go, and stand still, while others run. */
class AddRemoveTest extends RuntimeTestBase {
    private Path home(String name) {
        return folder.resolve("models").resolve(name);
    }

    /** Without the state log, which knows a name for one life. */
    private ProjectionRuntime quiet(Projection... projections) {
        return quiet(RuntimeConfig.defaults(), projections);
    }

    private ProjectionRuntime quiet(RuntimeConfig config, Projection... projections) {
        ProjectionRuntimeBuilder builder =
                ProjectionRuntime.builder(store, folder.resolve("models")).config(config);
        for (Projection projection : projections) {
            builder.add(projection);
        }
        ProjectionRuntime runtime = closing(builder.build());
        runtime.start();
        return runtime;
    }

    private List<String> holds() {
        return store.retention().holds().stream().map(Hold::name).sorted().toList();
    }

    @Test
    void shouldAddAProjectionWhileOthersRun() throws Exception {
        append(1, 0, 10);
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), digest("one", NOTHING));
        states.await("one", ProjectionState.LIVE);
        // Another serde object, so another source.
        runtime.add(Notes.digest("two", Notes.serde(), NOTHING));
        states.await("two", ProjectionState.LIVE);
        append(1, 10, 10);
        assertComplete(runtime, "one");
        assertComplete(runtime, "two");
        assertEquals(
                List.of("one", "two"),
                runtime.status().stream().map(ProjectionStatus::name).toList());
    }

    @Test
    void shouldSeeEachEventOnceWhoeverComesAndGoes() throws Exception {
        Random random = new Random(seed());
        AtomicBoolean stop = new AtomicBoolean();
        ProjectionRuntime runtime =
                quiet(
                        RuntimeConfig.defaults().withRingSlots(4).withSlotEvents(3),
                        digest("stays", NOTHING));
        FutureTask<Void> appender =
                new FutureTask<>(
                        () -> {
                            for (int i = 0; !stop.get(); i++) {
                                append(1, i, 1 + i % 3);
                            }
                        },
                        null);
        new Thread(appender).start();
        for (int i = 0; i < 60; i++) {
            String name = "p" + random.nextInt(3);
            boolean there = runtime.status().stream().anyMatch(one -> one.name().equals(name));
            if (!there) {
                runtime.add(Notes.digest(name, Notes.serde(), NOTHING));
            } else {
                switch (random.nextInt(4)) {
                    case 0 -> runtime.remove(name, RemovedData.KEEP);
                    case 1 -> runtime.remove(name, RemovedData.DELETE);
                    case 2 -> runtime.pause(name);
                    default -> runtime.resume(name);
                }
            }
        }
        stop.set(true);
        appender.get(1, TimeUnit.MINUTES);
        assertTrue(store.head() > 0, "nothing was appended");
        for (ProjectionStatus status : runtime.status()) {
            runtime.resume(status.name());
            assertComplete(runtime, status.name());
        }
    }

    private static long seed() {
        long seed = Long.getLong("varve.seed", 42);
        System.out.println("seed=" + seed);
        return seed;
    }

    /** Starts one, and has something done to it by another thread while it is being started. */
    private ProjectionRuntime meanwhile(boolean added, Consumer<ProjectionRuntime> action)
            throws Exception {
        AtomicReference<ProjectionRuntime> runtime = new AtomicReference<>();
        FutureTask<Void> done = new FutureTask<>(() -> action.accept(runtime.get()), null);
        Thread other = new Thread(done);
        AtomicBoolean begun = new AtomicBoolean(!added);
        Consumer<String> steps =
                step -> {
                    if (step.equals("start.opened") && begun.getAndSet(false)) {
                        other.start();
                        awaitParked(other);
                    }
                };
        Projection first = digest(added ? "first" : "one", NOTHING);
        runtime.set(
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(first)
                                .steps(steps)
                                .build()));
        runtime.get().start();
        if (added) {
            begun.set(true);
            runtime.get().add(digest("one", NOTHING));
        }
        done.get(1, TimeUnit.MINUTES);
        return runtime.get();
    }

    private static void awaitParked(Thread thread) {
        while (thread.isAlive() && thread.getState() != Thread.State.WAITING) {
            Polling.pause();
        }
    }

    private static long workers(String projection) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("varve-projection-" + projection))
                .count();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldHaveOneWorkerIfItIsResumedWhileItIsStarted(boolean added) throws Exception {
        long others = workers("one");
        ProjectionRuntime runtime = meanwhile(added, it -> it.resume("one"));
        assertEquals(1, workers("one") - others);
        append(1, 0, 10);
        assertComplete(runtime, "one");
        runtime.pause("one");
        assertEquals(0, workers("one") - others);
        runtime.remove("one", RemovedData.DELETE);
        assertFalse(Files.exists(home("one")));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldPauseOrRemoveWhatIsStartedMeanwhile(boolean added) throws Exception {
        ProjectionRuntime runtime = meanwhile(added, it -> it.pause("one"));
        assertEquals(ProjectionState.PAUSED, runtime.status("one").state());
        runtime.remove("one", RemovedData.KEEP);
        runtime.close();
        ProjectionRuntime again = meanwhile(added, it -> it.remove("one", RemovedData.DELETE));
        assertThrows(IllegalArgumentException.class, () -> again.status("one"));
        assertFalse(Files.exists(home("one")));
    }

    @Test
    void shouldSayThatAProjectionIsBeingAdded() throws Exception {
        AtomicReference<ProjectionRuntime> added = new AtomicReference<>();
        AtomicInteger refused = new AtomicInteger();
        Consumer<String> steps =
                step -> {
                    ProjectionRuntime it = added.get();
                    if (it == null || !step.equals("open.begun")) {
                        return;
                    }
                    for (Executable asked :
                            List.<Executable>of(
                                    () -> it.readView("one", PositionBound.any(), Notes.LONG),
                                    () -> it.deadLetters("one").streams(),
                                    () -> it.timeTravel("one").asOf(-1),
                                    () -> it.snapshot("one"))) {
                        assertThrows(ProjectionStartingException.class, asked);
                        refused.incrementAndGet();
                    }
                };
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(digest("first", NOTHING))
                                .steps(steps)
                                .build());
        runtime.start();
        added.set(runtime);
        runtime.add(digest("one", NOTHING));
        assertEquals(4, refused.get());
        append(1, 0, 10);
        assertComplete(runtime, "one");
    }

    @Test
    void shouldRefuseTwoOfOneName() {
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), digest("one", NOTHING));
        Projection same = digest("one", NOTHING);
        assertThrows(IllegalArgumentException.class, () -> runtime.add(same));
        assertThrows(IllegalArgumentException.class, () -> runtime.remove("two", RemovedData.KEEP));
        runtime.close();
        Projection other = digest("other", NOTHING);
        assertThrows(StoreClosedException.class, () -> runtime.add(other));
        assertThrows(StoreClosedException.class, () -> runtime.pause("one"));
        assertThrows(StoreClosedException.class, () -> runtime.remove("one", RemovedData.KEEP));
    }

    @Test
    void shouldNotAddAProjectionWhoseReadModelIsInUse() throws Exception {
        ProjectionRuntime first = quiet(digest("one", NOTHING));
        ProjectionRuntime second = quiet(digest("two", NOTHING));
        Projection one = digest("one", NOTHING);
        assertThrows(StoreLockedException.class, () -> second.add(one));
        assertThrows(IllegalArgumentException.class, () -> second.status("one"));
        first.remove("one", RemovedData.KEEP);
        second.add(one);
        append(1, 0, 3);
        assertComplete(second, "one");
    }

    @Test
    void shouldKeepOrDeleteTheReadModelOfOneThatIsRemoved() throws Exception {
        ProjectionRuntime runtime = quiet(digest("one", NOTHING), digest("two", NOTHING));
        append(1, 0, 10);
        assertComplete(runtime, "one");
        ReadView view = runtime.readView("one", PositionBound.any(), Notes.LONG);
        runtime.remove("one", RemovedData.KEEP);
        assertThrows(StoreClosedException.class, view::position);
        assertThrows(IllegalArgumentException.class, () -> runtime.status("one"));
        assertEquals(List.of("projection/two/generation-1"), holds());
        append(1, 10, 1);
        runtime.add(digest("one", NOTHING));
        assertComplete(runtime, "one");
        assertEquals(1, runtime.status("one").applied());
        runtime.remove("one", RemovedData.DELETE);
        assertFalse(Files.exists(home("one")));
        assertEquals(List.of("projection/two/generation-1"), holds());
        runtime.add(digest("one", NOTHING));
        assertComplete(runtime, "one");
        assertEquals(11, runtime.status("one").applied());
        assertComplete(runtime, "two");
    }

    @Test
    void shouldTellWhoeverWaitsForOneThatIsRemoved() throws Exception {
        ProjectionRuntime runtime = quiet(digest("one", NOTHING));
        AtomicReference<Throwable> told = new AtomicReference<>();
        Thread waiter =
                new Thread(
                        () -> {
                            try {
                                runtime.awaitPosition("one", 100, Notes.LONG);
                            } catch (Throwable e) {
                                told.set(e);
                            }
                        });
        waiter.start();
        while (waiter.getState() != Thread.State.TIMED_WAITING) {
            Polling.pause();
        }
        runtime.remove("one", RemovedData.DELETE);
        waiter.join();
        assertEquals(StoreClosedException.class, told.get().getClass());
    }

    @Test
    void shouldStayPausedUntilItIsResumed() throws Exception {
        append(1, 0, 10);
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), digest("one", NOTHING));
        assertComplete(runtime, "one");
        runtime.pause("one");
        runtime.pause("one");
        assertEquals(ProjectionState.PAUSED, runtime.status("one").state());
        append(1, 10, 5);
        ProjectionPausedException paused =
                assertThrows(
                        ProjectionPausedException.class,
                        () -> runtime.awaitPosition("one", 10, Duration.ofDays(1)));
        assertEquals(9, paused.position());
        assertTrue(paused.getMessage().contains("resume(\"one\")"), paused::getMessage);
        assertEquals(5, runtime.status("one").lagEvents());
        try (ReadView view = runtime.readView("one", PositionBound.any(), Notes.LONG)) {
            assertEquals(10, Notes.digestOf(view).count());
        }
        assertEquals(10, store.retention().truncateBefore(15).firstPosition());
        runtime.resume("one");
        runtime.resume("one");
        assertComplete(runtime);
        assertEquals(15, runtime.status("one").applied());
    }

    private void assertComplete(ProjectionRuntime runtime) throws InterruptedException {
        // Not against the whole log, which was truncated.
        try (ReadView view = runtime.readView("one", PositionBound.at(14), Notes.LONG)) {
            assertEquals(15, Notes.digestOf(view).count());
        }
    }

    @Test
    void shouldStayPausedOverRestarts() throws Exception {
        append(1, 0, 10);
        ProjectionRuntime runtime = quiet(digest("one", NOTHING), digest("two", NOTHING));
        assertComplete(runtime, "one");
        runtime.pause("one");
        runtime.close();
        append(1, 10, 5);
        ProjectionRuntime again = quiet(digest("one", NOTHING), digest("two", NOTHING));
        assertComplete(again, "two");
        assertEquals(ProjectionState.PAUSED, again.status("one").state());
        assertEquals(9, again.status("one").position());
        again.resume("one");
        assertComplete(again, "one");
        again.close();
        ProjectionRuntime third = quiet(digest("one", NOTHING));
        append(1, 15, 5);
        assertComplete(third, "one");
    }

    @Test
    void shouldGoOnBehindAFailureWhenResumed() throws Exception {
        AtomicBoolean wrong = new AtomicBoolean(true);
        ProjectionRuntime runtime =
                started(
                        RuntimeConfig.defaults(),
                        digest(
                                "one",
                                note -> {
                                    if (note.number() == 5 && wrong.get()) {
                                        throw new IllegalStateException("on purpose");
                                    }
                                }));
        append(1, 0, 10);
        states.awaitFailure("one");
        wrong.set(false);
        runtime.resume("one");
        assertComplete(runtime, "one");
        assertTrue(runtime.status("one").failure().isEmpty());
    }

    @Test
    void shouldTellIfAProjectionDoesNotComeBackToBePaused() throws Exception {
        Gate gate = new Gate(0);
        RuntimeConfig impatient =
                RuntimeConfig.defaults().withShutdownTimeout(Duration.ofMillis(50));
        ProjectionRuntime runtime =
                started(impatient, digest("stuck", gate), digest("quick", NOTHING));
        append(1, 0, 3);
        gate.entered.await();
        assertThrows(ProjectionStuckException.class, () -> runtime.pause("stuck"));
        assertThrows(ProjectionStuckException.class, () -> runtime.resume("stuck"));
        assertComplete(runtime, "quick");
        gate.opened.countDown();
        states.await("stuck", ProjectionState.PAUSED);
        runtime.resume("stuck");
        assertComplete(runtime, "stuck");
    }

    @Test
    void shouldTellIfAProjectionDoesNotComeBackToBeRemoved() throws Exception {
        Gate gate = new Gate(0);
        RuntimeConfig impatient =
                RuntimeConfig.defaults().withShutdownTimeout(Duration.ofMillis(50));
        ProjectionRuntime runtime = started(impatient, digest("stuck", gate));
        append(1, 0, 3);
        gate.entered.await();
        assertThrows(
                ProjectionStuckException.class, () -> runtime.remove("stuck", RemovedData.DELETE));
        assertTrue(Files.exists(home("stuck").resolve("generation-1-v1")));
        Projection again = digest("stuck", NOTHING);
        runtime.add(again);
        refusedForCodeLeftBehind(runtime);
        assertThrows(
                ProjectionHostedException.class, () -> runtime.remove("stuck", RemovedData.DELETE));
        assertTrue(Files.exists(home("stuck").resolve("generation-1-v1")));
        runtime.add(again);
        gate.opened.countDown();
        resumeWhenItsCodeIsBack(runtime);
        assertComplete(runtime, "stuck");
    }

    private static void refusedForCodeLeftBehind(ProjectionRuntime runtime) {
        ProjectionStatus status = runtime.status("stuck");
        assertEquals(ProjectionState.FAILED, status.state());
        ProjectionHostedException why =
                assertInstanceOf(ProjectionHostedException.class, status.failure().orElseThrow());
        assertEquals("stuck", why.projection());
        assertTrue(why.what().contains("thread=varve-projection-stuck"), why.what());
        assertTrue(why.remedy().contains("resume(\"stuck\")"), why.remedy());
    }

    /** Until then it is refused, as it was opened. */
    private static void resumeWhenItsCodeIsBack(ProjectionRuntime runtime) {
        while (true) {
            try {
                runtime.resume("stuck");
                return;
            } catch (ProjectionFailedException e) {
                assertInstanceOf(ProjectionHostedException.class, e.getCause());
                Polling.pause();
            }
        }
    }

    /** Of a runtime that was closed, in this folder or in another; the rest starts. */
    @Test
    void shouldStartBesideCodeThatAClosedRuntimeHasLeftBehind() throws Exception {
        Gate gate = new Gate(0);
        RuntimeConfig impatient =
                RuntimeConfig.defaults().withShutdownTimeout(Duration.ofMillis(50));
        ProjectionRuntime first = started(impatient, digest("stuck", gate));
        append(1, 0, 3);
        gate.entered.await();
        first.close();
        ProjectionRuntime same = quiet(digest("stuck", NOTHING), digest("other", NOTHING));
        refusedForCodeLeftBehind(same);
        assertComplete(same, "other");
        same.remove("other", RemovedData.DELETE);
        same.close();
        ProjectionRuntime elsewhere =
                closing(ProjectionRuntime.builder(store, folder.resolve("elsewhere")).build());
        elsewhere.start();
        elsewhere.add(digest("stuck", NOTHING));
        refusedForCodeLeftBehind(elsewhere);
        gate.opened.countDown();
        resumeWhenItsCodeIsBack(elsewhere);
        assertComplete(elsewhere, "stuck");
    }

    @Test
    void shouldNameTheProjectionThatCannotBePartitioned() {
        StreamsBuilder processors = new StreamsBuilder();
        processors.stream("notes", Consumed.with(Notes.serde())).processValues(() -> record -> {});
        Projection one = Projection.of("one", 1, processors.build());
        ProjectionConfig two = ProjectionConfig.defaults().withPartitions(2);
        ProjectionRuntimeBuilder builder = ProjectionRuntime.builder(store, folder);
        String what = assertThrows(TopologyException.class, () -> builder.add(one, two)).what();
        assertTrue(what.contains("projection=one"), what);
    }

    @Test
    void shouldNotLetAProjectionWaitForItself() throws Exception {
        AtomicReference<ProjectionRuntime> runtime = new AtomicReference<>();
        AtomicReference<Throwable> told = new AtomicReference<>();
        CountDownLatch tried = new CountDownLatch(1);
        runtime.set(
                quiet(
                        digest(
                                "one",
                                note -> {
                                    try {
                                        runtime.get().pause("one");
                                    } catch (Throwable e) {
                                        told.set(e);
                                    }
                                    tried.countDown();
                                })));
        append(1, 0, 1);
        assertTrue(tried.await(60, TimeUnit.SECONDS));
        assertEquals(IllegalStateException.class, told.get().getClass());
        assertComplete(runtime.get(), "one");
    }

    @Test
    void shouldWakeWhoHasWaitedForItSinceBeforeItsReadModelWasKnown() throws Exception {
        long last = append(1, 0, 10);
        AtomicReference<ProjectionRuntime> runtime = new AtomicReference<>();
        AtomicReference<FutureTask<Boolean>> waiting = new AtomicReference<>();
        runtime.set(
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .steps(
                                        step -> {
                                            if (step.equals("open.unknown")) {
                                                waiting.set(waitingFor(runtime.get(), last));
                                            }
                                        })
                                .build()));
        runtime.get().start();
        runtime.get().add(digest("one", NOTHING));
        assertTrue(waiting.get().get(30, TimeUnit.SECONDS));
    }

    /** On a thread of its own, that has begun to wait, or has ended. */
    private static FutureTask<Boolean> waitingFor(ProjectionRuntime runtime, long position) {
        FutureTask<Boolean> waiting =
                new FutureTask<>(() -> runtime.awaitPosition("one", position, Duration.ofDays(1)));
        Thread waiter = new Thread(waiting);
        waiter.setDaemon(true);
        waiter.start();
        while (waiter.isAlive() && waiter.getState() != Thread.State.TIMED_WAITING) {
            Polling.pause();
        }
        return waiting;
    }
}
