package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.store.Retention;
import io.varve.store.errors.FolderRefusedException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.errors.VarveException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of a read model are gone while it is hosted, and cannot be made anew for a while. */
class LostFilesTest extends RuntimeTestBase {
    private ProjectionRuntime running(int partitions, Gate gate) {
        return running(RuntimeConfig.defaults(), partitions, gate);
    }

    private ProjectionRuntime running(RuntimeConfig config, int partitions, Gate gate) {
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .listener(states)
                                .config(config)
                                .add(digest("digest", gate), FAILING.withPartitions(partitions))
                                .build());
        runtime.start();
        return runtime;
    }

    private ProjectionRuntime paused(int partitions) throws Exception {
        append(1, 0, 20);
        ProjectionRuntime runtime = running(partitions, new Gate(-1));
        assertComplete(runtime, "digest");
        runtime.pause("digest");
        return runtime;
    }

    private Path generation() {
        return ReadModelFiles.generation(folder.resolve("models"), "digest");
    }

    private Path place(int partitions) {
        return partitions == 1 ? generation() : generation().resolve("partition-0-of-2");
    }

    private static ProjectionState state(ProjectionRuntime runtime) {
        return runtime.status("digest").state();
    }

    private static Throwable failure(ProjectionRuntime runtime) {
        assertNotEquals(Health.Status.UP, runtime.health().status());
        return runtime.status("digest").failure().orElseThrow();
    }

    private void assertGoesOn(ProjectionRuntime runtime) throws Exception {
        append(1, 20, 3);
        assertComplete(runtime, "digest");
        assertEquals(Optional.empty(), runtime.status("digest").failure());
        assertEquals(Health.Status.UP, runtime.health().status());
    }

    /** A reader finds it. */
    private void damage(ProjectionRuntime runtime) throws Exception {
        try (ReadView view = runtime.readView("digest", PositionBound.any(), Notes.LONG)) {
            byte[] row = ReadModelFiles.stored(Notes.digestOf(view));
            ReadModelFiles.flip(generation().resolve("data.mdb"), row);
        }
        try (ReadView view = runtime.readView("digest", PositionBound.any(), Notes.LONG)) {
            assertThrows(StoreCorruptedException.class, () -> Notes.digestOf(view));
        }
    }

    private static void awaitState(ProjectionRuntime runtime, ProjectionState wanted) {
        long deadline = System.nanoTime() + Notes.LONG.toNanos();
        while (state(runtime) != wanted) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not " + wanted + ": " + runtime.status("digest"));
            }
            Polling.pause();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldTellThatThoseOfAPausedOneAreGoneAndBeginItAnewWhenResumed(int partitions)
            throws Exception {
        ProjectionRuntime runtime = paused(partitions);
        ReadModelFiles.delete(place(partitions));
        assertEquals(StoreCorruptedException.class, failure(runtime).getClass());
        runtime.resume("digest");
        assertGoesOn(runtime);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldFailAPausedOneThatCannotBeWrittenAndOpenItAgainWhenItCan(int partitions)
            throws Exception {
        ProjectionRuntime runtime = paused(partitions);
        Path place = place(partitions);
        ReadModelFiles.delete(place);
        Files.writeString(place, "in the way");
        assertThrows(VarveException.class, () -> runtime.resume("digest"));
        assertEquals(ProjectionState.FAILED, state(runtime));
        assertEquals(FolderRefusedException.class, failure(runtime).getClass());
        assertThrows(ProjectionFailedException.class, () -> runtime.resume("digest"));
        Files.delete(place);
        runtime.resume("digest");
        assertGoesOn(runtime);
    }

    @Test
    void shouldSayThatOneHasFailedThatWasPausedWhileItCouldNotBeBegunAnew() throws Exception {
        append(1, 0, 20);
        Gate gate = new Gate(20);
        RuntimeConfig impatient =
                RuntimeConfig.defaults().withShutdownTimeout(Duration.ofMillis(20));
        ProjectionRuntime runtime = running(impatient, 1, gate);
        assertComplete(runtime, "digest");
        append(1, 20, 1);
        gate.entered.await();
        assertThrows(ProjectionStuckException.class, () -> runtime.pause("digest"));
        damage(runtime);
        Path whole = generation().getParent();
        ReadModelFiles.delete(whole);
        Files.writeString(whole, "in the way");
        gate.opened.countDown();
        awaitState(runtime, ProjectionState.FAILED);
        assertEquals(StoreIoException.class, failure(runtime).getClass());
        assertThrows(ProjectionFailedException.class, () -> runtime.resume("digest"));
        Files.delete(whole);
        runtime.resume("digest");
        append(1, 21, 3);
        assertComplete(runtime, "digest");
    }

    @Test
    void shouldNotPauseWhatCouldNotBeOpened() throws Exception {
        append(1, 0, 20);
        Retention.Following other =
                store.retention().follow("projection/digest/generation-1", () -> 0);
        ProjectionRuntime runtime = running(1, new Gate(-1));
        assertEquals(ProjectionState.FAILED, state(runtime));
        assertThrows(ProjectionFailedException.class, () -> runtime.pause("digest"));
        assertEquals(ProjectionHostedException.class, failure(runtime).getClass());
        other.close();
        runtime.resume("digest");
        assertGoesOn(runtime);
    }

    @Test
    void shouldOpenAgainWhatIsGoneBackToAndCouldNotBeBegunAnewBefore() throws Exception {
        append(1, 0, 20);
        Gate gate = new Gate(20);
        ProjectionRuntime runtime = running(1, gate);
        assertComplete(runtime, "digest");
        Rebuild rebuild = runtime.rebuild("digest");
        rebuild.await(Notes.LONG);
        rebuild.promote();
        runtime.rollback("digest");
        append(1, 20, 1);
        gate.entered.await();
        damage(runtime);
        Path whole = generation().getParent();
        ReadModelFiles.delete(whole);
        Files.writeString(whole, "in the way");
        gate.opened.countDown();
        awaitState(runtime, ProjectionState.FAILED);
        Files.delete(whole);
        runtime.rollback("digest");
        assertComplete(runtime, "digest");
        runtime.rollback("digest");
        assertComplete(runtime, "digest");
        assertEquals(1, runtime.status("digest").generations().live().number());
    }
}
