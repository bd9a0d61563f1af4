package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Projection;
import io.varve.store.errors.StoreClosedException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How rebuilds end, and what is told of that, in what order. */
class RebuildEndsTest extends RebuildTestBase {
    private static final GenerationId SECOND = new GenerationId(2, 1);
    private static final GenerationId THIRD = new GenerationId(3, 1);

    private final List<RebuildPhase> news = new CopyOnWriteArrayList<>();
    private final List<Long> stuckAt = new CopyOnWriteArrayList<>();
    private final News teller =
            new News(
                    "one",
                    new ProjectionListener() {
                        @Override
                        public void onRebuild(String name, GenerationId id, RebuildPhase phase) {
                            news.add(phase);
                        }

                        @Override
                        public void onStuck(String name, StuckWorker stuck) {
                            stuckAt.add(stuck.position());
                        }
                    });

    private ProjectionRuntime running() {
        return running(FAILING, digest("one", NOTHING));
    }

    private static void assertLegal(List<RebuildPhase> phases) {
        for (int i = 1; i < phases.size(); i++) {
            assertTrue(phases.get(i - 1).canMoveTo(phases.get(i)), phases::toString);
        }
    }

    @Test
    void shouldTellNothingBehindTheEndHoweverLateItComes() {
        teller.rebuildBegins(SECOND);
        teller.rebuild(SECOND, RebuildPhase.CANCELLED);
        teller.rebuild(SECOND, RebuildPhase.CAUGHT_UP);
        teller.rebuild(SECOND, RebuildPhase.FAILED);
        teller.rebuildBegins(THIRD);
        teller.rebuild(SECOND, RebuildPhase.SUSPENDED);
        teller.rebuild(THIRD, RebuildPhase.PROMOTED);
        teller.rebuild(THIRD, RebuildPhase.CAUGHT_UP);
        assertEquals(
                List.of(
                        RebuildPhase.CATCHING_UP,
                        RebuildPhase.CANCELLED,
                        RebuildPhase.CATCHING_UP,
                        RebuildPhase.CAUGHT_UP,
                        RebuildPhase.PROMOTED),
                news);
    }

    @Test
    void shouldTellOfAFailureBeforeOfTheCancelAndOfARebuildThatIsBegunAgain() {
        teller.rebuildBegins(SECOND);
        teller.rebuild(SECOND, RebuildPhase.FAILED);
        teller.rebuild(SECOND, RebuildPhase.SUSPENDED);
        teller.rebuildBegins(SECOND);
        teller.rebuild(SECOND, RebuildPhase.FAILED);
        teller.rebuild(SECOND, RebuildPhase.CANCELLED);
        assertEquals(
                List.of(
                        RebuildPhase.CATCHING_UP,
                        RebuildPhase.FAILED,
                        RebuildPhase.CATCHING_UP,
                        RebuildPhase.FAILED,
                        RebuildPhase.CANCELLED),
                news);
    }

    private static StuckWorker stuck(GenerationId generation) {
        return new StuckWorker(generation, Instant.EPOCH, 7, List.of());
    }

    @Test
    void shouldTellOfCodeThatIsStuckBeforeTheEndOfItsRebuildOrNever() {
        Optional<Thread> elsewhere = Optional.of(new Thread());
        teller.rebuildBegins(SECOND);
        teller.stuck(stuck(SECOND), elsewhere, true);
        assertEquals(List.of(7L), stuckAt);
        teller.hold();
        teller.rebuild(SECOND, RebuildPhase.SUSPENDED);
        Thread watchdog = new Thread(() -> teller.stuck(stuck(SECOND), elsewhere, true));
        watchdog.start();
        Threads.join(watchdog, System.nanoTime() + Notes.LONG.toNanos());
        assertTrue(teller.letGo());
        teller.tellWaiting();
        teller.stuck(stuck(SECOND), elsewhere, true);
        assertEquals(List.of(7L), stuckAt);
        teller.state(ProjectionState.STOPPED);
        teller.stuck(stuck(THIRD), elsewhere, false);
        assertEquals(List.of(7L), stuckAt);
    }

    /** Nothing else is told until the listener returns, and nobody must wait for that. */
    @Test
    void shouldTellAtOnceOfCodeThatIsStuckInTheListener() throws Exception {
        CountDownLatch told = new CountDownLatch(1);
        News news =
                new News(
                        "one",
                        new ProjectionListener() {
                            @Override
                            public void onFailure(String name, Throwable failure) {
                                await(told);
                            }

                            @Override
                            public void onStuck(String name, StuckWorker stuck) {
                                told.countDown();
                            }
                        });
        Thread worker = new Thread(() -> news.failure(new IllegalStateException("on purpose")));
        worker.start();
        while (worker.getState() != Thread.State.WAITING) {
            Polling.pause();
        }
        news.stuck(stuck(SECOND), Optional.of(worker), true);
        worker.join(Notes.LONG.toMillis());
        assertFalse(worker.isAlive());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Map<RebuildPhase, Integer> endings(List<String> told) {
        Map<String, List<RebuildPhase>> byGeneration = new TreeMap<>();
        for (String one : told) {
            String[] words = one.split(" ");
            byGeneration
                    .computeIfAbsent(words[0] + words[1], key -> new ArrayList<>())
                    .add(RebuildPhase.valueOf(words[2]));
        }
        Map<RebuildPhase, Integer> endings = new TreeMap<>();
        for (List<RebuildPhase> phases : byGeneration.values()) {
            assertLegal(phases);
            assertEquals(RebuildPhase.CANCELLED, phases.get(phases.size() - 1));
            endings.merge(phases.get(phases.size() - 2), 1, Integer::sum);
        }
        return endings;
    }

    @Test
    void shouldTellWhatARebuildHasComeToBeforeItIsCancelled() throws Exception {
        append(1, 0, 10);
        ProjectionRuntime runtime = running();
        int times = 12;
        for (int i = 0; i < times; i++) {
            Rebuild rebuild = runtime.rebuild("one");
            assertTrue(rebuild.await(Notes.LONG));
            assertTrue(rebuild.cancel());
            Rebuild failing = runtime.rebuild(failingAt(1, 7));
            assertThrows(ProjectionFailedException.class, () -> failing.await(Notes.LONG));
            assertTrue(failing.cancel());
        }
        runtime.close();
        assertEquals(
                Map.of(RebuildPhase.CAUGHT_UP, times, RebuildPhase.FAILED, times), endings(told));
    }

    @Test
    void shouldKeepWhyARebuildHasFailedBeforeAnybodyIsTold() throws Exception {
        append(1, 0, 10);
        List<Boolean> kept = new CopyOnWriteArrayList<>();
        ProjectionListener listener =
                new ProjectionListener() {
                    @Override
                    public void onRebuild(String name, GenerationId id, RebuildPhase phase) {
                        if (phase == RebuildPhase.FAILED) {
                            kept.add(isKept());
                        }
                    }
                };
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .listener(listener)
                                .add(digest("one", NOTHING), FAILING)
                                .build());
        runtime.start();
        Rebuild rebuild = runtime.rebuild(failingAt(2, 7));
        assertThrows(ProjectionFailedException.class, () -> rebuild.await(Notes.LONG));
        assertTrue(isKept());
        runtime.close();
        assertEquals(List.of(true), kept);
    }

    private boolean isKept() {
        return Files.exists(folder.resolve("models/one/generation-2-v2.failure"));
    }

    private Rebuild slow(ProjectionRuntime runtime) {
        Rebuild rebuild = runtime.rebuild("one");
        rebuild.throttle(1);
        return rebuild;
    }

    @Test
    void shouldCancelARebuildWhoseProjectionIsRemovedWithItsData() throws Exception {
        append(1, 0, 10);
        ProjectionRuntime runtime = running();
        assertComplete(runtime, "one");
        append(1, 10, 1_000);
        Rebuild rebuild = slow(runtime);
        runtime.remove("one", RemovedData.DELETE);
        assertEquals(RebuildPhase.CANCELLED, rebuild.progress().phase());
        CompletableFuture<RebuildProgress> ready = rebuild.whenCaughtUp();
        Throwable why =
                assertThrows(ExecutionException.class, () -> ready.get(1, TimeUnit.MINUTES));
        assertInstanceOf(RebuildNotReadyException.class, why.getCause());
        assertThrows(RebuildNotReadyException.class, () -> rebuild.await(Notes.LONG));
        assertFalse(phases.contains(RebuildPhase.SUSPENDED), phases::toString);
        assertEquals(RebuildPhase.CANCELLED, phases.get(phases.size() - 1));
    }

    @Test
    void shouldTellThatAnInterruptedRebuildIsGoneWithTheDataOfItsProjection() throws Exception {
        append(1, 0, 10);
        ProjectionRuntime first = running();
        slow(first);
        first.close();
        phases.clear();
        running().remove("one", RemovedData.DELETE);
        assertEquals(List.of(RebuildPhase.CANCELLED), phases);
    }

    @Test
    void shouldSuspendARebuildWhoseProjectionIsRemovedWithoutItsData() throws Exception {
        append(1, 0, 10);
        ProjectionRuntime runtime = running();
        Rebuild rebuild = slow(runtime);
        runtime.remove("one", RemovedData.KEEP);
        assertEquals(RebuildPhase.SUSPENDED, rebuild.progress().phase());
        assertEquals(RebuildPhase.SUSPENDED, phases.get(phases.size() - 1));
        runtime.add(digest("one", NOTHING));
        assertTrue(runtime.status("one").generations().isRebuildPending());
    }

    @Test
    void shouldSayThatARebuildIsCancelledThoughItsCodeHasNotComeBack() throws Exception {
        append(1, 0, 10);
        Gate gate = new Gate(7);
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .config(
                                        RuntimeConfig.defaults()
                                                .withShutdownTimeout(Duration.ofMillis(50)))
                                .add(digest("one", NOTHING), FAILING)
                                .build());
        runtime.start();
        try {
            assertComplete(runtime, "one");
            Rebuild rebuild =
                    runtime.rebuild(Projection.of("one", 2, digest("one", gate).topology()));
            gate.entered.await();
            ProjectionStuckException stuck =
                    assertThrows(ProjectionStuckException.class, rebuild::cancel);
            assertTrue(
                    stuck.getMessage().startsWith("The rebuild is cancelled, but"),
                    stuck::getMessage);
            assertEquals(RebuildPhase.CANCELLED, rebuild.progress().phase());
            assertFalse(runtime.cancelRebuild("one"));
            assertTrue(runtime.rebuild("one").await(Notes.LONG));
        } finally {
            gate.opened.countDown();
        }
    }

    @Test
    void shouldSayWhatCanBeDoneWithARebuildWhoseProjectionWasRemoved() throws Exception {
        append(1, 0, 10);
        ProjectionRuntime runtime = running();
        Rebuild kept = runtime.rebuild("one");
        runtime.remove("one", RemovedData.KEEP);
        CompletableFuture<?> ready = kept.whenCaughtUp();
        StoreClosedException waited =
                assertThrows(StoreClosedException.class, () -> kept.await(Notes.LONG));
        assertTrue(waited.what().contains("whose projection was removed"), waited.what());
        assertTrue(waited.remedy().contains("add the projection again"), waited.remedy());
        // It may have caught up before.
        if (ready.isCompletedExceptionally()) {
            assertEquals(
                    waited.getMessage(),
                    assertThrows(ExecutionException.class, () -> ready.get(1, TimeUnit.MINUTES))
                            .getCause()
                            .getMessage());
        }
        runtime.add(digest("one", NOTHING), FAILING);
        Rebuild deleted = runtime.rebuild("one");
        assertEquals(kept.generation(), deleted.generation());
        runtime.remove("one", RemovedData.DELETE);
        assertFalse(deleted.cancel());
        assertThrows(StoreClosedException.class, kept::cancel);
    }
}
