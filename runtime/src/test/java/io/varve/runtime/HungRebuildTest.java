package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Projection;
import io.varve.store.Hold;
import io.varve.store.lmdb.FolderLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Code that does not come back: what is said of it, and what is left of what it works for. */
class HungRebuildTest extends RuntimeTestBase {
    private static final Duration BRIEF = Duration.ofMillis(50);

    private final Gate gate = new Gate(3);
    private final List<String> news = new CopyOnWriteArrayList<>();
    private final ProjectionListener listener =
            new ProjectionListener() {
                @Override
                public void onRebuild(String name, GenerationId id, RebuildPhase phase) {
                    news.add(id + " " + phase);
                }

                @Override
                public void onStuck(String name, StuckWorker stuck) {
                    news.add(stuck.generation() + " stuck");
                }
            };

    private ProjectionRuntime running(Projection projection) {
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(projection, FAILING)
                                .listener(listener)
                                .config(RuntimeConfig.defaults().withShutdownTimeout(BRIEF))
                                .build());
        runtime.start();
        return runtime;
    }

    private Projection hanging() {
        return Projection.of("one", 2, digest("one", gate).topology());
    }

    private ProjectionRuntime hung() throws InterruptedException {
        append(1, 0, 5);
        ProjectionRuntime runtime = running(digest("one", NOTHING));
        assertComplete(runtime, "one");
        runtime.rebuild(hanging());
        gate.entered.await();
        return runtime;
    }

    private Path generation(String name) {
        return folder.resolve("models/one/generation-" + name);
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Notes.LONG.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "not in time");
            Polling.pause();
        }
    }

    @Test
    void shouldShowWhatACancelledRebuildHasLeftAndDeleteItWhenItsCodeIsBack() throws Exception {
        ProjectionRuntime runtime = hung();
        assertThrows(ProjectionStuckException.class, () -> runtime.cancelRebuild("one"));
        HealthProblem problem = runtime.health().problems().get(0);
        assertEquals(HealthProblem.Kind.LEFT_BEHIND, problem.kind());
        assertTrue(problem.what().startsWith("generation=2 v2 position=-1"), problem.what());
        assertEquals(Health.Status.DEGRADED, runtime.health().status());
        // Another is computed beside it, which does not delete what the code has open.
        assertTrue(runtime.rebuild("one").await(Notes.LONG));
        assertTrue(Files.exists(generation("2-v2")));
        gate.opened.countDown();
        await(
                () ->
                        holds().equals(
                                        List.of(
                                                "projection/one/generation-1",
                                                "projection/one/generation-3")));
        assertFalse(Files.exists(generation("2-v2")));
        assertTrue(Files.exists(generation("3-v1")));
        assertTrue(runtime.health().isUp());
    }

    private List<String> holds() {
        return store.retention().holds().stream().map(Hold::name).sorted().toList();
    }

    @Test
    void shouldRebuildAVersionAnewBesideOneThatAnEarlierRuntimeHasLeftHung() throws Exception {
        hung().close();
        ProjectionRuntime second = running(digest("one", NOTHING));
        Rebuild again = second.rebuild(Projection.of("one", 2, digest("one", NOTHING).topology()));
        assertEquals(new GenerationId(3, 2), again.generation());
        assertTrue(again.await(Notes.LONG));
        again.promote();
        assertComplete(second, "one");
        assertTrue(Files.exists(generation("2-v2")), "its code has it open");
        second.close();
        gate.opened.countDown();
        await(() -> !FolderLock.isHeld(generation("2-v2")));
        running(Projection.of("one", 2, digest("one", NOTHING).topology()));
        assertFalse(Files.exists(generation("2-v2")));
    }

    @Test
    void shouldSayThatAPauseHoldsThoughTheCodeHasNotComeBack() throws Exception {
        append(1, 0, 5);
        ProjectionRuntime runtime = running(digest("one", gate));
        gate.entered.await();
        ProjectionStuckException stuck =
                assertThrows(ProjectionStuckException.class, () -> runtime.pause("one"));
        assertTrue(stuck.what().startsWith("The projection is paused, but"), stuck.what());
        assertTrue(stuck.remedy().contains("stays paused"), stuck.remedy());
        gate.opened.countDown();
        await(() -> runtime.status("one").state() == ProjectionState.PAUSED);
    }

    @Test
    void shouldSayThatARemovalHoldsThoughTheCodeHasNotComeBack() throws Exception {
        append(1, 0, 5);
        ProjectionRuntime runtime = running(digest("one", gate));
        gate.entered.await();
        ProjectionStuckException stuck =
                assertThrows(
                        ProjectionStuckException.class,
                        () -> runtime.remove("one", RemovedData.DELETE));
        assertTrue(stuck.what().startsWith("The projection is removed, but"), stuck.what());
        assertTrue(stuck.remedy().contains("forget(\"one\", RemovedData.DELETE)"), stuck.remedy());
        gate.opened.countDown();
        await(() -> !FolderLock.isHeld(generation("1-v1")));
        runtime.forget("one", RemovedData.DELETE);
        assertFalse(Files.exists(folder.resolve("models/one")));
    }
}
