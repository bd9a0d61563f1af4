package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Errors of the disk at calls that are rarely the ones to fail. */
class DiskErrorsTest extends RuntimeTestBase {
    @Test
    void shouldSayWhyAProjectionWhoseFolderCannotBeOpenedIsNotRebuilt() throws Exception {
        Path inTheWay = folder.resolve("models/one/catalogue.lock");
        Files.createDirectories(inTheWay);
        append(1, 0, 10);
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), digest("one", NOTHING));
        for (Executable call : callsOf(runtime)) {
            assertThrows(ProjectionFailedException.class, call);
        }
        Files.delete(inTheWay);
        runtime.resume("one");
        assertComplete(runtime, "one");
    }

    private static List<Executable> callsOf(ProjectionRuntime runtime) {
        return List.of(
                () -> runtime.rebuild("one"),
                () -> runtime.rebuild("one", RebuildStart.newestSnapshot()),
                () -> runtime.rollback("one"),
                () -> runtime.discard("one"),
                () -> runtime.snapshot("one"),
                () -> runtime.pause("one"),
                () -> runtime.resume("one"));
    }

    @Test
    void shouldOpenThePreviousGenerationThatCouldNotBeOpenedBefore() throws Exception {
        Path inTheWay = folder.resolve("models/one/generation-1-v1/varve.sync.new/file");
        Files.createDirectories(inTheWay.getParent());
        Files.createFile(inTheWay);
        append(1, 0, 10);
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), digest("one", NOTHING));
        assertThrows(
                ProjectionFailedException.class, () -> runtime.awaitPosition("one", 0, Notes.LONG));
        Rebuild rebuild = runtime.rebuild("one");
        rebuild.await(Notes.LONG);
        rebuild.promote();
        assertThrows(ProjectionFailedException.class, () -> runtime.rollback("one"));
        assertComplete(runtime, "one");
        Files.delete(inTheWay);
        runtime.rollback("one");
        append(1, 10, 10);
        assertComplete(runtime, "one");
    }
}
