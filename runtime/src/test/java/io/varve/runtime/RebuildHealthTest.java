package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Projection;
import io.varve.store.Hold;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;

/**
 * What is wrong with a rebuild is seen before it is promoted, and one that nobody wants is ended.
 */
class RebuildHealthTest extends RebuildTestBase {
    private static final ProjectionConfig DEAD =
            ProjectionConfig.defaults().withErrorPolicy(ErrorPolicy.deadLetter());
    private static final ProjectionConfig STRICT = DEAD.withRebuildErrorPolicy(ErrorPolicy.fail());

    private static List<HealthProblem.Kind> kinds(ProjectionRuntime runtime) {
        return runtime.health().problems().stream().map(HealthProblem::kind).toList();
    }

    private List<String> holds() {
        return store.retention().holds().stream().map(Hold::name).sorted().toList();
    }

    private void awaitFailed(Rebuild rebuild) {
        assertThrows(ProjectionFailedException.class, () -> rebuild.await(Notes.LONG));
    }

    @Test
    void shouldCountTheLettersOfARebuildBeforeItIsPromoted() throws Exception {
        append(1, 0, 10);
        ProjectionRuntime runtime = running(DEAD, digest("one", NOTHING));
        assertComplete(runtime, "one");
        Rebuild rebuild = runtime.rebuild(failingAt(2, 7));
        RebuildProgress ready = rebuild.whenCaughtUp().get();
        assertEquals(new DeadLetterCounts(1, 2, 0), ready.deadLetters());
        assertTrue(told.contains("one 2 v2 at 7"), told.toString());
        assertEquals(DeadLetterCounts.NONE, runtime.status("one").deadLetters());
        assertEquals(List.of(), kinds(runtime), "what is read lacks nothing");
        rebuild.promote();
        assertEquals(List.of(HealthProblem.Kind.DEAD_LETTERS), kinds(runtime));
    }

    @Test
    void shouldBeDegradedWhileARebuildHasFailedAndTheLiveVersionServes() throws Exception {
        append(1, 0, 10);
        ProjectionRuntime runtime = running(STRICT, digest("one", NOTHING));
        assertComplete(runtime, "one");
        Rebuild rebuild = runtime.rebuild(failingAt(2, 7));
        awaitFailed(rebuild);
        Health health = runtime.health();
        assertEquals(Health.Status.DEGRADED, health.status());
        assertEquals(List.of(HealthProblem.Kind.REBUILD_FAILED), kinds(runtime));
        HealthProblem problem = health.problems().get(0);
        assertEquals(Optional.of("one"), problem.projection());
        assertSame(rebuild.progress().failure().orElseThrow(), problem.cause().orElseThrow());
        assertTrue(problem.what().startsWith("generation=2 v2 failure="), problem.what());
        assertTrue(problem.remedy().contains("cancelRebuild(\"one\")"), problem.remedy());
        assertEquals(problem.cause(), runtime.status("one").generations().rebuildFailure());
        runtime.pause("one");
        assertEquals(List.of(HealthProblem.Kind.REBUILD_FAILED), kinds(runtime));
        runtime.resume("one");
        assertTrue(runtime.cancelRebuild("one"));
        assertTrue(runtime.health().isUp());
        assertEquals(RebuildPhase.CANCELLED, rebuild.progress().phase());
    }

    @Test
    void shouldBeDegradedWhereARebuildThatWasAskedForAtTheStartCouldNotBegin() throws Exception {
        for (int i = 0; i < 10; i++) {
            append(1, i, 1);
        }
        ProjectionRuntime first = running(DEAD, digest("one", NOTHING));
        assertComplete(first, "one");
        first.close();
        assertEquals(8, store.retention().truncateBefore(8).firstPosition());
        Projection previous = digest("one", NOTHING);
        ProjectionRuntime second = running(DEAD.withPrevious(previous), failingAt(2, -1));
        assertTrue(second.awaitPosition("one", 9, Notes.LONG));
        assertEquals(List.of(HealthProblem.Kind.REBUILD_FAILED), kinds(second));
        assertInstanceOf(
                HistoryTruncatedException.class,
                second.health().problems().get(0).cause().orElseThrow().getCause());
        assertFalse(second.cancelRebuild("one"), "there is none");
        assertTrue(second.health().isUp());
    }

    @Test
    void shouldBeDegradedWhileARebuildTriesAgainForEver() throws Exception {
        append(1, 0, 10);
        ErrorPolicy stubborn =
                ErrorPolicy.retry(1_000_000, Duration.ofMillis(1), ErrorPolicy.fail());
        ProjectionRuntime runtime =
                running(DEAD.withRebuildErrorPolicy(stubborn), digest("one", NOTHING));
        assertComplete(runtime, "one");
        Rebuild rebuild = runtime.rebuild(failingAt(2, 7));
        long deadline = System.nanoTime() + Notes.LONG.toNanos();
        while (kinds(runtime).isEmpty() && System.nanoTime() < deadline) {
            Polling.pause();
        }
        HealthProblem problem = runtime.health().problems().get(0);
        assertEquals("REBUILD_RETRYING", problem.kind().name());
        assertTrue(problem.what().startsWith("generation=2 v2 position=7"), problem.what());
        assertTrue(problem.remedy().contains("cancelRebuild(\"one\")"), problem.remedy());
        RebuildProgress progress = rebuild.progress();
        assertEquals(7, progress.retry().orElseThrow().position());
        assertEquals(Optional.empty(), progress.remaining());
        assertEquals(Health.Status.DEGRADED, runtime.health().status());
        assertTrue(rebuild.cancel());
        assertTrue(runtime.health().isUp());
    }

    @Test
    void shouldCancelARebuildThatIsRunning() throws Exception {
        append(1, 0, 10);
        ProjectionRuntime runtime = running(DEAD, digest("one", NOTHING));
        assertComplete(runtime, "one");
        assertFalse(runtime.cancelRebuild("one"));
        Rebuild rebuild = runtime.rebuild("one");
        assertTrue(rebuild.await(Notes.LONG));
        assertTrue(runtime.cancelRebuild("one"));
        assertFalse(rebuild.cancel());
        assertEquals(List.of(), runtime.rebuilds());
        assertEquals(List.of("projection/one/generation-1"), holds());
        assertEquals("2 v1 CANCELLED", told.get(told.size() - 1));
    }

    /** Version 2 was given up while it was computed; version 1 is deployed again. */
    @Test
    void shouldCancelAnInterruptedRebuildOfAVersionThatNobodyDeploys() throws Exception {
        append(1, 0, 10);
        ProjectionRuntime first = running(DEAD, digest("one", NOTHING));
        assertTrue(first.rebuild(failingAt(2, -1)).await(Notes.LONG));
        first.close();
        ProjectionRuntime second = running(DEAD, digest("one", NOTHING));
        append(1, 10, 5);
        assertComplete(second, "one");
        ProjectionGenerations waiting = second.status("one").generations();
        assertTrue(waiting.isRebuildPending());
        assertEquals(Optional.of(new GenerationId(2, 2)), waiting.candidate());
        assertEquals(10, heldFrom(2));
        Path candidate = folder.resolve("models/one/generation-2-v2");
        assertTrue(Files.isDirectory(candidate));
        assertTrue(second.cancelRebuild("one"));
        assertEquals("2 v2 CANCELLED", told.get(told.size() - 1));
        assertFalse(Files.exists(candidate));
        assertEquals(List.of("projection/one/generation-1"), holds());
        assertFalse(second.status("one").generations().isRebuildPending());
        assertFalse(second.cancelRebuild("one"));
    }

    /** Begins a runtime after one whose rebuild has failed. */
    private ProjectionRuntime runningAfterAFailure() throws Exception {
        append(1, 0, 10);
        ProjectionRuntime first = running(STRICT, digest("one", NOTHING));
        assertComplete(first, "one");
        Rebuild failed = first.rebuild(failingAt(2, 7));
        awaitFailed(failed);
        first.close();
        assertEquals(RebuildPhase.FAILED, failed.progress().phase());
        return running(STRICT, digest("one", NOTHING));
    }

    @Test
    void shouldTellARebuildThatHasFailedAsFailedAfterARestart() throws Exception {
        ProjectionRuntime second = runningAfterAFailure();
        assertEquals(List.of(HealthProblem.Kind.REBUILD_FAILED), kinds(second));
        Throwable failure = second.status("one").generations().rebuildFailure().orElseThrow();
        assertTrue(failure.getMessage().contains("on purpose"), failure.getMessage());
        assertTrue(failure.getMessage().contains("generation=2 v2"), failure.getMessage());
        assertEquals(List.of(), second.health().notes(), "not one that was interrupted");
        second.close();
        ProjectionRuntime third = running(STRICT, digest("one", NOTHING));
        assertEquals(List.of(HealthProblem.Kind.REBUILD_FAILED), kinds(third));
        Rebuild mended = third.rebuild(failingAt(2, -1));
        assertEquals(new GenerationId(2, 2), mended.generation(), "it goes on");
        assertTrue(mended.await(Notes.LONG));
        assertTrue(third.health().isUp());
        third.close();
        ProjectionRuntime fourth = running(STRICT, digest("one", NOTHING));
        assertEquals(List.of(), kinds(fourth), "it is one that was interrupted now");
        assertTrue(fourth.status("one").generations().isRebuildPending());
    }

    @Test
    void shouldForgetTheFailureOfARebuildWithTheRebuild() throws Exception {
        ProjectionRuntime second = runningAfterAFailure();
        Path failure = folder.resolve("models/one/generation-2-v2.failure");
        assertTrue(Files.exists(failure));
        assertTrue(second.cancelRebuild("one"));
        assertFalse(Files.exists(failure));
        assertTrue(second.health().isUp());
        assertEquals(Optional.empty(), second.status("one").generations().rebuildFailure());
    }

    /** Version 3 is deployed before version 2 was promoted. */
    @Test
    void shouldTellOfARebuildThatMakesWayForAnother() throws Exception {
        append(1, 0, 10);
        Projection previous = digest("one", NOTHING);
        ProjectionRuntime first = running(DEAD, previous);
        assertComplete(first, "one");
        assertTrue(first.rebuild(failingAt(2, -1)).await(Notes.LONG));
        first.close();
        told.clear();
        try (Logged logged = new Logged(Level.WARNING)) {
            ProjectionRuntime second = running(DEAD.withPrevious(previous), failingAt(3, -1));
            assertEquals(new GenerationId(3, 3), second.rebuilds().get(0).generation());
            assertEquals("2 v2 CANCELLED", told.get(0));
            String said = logged.of("A rebuild makes way for another").get(0).getMessage();
            assertTrue(said.contains("what it has computed is deleted"), said);
        }
    }

    private long heldFrom(int generation) {
        String name = "projection/one/generation-" + generation;
        return store.retention().holds().stream()
                .filter(hold -> hold.name().equals(name))
                .findFirst()
                .orElseThrow()
                .position();
    }
}
