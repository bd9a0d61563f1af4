package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.Backups;
import io.varve.store.EventStore;
import io.varve.store.ProgressListener;
import io.varve.store.errors.AppendOutcomeUnknownException;
import io.varve.store.errors.VarveException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Appends of what a projection emits fail, or what they appended is gone: it is there once. */
class EmitterFailuresTest extends RuntimeTestBase {
    /** Commits each event. */
    private static final RuntimeConfig STEPS =
            RuntimeConfig.defaults().withCatchUpBatchEvents(1).withSlotEvents(1);

    private ProjectionRuntime echoing(
            Consumer<Notes.Note> hook, Consumer<String> steps, ProjectionConfig config) {
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .config(STEPS)
                                .add(Echoes.projection(hook), config)
                                .steps(steps)
                                .build());
        runtime.start();
        return runtime;
    }

    private ProjectionRuntime echoing(Consumer<String> steps) {
        return echoing(NOTHING, steps, FAILING);
    }

    private void assertWhole(ProjectionRuntime runtime) throws Exception {
        assertTrue(Echoes.await(runtime, store));
        assertEquals(Echoes.expected(store), Echoes.found(store));
    }

    private Consumer<String> failingOnce(String at) {
        AtomicInteger left = new AtomicInteger(2);
        return step -> {
            if (step.equals(at) && left.decrementAndGet() == 0) {
                throw new AppendOutcomeUnknownException(folder, new IOException("test"));
            }
        };
    }

    /** What was not appended, and what was though nobody said so. */
    @ParameterizedTest
    @ValueSource(strings = {"emit.begun", "emit.appended"})
    void shouldEndWhereTheOutcomeOfAnAppendIsUnknownAndKnowItWhenOpenedAgain(String step)
            throws Exception {
        append(1, 1, 4);
        ProjectionRuntime runtime = echoing(failingOnce(step));
        ProjectionFailedException failed =
                assertThrows(
                        ProjectionFailedException.class,
                        () -> runtime.awaitPosition(Echoes.NAME, 100, Notes.LONG));
        VarveException cause =
                assertInstanceOf(AppendOutcomeUnknownException.class, failed.getCause());
        assertFalse(cause.remedy().isEmpty());
        runtime.close();
        store.close();
        store = EventStore.open(folder.resolve("log"));
        append(2, 1, 1);
        assertWhole(echoing(NO_STEP));
    }

    @ParameterizedTest
    @ValueSource(strings = {"emit.begun", "emit.appended"})
    void shouldGoOnWhereItStoodWhenItIsResumed(String step) throws Exception {
        append(1, 1, 4);
        ProjectionRuntime runtime = echoing(failingOnce(step));
        assertThrows(
                ProjectionFailedException.class,
                () -> runtime.awaitPosition(Echoes.NAME, 100, Notes.LONG));
        runtime.resume(Echoes.NAME);
        assertWhole(runtime);
    }

    private static final Duration LONG_PAUSE = Duration.ofSeconds(30);

    /** Of one commit, so that what was emitted before the event that fails is in the same. */
    private ProjectionRuntime failingOfTheThird(Consumer<Notes.Note> failing, ErrorPolicy policy) {
        append(1, 1, 4);
        Consumer<Notes.Note> hook =
                note -> {
                    if (note.number() == 3) {
                        failing.accept(note);
                        throw new IllegalStateException("test");
                    }
                };
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(
                                        Echoes.projection(hook),
                                        ProjectionConfig.defaults().withErrorPolicy(policy))
                                .build());
        runtime.start();
        return runtime;
    }

    @Test
    void shouldAppendWhatWasEmittedBeforeAnEventThatIsTriedAgain() throws Exception {
        AtomicInteger tried = new AtomicInteger();
        failingOfTheThird(
                note -> tried.incrementAndGet(),
                ErrorPolicy.retry(3, LONG_PAUSE, ErrorPolicy.fail()));
        // Appended while that event waits to be tried again, for longer than this test does.
        assertTrue(store.awaitPosition(7, LONG_PAUSE.dividedBy(2)));
        assertEquals(4, Echoes.found(store).size());
        assertEquals(1, tried.get());
    }

    @Test
    void shouldAppendWhatWasEmittedBeforeAnEventThatEndsTheProjection() throws Exception {
        ProjectionRuntime runtime = failingOfTheThird(NOTHING, ErrorPolicy.fail());
        assertThrows(
                ProjectionFailedException.class,
                () -> runtime.awaitPosition(Echoes.NAME, 2, Notes.LONG));
        assertEquals(4, Echoes.found(store).size());
    }

    private static final Consumer<String> NO_STEP = step -> {};

    private void restore(Path backup) throws IOException {
        store.close();
        DurableFolder.delete(folder.resolve("log"));
        Backups.restore(backup, folder.resolve("log"), ProgressListener.none());
        store = EventStore.open(folder.resolve("log"));
    }

    @Test
    void shouldHaveEachEventOnceInALogThatWasRestoredAndHasGrownAgain() throws Exception {
        append(1, 1, 5);
        ProjectionRuntime first = echoing(NO_STEP);
        assertWhole(first);
        first.pause(Echoes.NAME);
        append(1, 7, 5);
        Path backup = folder.resolve("backup");
        store.backup(backup, ProgressListener.none());
        first.resume(Echoes.NAME);
        assertWhole(first);
        first.close();
        restore(backup);
        append(2, 1, 8);
        ProjectionRuntime second = echoing(NO_STEP);
        assertWhole(second);
        assertEquals(
                ReadModelRecovery.Reason.OTHER_HISTORY,
                second.status(Echoes.NAME).recovery().orElseThrow().reason());
    }

    /**
     * The read model is of this very history, but knows that the log has the answers to its first
     * event, which the log has lost.
     */
    private void loseWhatIsKnown(boolean snapshot) throws Exception {
        append(1, 1, 1);
        append(1, 3, 1);
        append(1, 6, 1);
        Consumer<String> stopped =
                step -> {
                    if (step.equals("emit.begun")) {
                        throw new IllegalStateException("test");
                    }
                };
        ProjectionRuntime before = echoing(stopped);
        assertThrows(
                ProjectionFailedException.class,
                () -> before.awaitPosition(Echoes.NAME, 2, Notes.LONG));
        before.close();
        store.close();
        OtherHistoryTest.copy(folder.resolve("log"), folder.resolve("copy"));
        store = EventStore.open(folder.resolve("log"));
        Consumer<Notes.Note> failing =
                note -> {
                    if (note.number() == 6) {
                        throw new IllegalStateException("test");
                    }
                };
        ProjectionRuntime runtime = echoing(failing, NO_STEP, FAILING);
        assertThrows(
                ProjectionFailedException.class,
                () -> runtime.awaitPosition(Echoes.NAME, 2, Notes.LONG));
        assertEquals(1, runtime.status(Echoes.NAME).position());
        assertEquals(2, Echoes.found(store).size());
        if (snapshot) {
            assertEquals(1, runtime.snapshot(Echoes.NAME).position());
        }
        runtime.close();
        store.close();
        DurableFolder.delete(folder.resolve("log"));
        OtherHistoryTest.copy(folder.resolve("copy"), folder.resolve("log"));
        store = EventStore.open(folder.resolve("log"));
        assertEquals(0, Echoes.found(store).size());
    }

    private void assertBegunAnewWithNothing() throws Exception {
        ProjectionRuntime runtime = echoing(NO_STEP);
        assertWhole(runtime);
        assertEquals(2, Echoes.found(store).size());
        ReadModelRecovery recovery = runtime.status(Echoes.NAME).recovery().orElseThrow();
        assertEquals(-1, recovery.position());
    }

    @Test
    void shouldComputeAgainWhatItLetGoOfAndTheLogHasLost() throws Exception {
        loseWhatIsKnown(false);
        assertBegunAnewWithNothing();
    }

    @Test
    void shouldTakeNoSnapshotThatHasLetGoOfWhatTheLogHasLost() throws Exception {
        loseWhatIsKnown(true);
        DurableFolder.delete(folder.resolve("models/echo/generation-1-v1"));
        assertBegunAnewWithNothing();
    }
}
