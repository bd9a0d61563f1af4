package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Projection;
import io.varve.store.errors.VarveException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

/** What is said of a rebuild that has come to nothing is of that rebuild, and what helps. */
class RebuildTextsTest extends RuntimeTestBase {
    private Projection failing() {
        Projection digest =
                Notes.digest(
                        "one",
                        Notes.serde(),
                        note -> {
                            throw new IllegalStateException("on purpose");
                        });
        return Projection.of("one", 2, digest.topology());
    }

    private ProjectionRuntime running() throws Exception {
        append(1, 0, 10);
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), digest("one", NOTHING));
        assertComplete(runtime, "one");
        return runtime;
    }

    private static Throwable why(CompletableFuture<?> future) {
        return assertThrows(ExecutionException.class, () -> future.get(1, TimeUnit.MINUTES))
                .getCause();
    }

    private static void assertAdvises(VarveException failure, String remedy) {
        assertTrue(failure.remedy().contains(remedy), failure.remedy());
        assertFalse(failure.remedy().contains("resume"), failure.remedy());
    }

    @Test
    void shouldAdviseWhatHelpsARebuildThatHasFailed() throws Exception {
        Rebuild rebuild = running().rebuild(failing());
        ProjectionFailedException waited =
                assertThrows(ProjectionFailedException.class, () -> rebuild.await(Notes.LONG));
        assertAdvises(waited, "cancelRebuild(\"one\")");
        assertTrue(waited.what().startsWith("The rebuild has failed"), waited.what());
        assertTrue(waited.what().contains("generation=2 v2"), waited.what());
        assertEquals(
                waited.getMessage(),
                assertInstanceOf(ProjectionFailedException.class, why(rebuild.whenCaughtUp()))
                        .getMessage());
        RebuildNotReadyException refused =
                assertThrows(RebuildNotReadyException.class, rebuild::promote);
        assertTrue(refused.what().startsWith("The rebuild has failed"), refused.what());
    }

    @Test
    void shouldSayThatARebuildWasCancelled() throws Exception {
        Rebuild rebuild = running().rebuild("one");
        assertTrue(rebuild.await(Notes.LONG));
        assertTrue(rebuild.cancel());
        RebuildNotReadyException waited =
                assertThrows(RebuildNotReadyException.class, () -> rebuild.await(Notes.LONG));
        assertTrue(waited.what().startsWith("The rebuild was cancelled"), waited.what());
        assertTrue(waited.what().contains("generation=2 v1"), waited.what());
        assertEquals(
                waited.getMessage(),
                assertInstanceOf(RebuildNotReadyException.class, why(rebuild.whenCaughtUp()))
                        .getMessage());
        assertEquals(
                waited.getMessage(),
                assertThrows(RebuildNotReadyException.class, rebuild::promote).getMessage());
    }

    /** One that has failed, and whose version nobody rebuilds again. */
    @Test
    void shouldSayEverywhereThatAFailedRebuildThatMadeWayIsCancelled() throws Exception {
        ProjectionRuntime runtime = running();
        Rebuild failed = runtime.rebuild(failing());
        assertThrows(ProjectionFailedException.class, () -> failed.await(Notes.LONG));
        assertTrue(runtime.rebuild("one").await(Notes.LONG));
        assertEquals(RebuildPhase.CANCELLED, failed.progress().phase());
        assertFalse(failed.cancel());
        RebuildNotReadyException refused =
                assertThrows(RebuildNotReadyException.class, failed::promote);
        assertTrue(refused.what().startsWith("The rebuild was cancelled"), refused.what());
    }

    /** What serves until a rebuild is promoted is another matter, and must be what is live. */
    @Test
    void shouldAskForTheDefinitionThatIsGoneBackToAndNothingElse() throws Exception {
        ProjectionRuntime first = running();
        Projection next = Projection.of("one", 2, digest("one", NOTHING).topology());
        Rebuild rebuild = first.rebuild(next);
        assertTrue(rebuild.await(Notes.LONG));
        rebuild.promote();
        first.close();
        ProjectionRuntime second =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(next, FAILING)
                                .build());
        second.start();
        ChangedDefinitionException unknown =
                assertThrows(ChangedDefinitionException.class, () -> second.rollback("one"));
        assertEquals("Give rollback(Projection) the definition of version 1.", unknown.remedy());
        second.rollback(digest("one", NOTHING));
        assertComplete(second, "one");
    }

    @Test
    void shouldPromoteThoughTheThreadIsInterrupted() throws Exception {
        ProjectionRuntime runtime = running();
        Rebuild rebuild = runtime.rebuild("one");
        assertTrue(rebuild.await(Notes.LONG));
        Thread.currentThread().interrupt();
        try {
            rebuild.promote();
        } finally {
            assertTrue(Thread.interrupted(), "the caller is told");
        }
        append(1, 10, 5);
        assertComplete(runtime, "one");
        assertEquals(new GenerationId(2, 1), runtime.status("one").generations().live());
    }

    @Test
    void shouldSayThatARebuildIsPromotedAlready() throws Exception {
        Rebuild rebuild = running().rebuild("one");
        assertTrue(rebuild.await(Notes.LONG));
        rebuild.promote();
        assertTrue(rebuild.await(Notes.LONG));
        RebuildNotReadyException again =
                assertThrows(RebuildNotReadyException.class, rebuild::promote);
        assertTrue(again.what().startsWith("The rebuild was promoted before"), again.what());
        assertTrue(again.remedy().contains("rolled back"), again.remedy());
    }

    @Test
    void shouldNameTheGenerationInTheLog() throws Exception {
        try (Logged logged = new Logged(Level.SEVERE)) {
            ProjectionRuntime runtime = running();
            Rebuild rebuild = runtime.rebuild(failing());
            assertThrows(ProjectionFailedException.class, () -> rebuild.await(Notes.LONG));
            assertTrue(rebuild.cancel()); // it has said all it had to say by then
            List<String> said =
                    logged.of("A projection has failed").stream()
                            .map(LogRecord::getMessage)
                            .toList();
            assertEquals(1, said.size(), said.toString());
            assertTrue(
                    said.get(0).contains("projection=one generation=2 v2 applied="), said.get(0));
        }
    }
}
