package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.runtime.ReadModelRecovery.Reason;
import io.varve.store.EventStore;
import io.varve.store.StreamId;
import io.varve.store.errors.StoreCorruptedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whether a projection stands still is known though its read model is lost, and it is mended. */
class PausedLifeTest extends RuntimeTestBase {
    private static final ProjectionConfig DEAD =
            ProjectionConfig.defaults().withErrorPolicy(ErrorPolicy.deadLetter());

    private final AtomicBoolean wrong = new AtomicBoolean(true);
    private Path generation;

    @BeforeEach
    void locate() {
        generation = ReadModelFiles.generation(folder.resolve("models"), "digest");
    }

    private ProjectionRuntime running(ProjectionConfig config, StateLog told, long bad) {
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .listener(told)
                                .add(
                                        digest(
                                                "digest",
                                                note -> {
                                                    if (note.number() == bad && wrong.get()) {
                                                        throw new IllegalStateException("bad");
                                                    }
                                                }),
                                        config)
                                .build());
        runtime.start();
        return runtime;
    }

    private ProjectionRuntime running() {
        return running(FAILING, new StateLog(), -1);
    }

    private static ProjectionState state(ProjectionRuntime runtime) {
        return runtime.status("digest").state();
    }

    /** A reader finds it. */
    private void damage(ProjectionRuntime runtime) throws Exception {
        try (ReadView view = runtime.readView("digest", PositionBound.any(), Notes.LONG)) {
            Notes.Digest digest = Notes.digestOf(view);
            ReadModelFiles.flip(generation.resolve("data.mdb"), ReadModelFiles.stored(digest));
        }
        try (ReadView view = runtime.readView("digest", PositionBound.any(), Notes.LONG)) {
            assertThrows(StoreCorruptedException.class, () -> Notes.digestOf(view));
        }
    }

    /** A snapshot that was made while it was paused. */
    private ProjectionRuntime withPausedSnapshot() throws Exception {
        append(1, 0, 300);
        ProjectionRuntime runtime = running();
        assertComplete(runtime, "digest");
        runtime.pause("digest");
        assertEquals(299, runtime.snapshot("digest").position());
        return runtime;
    }

    private void assertRunsBehind(ProjectionRuntime runtime, long position) throws Exception {
        assertComplete(runtime, "digest");
        assertEquals(position, runtime.status("digest").recovery().orElseThrow().position());
    }

    @Test
    void shouldRunBehindASnapshotOfAPausedOne() throws Exception {
        ProjectionRuntime runtime = withPausedSnapshot();
        runtime.resume("digest");
        append(1, 300, 50);
        assertComplete(runtime, "digest");
        runtime.close();
        ReadModelFiles.delete(generation);
        ProjectionRuntime again = running();
        assertRunsBehind(again, 299);
        again.close();
        ProjectionRuntime third = running();
        append(1, 350, 5);
        assertComplete(third, "digest");
    }

    @Test
    void shouldGoOnRunningWhenDamageLeadsBackToASnapshotOfAPausedOne() throws Exception {
        ProjectionRuntime runtime = withPausedSnapshot();
        runtime.resume("digest");
        append(1, 300, 50);
        assertComplete(runtime, "digest");
        damage(runtime);
        awaitRecovery(runtime);
        assertRunsBehind(runtime, 299);
        runtime.close();
        ProjectionRuntime again = running();
        append(1, 350, 5);
        assertComplete(again, "digest");
    }

    private static void awaitRecovery(ProjectionRuntime runtime) {
        long deadline = System.nanoTime() + Notes.LONG.toNanos();
        while (runtime.status("digest").recovery().isEmpty()) {
            assertTrue(System.nanoTime() < deadline, "not begun anew");
            Polling.pause();
        }
    }

    @Test
    void shouldStayPausedOverASnapshotOfARunningOneWhereThatCanBeRead() throws Exception {
        append(1, 0, 300);
        ProjectionRuntime runtime = running();
        assertComplete(runtime, "digest");
        runtime.snapshot("digest");
        runtime.pause("digest");
        runtime.close();
        store.close();
        // Another log, so that the read model is of no use.
        ReadModelFiles.delete(folder.resolve("log"));
        store = EventStore.open(folder.resolve("log"));
        append(2, 0, 20);
        ProjectionRuntime again = running();
        assertEquals(
                Reason.OTHER_HISTORY, again.status("digest").recovery().orElseThrow().reason());
        assertEquals(ProjectionState.PAUSED, state(again));
        again.close();
        ProjectionRuntime third = running();
        assertEquals(ProjectionState.PAUSED, state(third));
        third.resume("digest");
        assertComplete(third, "digest");
    }

    /** One that ran when a snapshot of it was made, and was paused then. */
    private void pausedBehindASnapshot() throws Exception {
        append(1, 0, 300);
        ProjectionRuntime runtime = running();
        assertComplete(runtime, "digest");
        runtime.snapshot("digest");
        runtime.pause("digest");
        runtime.close();
    }

    private void assertStaysPausedUntilResumed(Reason reason) throws Exception {
        ProjectionRuntime again = running();
        assertEquals(ProjectionState.PAUSED, state(again));
        assertEquals(reason, again.status("digest").recovery().orElseThrow().reason());
        again.close();
        ProjectionRuntime third = running();
        assertEquals(ProjectionState.PAUSED, state(third));
        third.resume("digest");
        assertComplete(third, "digest");
        third.close();
        ReadModelFiles.delete(generation);
        assertComplete(running(), "digest");
    }

    @Test
    void shouldStayPausedWhereItsFilesAreGoneAtTheStart() throws Exception {
        pausedBehindASnapshot();
        ReadModelFiles.delete(generation);
        assertStaysPausedUntilResumed(Reason.DELETED);
    }

    @Test
    void shouldStayPausedWhereItsFilesAreOfNoUseAtTheStart() throws Exception {
        pausedBehindASnapshot();
        Path data = generation.resolve("data.mdb");
        byte[] whole = Files.readAllBytes(data);
        Files.write(data, Arrays.copyOf(whole, whole.length / 2));
        assertStaysPausedUntilResumed(Reason.DAMAGED);
    }

    @Test
    void shouldStayPausedWhereItCouldNotBeOpenedBefore() throws Exception {
        pausedBehindASnapshot();
        ReadModelFiles.delete(generation);
        Files.writeString(generation, "in the way");
        ProjectionRuntime failed = running();
        assertEquals(ProjectionState.FAILED, state(failed));
        failed.close();
        Files.delete(generation);
        assertStaysPausedUntilResumed(Reason.DELETED);
    }

    @Test
    void shouldBePausedWhereAnEarlierVersionHasPausedIt() throws Exception {
        pausedBehindASnapshot();
        Path file = generation.resolveSibling("catalogue");
        Catalogue first = Catalogue.first(1);
        assertEquals(
                Optional.of(first.with(first.live(), true)),
                CatalogueText.read("digest", Files.readAllBytes(file), file));
        Files.write(file, CatalogueText.write("digest", first)); // as it was written then
        running().close();
        ReadModelFiles.delete(generation);
        assertStaysPausedUntilResumed(Reason.DELETED);
    }

    @Test
    void shouldBeginAnewWhenResumedAfterAReaderHasFoundDamage() throws Exception {
        append(1, 0, 300);
        StateLog told = new StateLog();
        ProjectionRuntime runtime = running(FAILING, told, -1);
        assertComplete(runtime, "digest");
        runtime.pause("digest");
        damage(runtime);
        assertEquals(ProjectionState.PAUSED, state(runtime));
        runtime.resume("digest");
        assertEquals(Reason.DAMAGED, told.awaitRecoveries(1).get(0).reason());
        append(1, 300, 5);
        assertComplete(runtime, "digest");
        assertEquals(Optional.empty(), runtime.status("digest").failure());
        runtime.close();
        ProjectionRuntime again = running();
        append(1, 305, 5);
        assertComplete(again, "digest");
    }

    @Test
    void shouldBeginAnewWhenResumedAfterAFailureAndDamage() throws Exception {
        append(1, 0, 300);
        StateLog told = new StateLog();
        ProjectionRuntime runtime = running(FAILING, told, 300);
        assertComplete(runtime, "digest");
        append(1, 300, 5);
        told.awaitFailure("digest");
        damage(runtime);
        wrong.set(false);
        runtime.resume("digest");
        assertEquals(1, told.awaitRecoveries(1).size());
        assertComplete(runtime, "digest");
        assertEquals(Optional.empty(), runtime.status("digest").failure());
    }

    @Test
    void shouldNotChangeDeadLettersOfAReadModelThatIsToBeSetAside() throws Exception {
        append(1, 0, 5);
        append(2, 10, 3);
        ProjectionRuntime runtime = running(DEAD, new StateLog(), 3);
        assertTrue(runtime.awaitPosition("digest", 7, Notes.LONG));
        runtime.pause("digest");
        DeadLetters letters = runtime.deadLetters("digest");
        StreamId stream = StreamId.of(Notes.CATEGORY, "author-1");
        assertEquals(List.of(stream), letters.streams());
        damage(runtime);
        ProjectionBusyException busy =
                assertThrows(
                        ProjectionBusyException.class,
                        () -> letters.discard(stream, Duration.ofSeconds(9)));
        assertFalse(busy.begun());
        runtime.resume("digest");
        awaitRecovery(runtime);
        assertTrue(runtime.awaitPosition("digest", 7, Notes.LONG));
        assertEquals(new DeadLetterCounts(1, 1, 0), letters.count());
        assertEquals(2, letters.discard(stream, Notes.LONG));
    }

    @Test
    void shouldTellAtOnceThatWhatIsWaitedForIsPaused() throws Exception {
        append(1, 0, 10);
        ProjectionRuntime runtime = running();
        assertComplete(runtime, "digest");
        runtime.pause("digest");
        append(1, 10, 1);
        PositionBound next = PositionBound.at(store.head());
        assertThrows(
                ProjectionPausedException.class,
                () -> runtime.readView("digest", next, Duration.ofDays(1)));
        try (ReadView view = runtime.readView("digest", PositionBound.at(9), Notes.LONG)) {
            assertEquals(9, view.position());
        }
        runtime.resume("digest");
        assertComplete(runtime, "digest");
    }

    @Test
    void shouldTellOneThatWaitsAlreadyThatItIsPaused() throws Exception {
        append(1, 0, 10);
        ProjectionRuntime runtime = running();
        assertComplete(runtime, "digest");
        PositionBound never = PositionBound.at(store.head() + 1);
        CompletableFuture<Throwable> told = new CompletableFuture<>();
        Thread reader =
                new Thread(
                        () ->
                                told.complete(
                                        assertThrows(
                                                ProjectionPausedException.class,
                                                () ->
                                                        runtime.readView(
                                                                "digest",
                                                                never,
                                                                Duration.ofDays(1)))));
        reader.start();
        while (reader.getState() != Thread.State.TIMED_WAITING) {
            Polling.pause();
        }
        runtime.pause("digest");
        assertInstanceOf(
                ProjectionPausedException.class,
                told.get(Notes.LONG.toSeconds(), TimeUnit.SECONDS));
    }

    @Test
    void shouldRefuseAtOnceToWaitForItself() throws Exception {
        AtomicReference<ProjectionRuntime> runtime = new AtomicReference<>();
        List<Throwable> met = new CopyOnWriteArrayList<>();
        append(1, 0, 1);
        runtime.set(
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("own"))
                                .add(
                                        digest(
                                                "own",
                                                note -> {
                                                    met.add(
                                                            assertThrows(
                                                                    IllegalStateException.class,
                                                                    () -> waitForItself(runtime)));
                                                    met.add(
                                                            assertThrows(
                                                                    IllegalStateException.class,
                                                                    () ->
                                                                            runtime.get()
                                                                                    .awaitPosition(
                                                                                            "own",
                                                                                            99,
                                                                                            Notes
                                                                                                    .LONG)));
                                                }))
                                .build()));
        runtime.get().start();
        assertTrue(runtime.get().awaitPosition("own", 0, Notes.LONG));
        assertEquals(2, met.size());
        assertTrue(met.get(0).getMessage().contains("wait for itself"), met.get(0).getMessage());
    }

    private static void waitForItself(AtomicReference<ProjectionRuntime> runtime)
            throws InterruptedException {
        runtime.get().readView("own", PositionBound.at(99), Notes.LONG).close();
    }
}
