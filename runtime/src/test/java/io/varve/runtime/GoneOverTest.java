package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.StreamId;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked of a projection is answered for by what takes the place of its read model. */
class GoneOverTest extends RuntimeTestBase {
    private static final StreamId ONE = StreamId.of(Notes.CATEGORY, "author-1");

    /** At which step somebody is to meddle, once. */
    private final AtomicReference<String> awaited = new AtomicReference<>("");

    private ProjectionRuntime runtime;

    private void run(int partitions, Callable<?> atStep) throws Exception {
        runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(
                                        digest("one", GoneOverTest::refuseSecond),
                                        ProjectionConfig.defaults()
                                                .withPartitions(partitions)
                                                .withErrorPolicy(ErrorPolicy.deadLetter()))
                                .steps(now -> reached(now, atStep))
                                .build());
        runtime.start();
        append(1, 0, 3);
        assertTrue(runtime.awaitPosition("one", store.head(), Notes.LONG));
    }

    private static void refuseSecond(Notes.Note note) {
        if (note.number() == 1) {
            throw new IllegalStateException("on purpose");
        }
    }

    private void reached(String step, Callable<?> action) {
        if (awaited.get().equals(step)) {
            awaited.set("");
            try {
                action.call();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }

    private Path generation() {
        return ReadModelFiles.generation(folder.resolve("models"), "one");
    }

    private Object replace() throws Exception {
        return CompletableFuture.runAsync(
                        () -> {
                            try {
                                Rebuild rebuild = runtime.rebuild("one");
                                assertTrue(rebuild.await(Notes.LONG));
                                rebuild.promote();
                                runtime.discard("one");
                            } catch (InterruptedException e) {
                                throw new AssertionError(e);
                            }
                        })
                .get(60, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @CsvSource({"snapshot.begun, 1", "snapshot.copied, 1", "snapshot.begun, 2"})
    void shouldMakeASnapshotOfTheGenerationThatIsLiveByThen(String step, int partitions)
            throws Exception {
        run(partitions, this::replace);
        awaited.set(step);
        ProjectionSnapshot made = runtime.snapshot("one");
        assertEquals(List.of(made), runtime.snapshots("one"));
        assertTrue(made.folders().get(0).toString().contains("generation-2-v1"), made.toString());
    }

    @Test
    void shouldTellToAskAgainWhereTheReadModelIsDeletedWhileItIsCopied() throws Exception {
        AtomicBoolean deleted = new AtomicBoolean();
        run(
                1,
                () -> {
                    ReadModelFiles.delete(generation());
                    ReadModelFiles.delete(generation().resolveSibling("generation-1-v1.snapshots"));
                    return deleted.getAndSet(true);
                });
        awaited.set("snapshot.copied");
        assertThrows(ProjectionBusyException.class, () -> runtime.snapshot("one"));
        assertTrue(deleted.get());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldAnswerForLettersOnceDeletedFilesAreBegunAnew(int partitions) throws Exception {
        FutureTask<Integer> asked =
                new FutureTask<>(() -> runtime.deadLetters("one").discard(ONE, Notes.LONG));
        run(partitions, () -> begun(asked));
        ReadModelFiles.delete(generation());
        awaited.set("recovery.begun");
        append(1, 3, 1);
        int discarded = asked.get(60, TimeUnit.SECONDS);
        assertTrue(discarded >= 0, "of what was applied by then: " + discarded);
        assertTrue(runtime.status("one").recovery().isPresent());
    }

    /** Until it waits, or is done. */
    private static Object begun(Runnable task) {
        Thread asking = new Thread(task, "asking");
        asking.start();
        while (asking.isAlive() && asking.getState() != Thread.State.WAITING) {
            Polling.pause();
        }
        return asking;
    }
}
