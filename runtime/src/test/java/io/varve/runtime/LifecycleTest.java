package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Projection;
import io.varve.store.EventStore;
import io.varve.store.Hold;
import io.varve.store.StoreConfig;
import io.varve.store.errors.FolderRefusedException;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.StoreLockedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class LifecycleTest extends RuntimeTestBase {
    @Test
    void shouldSayThatWhatIsReadIsNotStartedYet() {
        ProjectionRuntime runtime = runtime(RuntimeConfig.defaults(), digest("one", NOTHING));
        IllegalStateException early =
                assertThrows(
                        IllegalStateException.class,
                        () -> runtime.readViews(Set.of("one"), PositionBound.any(), Notes.LONG));
        assertTrue(early.getMessage().contains("not started yet"), early.getMessage());
        NullPointerException none =
                assertThrows(
                        NullPointerException.class,
                        () -> runtime.readViews(null, PositionBound.any(), Notes.LONG));
        assertEquals("projections", none.getMessage());
    }

    @Test
    void shouldRefuseToWaitBeforeItIsStarted() {
        ProjectionRuntime runtime = runtime(RuntimeConfig.defaults(), digest("one", NOTHING));
        assertNotStarted(() -> runtime.awaitLive("one", Notes.LONG));
        assertNotStarted(() -> runtime.awaitPosition("one", 0, Notes.LONG));
        assertNotStarted(() -> runtime.readView("one", PositionBound.any(), Notes.LONG));
        assertNotStarted(() -> runtime.readView("one", PositionBound.at(0), Notes.LONG));
    }

    private static void assertNotStarted(Executable waiting) {
        IllegalStateException early =
                assertTimeoutPreemptively(
                        Notes.LONG.dividedBy(2),
                        () -> assertThrows(IllegalStateException.class, waiting));
        assertTrue(early.getMessage().contains("not started yet; call start()"));
    }

    @Test
    void shouldRunWithoutProjectionsUntilSomeAreAdded() throws Exception {
        ProjectionRuntime runtime = started(RuntimeConfig.defaults());
        append(1, 0, 3);
        assertEquals(List.of(), runtime.status());
        assertTrue(runtime.health().isUp());
        runtime.add(digest("one", NOTHING));
        append(1, 3, 2);
        assertComplete(runtime, "one");
        runtime.remove("one", RemovedData.KEEP);
        assertEquals(List.of(), runtime.metrics().projections());
    }

    @Test
    void shouldGoThroughItsStates() throws Exception {
        ProjectionRuntime runtime = runtime(RuntimeConfig.defaults(), digest("one", NOTHING));
        assertEquals(ProjectionState.CREATED, runtime.status("one").state());
        runtime.start();
        states.await("one", ProjectionState.LIVE);
        assertEquals("varve-projection-one", states.threadOf("one"));
        assertEquals(ProjectionState.LIVE, runtime.status("one").state());
        runtime.close();
        runtime.close();
        assertEquals(ProjectionState.STOPPED, runtime.status("one").state());
        assertEquals(
                List.of(
                        ProjectionState.CREATED,
                        ProjectionState.CATCHING_UP,
                        ProjectionState.LIVE,
                        ProjectionState.STOPPED),
                states.of("one"));
    }

    @Test
    void shouldHaveNoThreadsAfterClose() throws Exception {
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), digest("one", NOTHING));
        states.await("one", ProjectionState.LIVE);
        assertTrue(isRunning("varve-tailer") && isRunning("varve-projection-one"));
        runtime.close();
        assertFalse(isRunning("varve-tailer") || isRunning("varve-projection-one"));
    }

    private static boolean isRunning(String thread) {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(one -> one.getName().equals(thread));
    }

    @Test
    void shouldKeepEachProjectionInAFolderOfItsOwn() {
        started(RuntimeConfig.defaults(), digest("one", NOTHING), digest("two", NOTHING));
        assertTrue(
                Files.isDirectory(
                        folder.resolve("models").resolve("one").resolve("generation-1-v1")));
        assertTrue(
                Files.isDirectory(
                        folder.resolve("models").resolve("two").resolve("generation-1-v1")));
    }

    /** What one of them needs would be taken away with what the other does not. */
    @Test
    void shouldRefuseAProjectionThatAnotherRuntimeHasInAnotherFolder() throws Exception {
        ProjectionRuntime first = started(RuntimeConfig.defaults(), digest("one", NOTHING));
        append(1, 0, 3);
        assertComplete(first, "one");
        Path elsewhere = folder.resolve("elsewhere");
        ProjectionRuntime second =
                closing(
                        ProjectionRuntime.builder(store, elsewhere)
                                .add(digest("one", NOTHING))
                                .add(digest("two", NOTHING))
                                .build());
        second.start();
        ProjectionStatus status = second.status("one");
        assertEquals(ProjectionState.FAILED, status.state());
        ProjectionHostedException refused =
                assertInstanceOf(ProjectionHostedException.class, status.failure().orElseThrow());
        assertEquals(folder.resolve("models"), refused.other());
        assertFalse(Files.exists(elsewhere.resolve("one")));
        assertComplete(second, "two");
        second.remove("one", RemovedData.DELETE);
        assertEquals(
                List.of("projection/one/generation-1", "projection/two/generation-1"),
                store.retention().holds().stream().map(Hold::name).sorted().toList());
        append(1, 3, 1);
        assertComplete(first, "one");
        first.close();
        second.add(digest("one", NOTHING));
        assertComplete(second, "one");
    }

    /** "Delete what is in the folder" would be the log. */
    @Test
    void shouldRefuseReadModelsInTheFolderOfTheStore() throws Exception {
        Path log = folder.resolve("log");
        for (Path models : List.of(log, log.resolve("models"), log.resolve("..").resolve("log"))) {
            ProjectionRuntimeBuilder inside =
                    ProjectionRuntime.builder(store, models).add(digest("log", NOTHING));
            assertThrows(FolderRefusedException.class, inside::build);
        }
        assertThrows(
                FolderRefusedException.class,
                ProjectionRuntime.builder(store, folder).add(digest("log", NOTHING))::build);
        ProjectionRuntime beside =
                closing(
                        ProjectionRuntime.builder(store, folder)
                                .add(digest("log-of-notes", NOTHING))
                                .build());
        beside.start();
        assertThrows(FolderRefusedException.class, () -> beside.add(digest("log", NOTHING)));
        append(1, 0, 1);
        assertComplete(beside, "log-of-notes");
    }

    @Test
    void shouldRefuseTwoRuntimesOnOneFolder() throws Exception {
        ProjectionRuntime first = started(RuntimeConfig.defaults(), digest("one", NOTHING));
        states.await("one", ProjectionState.LIVE);
        ProjectionRuntime second =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(digest("zero", NOTHING))
                                .add(digest("one", NOTHING))
                                .build());
        assertThrows(StoreLockedException.class, second::start);
        assertEquals(ProjectionState.CREATED, second.status("zero").state());
        first.close();
        second.start();
        append(1, 0, 1);
        assertComplete(second, "zero");
        assertComplete(second, "one");
    }

    @Test
    void shouldRefuseToBeStartedTwiceOrAfterClose() {
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), digest("one", NOTHING));
        assertThrows(IllegalStateException.class, runtime::start);
        runtime.close();
        assertThrows(StoreClosedException.class, runtime::start);
    }

    @Test
    void shouldRefuseToBeReadBeforeItIsStarted() {
        ProjectionRuntime runtime = runtime(RuntimeConfig.defaults(), digest("one", NOTHING));
        assertThrows(
                IllegalStateException.class,
                () -> runtime.readView("one", PositionBound.any(), Duration.ZERO));
        runtime.close();
        assertEquals(ProjectionState.STOPPED, runtime.status("one").state());
    }

    @Test
    void shouldRefuseTwoOfOneName() {
        ProjectionRuntimeBuilder builder = ProjectionRuntime.builder(store, folder);
        builder.add(digest("one", NOTHING));
        Projection same = digest("one", NOTHING);
        assertThrows(IllegalArgumentException.class, () -> builder.add(same));
    }

    @Test
    void shouldBeLiveOnlyWhenEverythingIsCommitted() throws Exception {
        append(1, 0, 10);
        AtomicReference<ProjectionRuntime> runtime = new AtomicReference<>();
        CompletableFuture<Long> position = new CompletableFuture<>();
        ProjectionListener listener =
                new ProjectionListener() {
                    @Override
                    public void onStateChange(
                            String projection, ProjectionState from, ProjectionState to) {
                        if (to == ProjectionState.LIVE) {
                            position.complete(runtime.get().status(projection).position());
                        }
                    }
                };
        runtime.set(
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(digest("one", NOTHING))
                                .listener(listener)
                                .build()));
        runtime.get().start();
        assertEquals(9, position.get(60, TimeUnit.SECONDS));
    }

    @Test
    void shouldCommitTheEventsInHandWhenClosed() throws Exception {
        append(1, 0, 10);
        Gate gate = new Gate(5);
        ProjectionRuntime runtime =
                started(
                        RuntimeConfig.defaults()
                                .withSlotEvents(2)
                                .withCommitInterval(Duration.ofDays(1))
                                .withShutdownTimeout(Duration.ofSeconds(60)),
                        digest("one", gate));
        gate.entered.await();
        assertEquals(-1, runtime.status("one").position());
        Thread closer = new Thread(runtime::close);
        closer.start();
        while (!isRefusing(runtime)) {
            Polling.pause();
        }
        gate.opened.countDown();
        closer.join();
        assertTrue(runtime.status("one").position() >= 5, "" + runtime.status("one"));
        assertEquals(ProjectionState.STOPPED, runtime.status("one").state());
    }

    private static boolean isRefusing(ProjectionRuntime runtime) {
        try {
            runtime.awaitPosition("one", 9, Duration.ZERO);
            return false;
        } catch (StoreClosedException e) {
            return true;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldCommitTheEventsInHandWhenClosedWhileBusy() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        AtomicBoolean stop = new AtomicBoolean();
        Thread appender =
                new Thread(
                        () -> {
                            for (int i = 0; !stop.get(); i++) {
                                append(1, i, 1);
                            }
                        });
        ProjectionRuntime runtime =
                started(
                        RuntimeConfig.defaults().withShutdownTimeout(Duration.ofSeconds(60)),
                        digest("one", note -> busy.countDown()),
                        digest("two", NOTHING));
        appender.start();
        assertTrue(busy.await(60, TimeUnit.SECONDS));
        runtime.close();
        stop.set(true);
        appender.join();
        assertTrue(runtime.status("one").position() >= 0);
        ProjectionRuntime next =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(digest("one", NOTHING))
                                .add(digest("two", NOTHING))
                                .build());
        next.start();
        assertComplete(next, "one");
        assertComplete(next, "two");
        assertEquals(store.head() - runtime.status("one").position(), next.status("one").applied());
    }

    @Test
    void shouldLetAListenerCloseTheRuntime() throws Exception {
        AtomicReference<ProjectionRuntime> runtime = new AtomicReference<>();
        CountDownLatch closed = new CountDownLatch(1);
        ProjectionListener closer =
                new ProjectionListener() {
                    @Override
                    public void onFailure(String projection, Throwable failure) {
                        runtime.get().close();
                        closed.countDown();
                    }

                    @Override
                    public void onStateChange(
                            String projection, ProjectionState from, ProjectionState to) {
                        states.onStateChange(projection, from, to);
                    }
                };
        runtime.set(
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(
                                        digest(
                                                "wrong",
                                                note -> {
                                                    throw new IllegalStateException("on purpose");
                                                }),
                                        FAILING)
                                .add(digest("right", NOTHING))
                                .listener(closer)
                                .build()));
        runtime.get().start();
        append(1, 0, 1);
        assertTrue(closed.await(60, TimeUnit.SECONDS));
        states.await("wrong", ProjectionState.STOPPED);
        states.await("right", ProjectionState.STOPPED);
        assertFalse(states.of("right").contains(ProjectionState.FAILED), "" + states.of("right"));
    }

    @Test
    void shouldNotWaitForAListenerThatClosesItToo() throws Exception {
        AtomicReference<ProjectionRuntime> runtime = new AtomicReference<>();
        CountDownLatch failed = new CountDownLatch(1);
        ProjectionListener closer =
                new ProjectionListener() {
                    @Override
                    public void onFailure(String projection, Throwable failure) {
                        failed.countDown();
                        while (!isRefusing(runtime.get())) {
                            Polling.pause();
                        }
                        runtime.get().close();
                    }
                };
        runtime.set(
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(digest("one", NOTHING))
                                .add(
                                        digest(
                                                "wrong",
                                                note -> {
                                                    throw new IllegalStateException("on purpose");
                                                }),
                                        FAILING)
                                .listener(closer)
                                .config(
                                        RuntimeConfig.defaults()
                                                .withShutdownTimeout(Duration.ofSeconds(30)))
                                .build()));
        runtime.get().start();
        append(1, 0, 1);
        assertTrue(failed.await(60, TimeUnit.SECONDS));
        runtime.get().close();
        assertEquals(ProjectionState.STOPPED, runtime.get().status("wrong").state());
    }

    @Test
    void shouldLetAListenerCloseItWhenItStartsAndWhenItIsClosed() throws Exception {
        append(1, 0, 3);
        ProjectionRuntime first = started(RuntimeConfig.defaults(), digest("one", NOTHING));
        assertComplete(first, "one");
        first.close();
        store.close();
        deleteLog();
        store = EventStore.open(folder.resolve("log"));
        AtomicReference<ProjectionRuntime> runtime = new AtomicReference<>();
        ProjectionListener closer =
                new ProjectionListener() {
                    @Override
                    public void onStateChange(
                            String projection, ProjectionState from, ProjectionState to) {
                        runtime.get().close();
                    }

                    @Override
                    public void onRecovery(String projection, ReadModelRecovery recovery) {
                        runtime.get().close();
                    }
                };
        runtime.set(
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(digest("zero", NOTHING))
                                .add(digest("one", NOTHING))
                                .add(digest("two", NOTHING))
                                .listener(closer)
                                .build()));
        assertThrows(StoreClosedException.class, runtime.get()::start);
        for (ProjectionStatus status : runtime.get().status()) {
            assertEquals(ProjectionState.STOPPED, status.state());
        }
        ProjectionRuntime next =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(digest("zero", NOTHING))
                                .add(digest("two", NOTHING))
                                .build());
        next.start();
        append(1, 0, 1);
        assertComplete(next, "zero");
        assertComplete(next, "two");
    }

    private void deleteLog() throws IOException {
        try (Stream<Path> paths = Files.walk(folder.resolve("log"))) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    @Test
    void shouldTellHowFarAProjectionLags() throws Exception {
        store.close();
        AtomicReference<Instant> now = new AtomicReference<>(Instant.ofEpochSecond(1_000));
        Clock clock =
                new Clock() {
                    @Override
                    public ZoneOffset getZone() {
                        return ZoneOffset.UTC;
                    }

                    @Override
                    public Clock withZone(java.time.ZoneId zone) {
                        return this;
                    }

                    @Override
                    public Instant instant() {
                        return now.get();
                    }
                };
        store = EventStore.open(StoreConfig.at(folder.resolve("log")).withClock(clock));
        CountDownLatch gate = new CountDownLatch(1);
        ProjectionRuntime runtime =
                started(
                        RuntimeConfig.defaults(),
                        digest(
                                "one",
                                note -> {
                                    if (note.number() == 1) {
                                        awaitOpen(gate);
                                    }
                                }));
        append(1, 0, 1);
        assertTrue(runtime.awaitPosition("one", 0, Notes.LONG));
        assertEquals(Duration.ZERO, runtime.status("one").lagTime());
        append(1, 1, 1);
        now.set(Instant.ofEpochSecond(1_007));
        append(1, 2, 4);
        now.set(Instant.ofEpochSecond(1_010));
        ProjectionStatus status = runtime.status().get(0);
        assertEquals(0, status.position());
        assertEquals(5, status.head());
        assertEquals(5, status.lagEvents());
        assertEquals(Duration.ofSeconds(10), status.lagTime());
        gate.countDown();
        assertComplete(runtime, "one");
        assertEquals(0, runtime.status("one").lagEvents());
        runtime.close();
        store.close();
        assertEquals(5, runtime.status("one").head(), "known without the store");
        store = EventStore.open(folder.resolve("log"));
    }

    @Test
    void shouldTellTheLagWithoutTheStoreWhenClosed() throws Exception {
        append(1, 0, 5);
        ProjectionRuntime runtime =
                started(
                        RuntimeConfig.defaults(),
                        digest(
                                "wrong",
                                note -> {
                                    throw new IllegalStateException("on purpose");
                                }));
        states.awaitFailure("wrong");
        runtime.close();
        store.close();
        ProjectionStatus status = runtime.status("wrong");
        assertEquals(5, status.lagEvents());
        assertEquals(ProjectionState.STOPPED, status.state());
        assertTrue(status.failure().isPresent());
        store = EventStore.open(folder.resolve("log"));
    }

    private static void awaitOpen(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
