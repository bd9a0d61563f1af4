package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.StoreClosedException;
import java.nio.file.Files;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A snapshot that is being made while its projection is removed with its data. */
class RemovedSnapshotTest extends RuntimeTestBase {
    private final AtomicReference<ProjectionRuntime> current = new AtomicReference<>();

    private void reached(String step, String wanted) {
        if (step.equals(wanted)) {
            CompletableFuture<Void> removing =
                    CompletableFuture.runAsync(
                            () -> current.get().remove("one", RemovedData.DELETE));
            try {
                removing.get(60, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"snapshot.begun", "snapshot.copied"})
    void shouldBeGivenUpAndSayWhyAndLeaveNothing(String step) throws Exception {
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(digest("one", NOTHING), FAILING)
                                .steps(now -> reached(now, step))
                                .build());
        current.set(runtime);
        runtime.start();
        append(1, 0, 3);
        assertTrue(runtime.awaitPosition("one", store.head(), Notes.LONG));
        assertThrows(StoreClosedException.class, () -> runtime.snapshot("one"));
        assertFalse(Files.exists(folder.resolve("models").resolve("one")));
    }
}
