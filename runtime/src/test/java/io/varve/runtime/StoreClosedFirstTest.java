package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.VarveException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** A store that is closed before the runtime on it: each error says what the mistake was. */
class StoreClosedFirstTest extends RuntimeTestBase {
    private static final String HINT = "Close a runtime before its store.";

    @Test
    void shouldSayThatTheRuntimeIsClosedFirst() throws Exception {
        append(1, 0, 10);
        ProjectionRuntime runtime =
                started(RuntimeConfig.defaults(), digest("one", NOTHING), digest("two", NOTHING));
        for (String name : List.of("one", "two")) {
            assertTrue(runtime.awaitLive(name, Notes.LONG));
        }
        Rebuild rebuild = runtime.rebuild("two");
        assertTrue(rebuild.await(Notes.LONG));
        store.close();
        for (String name : List.of("one", "two")) {
            states.awaitFailure(name);
            assertHints(() -> runtime.awaitPosition(name, 100, Notes.LONG));
        }
        while (rebuild.progress().phase() != RebuildPhase.FAILED) {
            Polling.pause();
        }
        assertHints(() -> runtime.rebuild("one"));
        List<HealthProblem> problems = runtime.health().problems();
        assertEquals(
                List.of(
                        HealthProblem.Kind.TAILER_FAILED,
                        HealthProblem.Kind.FAILED,
                        HealthProblem.Kind.FAILED,
                        HealthProblem.Kind.REBUILD_FAILED),
                problems.stream().map(HealthProblem::kind).toList());
        problems.forEach(one -> assertTrue(one.remedy().endsWith(HINT), one.remedy()));
        runtime.close();
    }

    private static void assertHints(Executable call) {
        VarveException failure = assertThrows(VarveException.class, call);
        assertTrue(failure.remedy().endsWith(HINT), failure.remedy());
    }
}
