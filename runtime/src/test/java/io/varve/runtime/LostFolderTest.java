package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Projection;
import io.varve.runtime.ReadModelRecovery.Reason;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** All that there was of a projection is deleted between runs, with its catalogue. */
class LostFolderTest extends RuntimeTestBase {
    private ProjectionRuntime running(StateLog told, int partitions) {
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, models())
                                .listener(told)
                                .add(digest("one", NOTHING), FAILING.withPartitions(partitions))
                                .build());
        runtime.start();
        return runtime;
    }

    private void deriveAndClose(int partitions) throws Exception {
        append(1, 0, 20);
        try (ProjectionRuntime runtime = running(new StateLog(), partitions)) {
            assertBegun(runtime);
        }
    }

    private void assertBegun(ProjectionRuntime runtime) throws Exception {
        assertComplete(runtime, "one");
        assertEquals(Optional.empty(), runtime.status("one").recovery());
    }

    private Path models() {
        return folder.resolve("models");
    }

    @ParameterizedTest
    @CsvSource({"models, 1", "models/one, 1", "models/one, 2"})
    void shouldBeTold(String deleted, int partitions) throws Exception {
        deriveAndClose(partitions);
        ReadModelFiles.delete(folder.resolve(deleted));
        StateLog told = new StateLog();
        ProjectionRuntime runtime = running(told, partitions);
        assertComplete(runtime, "one");
        for (ReadModelRecovery how : told.awaitRecoveries(partitions)) {
            assertEquals(Reason.DELETED, how.reason());
            assertEquals(-1, how.position());
            assertTrue(how.detail().contains("whose folder is gone"), how.detail());
        }
        runtime.close();
        assertBegun(running(new StateLog(), partitions));
    }

    @Test
    void shouldBeToldAfterGenerationsWerePromoted() throws Exception {
        append(1, 0, 20);
        try (ProjectionRuntime runtime = running(new StateLog(), 1)) {
            Rebuild rebuild = runtime.rebuild("one");
            assertTrue(rebuild.await(Notes.LONG));
            rebuild.promote();
            runtime.discard("one");
            assertBegun(runtime);
        }
        try (ProjectionRuntime again = running(new StateLog(), 1)) {
            assertBegun(again);
        }
        ReadModelFiles.delete(models().resolve("one"));
        ProjectionRuntime runtime = running(new StateLog(), 1);
        assertComplete(runtime, "one");
        assertEquals(Reason.DELETED, runtime.status("one").recovery().orElseThrow().reason());
        assertEquals(1, store.retention().holds().size());
    }

    @Test
    void shouldNotBeToldOfOneThatWasRemovedOrForgotten() throws Exception {
        append(1, 0, 20);
        Projection one = digest("one", NOTHING);
        ProjectionRuntime runtime = running(new StateLog(), 1);
        assertBegun(runtime);
        runtime.remove("one", RemovedData.DELETE);
        runtime.add(one, FAILING);
        assertBegun(runtime);
        runtime.remove("one", RemovedData.KEEP);
        ReadModelFiles.delete(models().resolve("one"));
        runtime.add(one, FAILING);
        assertBegun(runtime);
        runtime.close();
        ProjectionRuntime other =
                closing(
                        ProjectionRuntime.builder(store, models())
                                .add(digest("two", NOTHING))
                                .build());
        other.start();
        assertFalse(other.forget("one", RemovedData.DELETE).released().isEmpty());
        other.add(one, FAILING);
        assertBegun(other);
    }
}
