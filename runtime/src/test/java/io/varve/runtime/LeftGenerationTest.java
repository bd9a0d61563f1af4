package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Projection;
import io.varve.store.Hold;
import io.varve.store.lmdb.FolderLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is left of generations: limits, failures on the way, stuck code. */
class LeftGenerationTest extends RuntimeTestBase {
    private static final Duration BRIEF = Duration.ofMillis(50);

    private ProjectionRuntime running(Projection projection, Consumer<String> steps) {
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(projection, FAILING)
                                .config(RuntimeConfig.defaults().withShutdownTimeout(BRIEF))
                                .steps(steps)
                                .build());
        runtime.start();
        return runtime;
    }

    private static Rebuild caughtUp(Rebuild rebuild) throws InterruptedException {
        assertTrue(rebuild.await(Notes.LONG), "caught up");
        return rebuild;
    }

    private List<String> generations() throws IOException {
        try (Stream<Path> paths = Files.list(folder.resolve("models").resolve("one"))) {
            return paths.map(path -> path.getFileName().toString())
                    .filter(name -> name.startsWith("generation"))
                    .sorted()
                    .toList();
        }
    }

    private List<String> holds() {
        return store.retention().holds().stream().map(Hold::name).sorted().toList();
    }

    /** Its worker is in code that does not return, and the next generation is live. */
    private ProjectionRuntime promotedPast(Gate gate) throws InterruptedException {
        append(1, 0, 5);
        ProjectionRuntime runtime = running(digest("one", gate), step -> {});
        gate.entered.await();
        caughtUp(runtime.rebuild(digest("one", NOTHING))).promote();
        return runtime;
    }

    private void awaitGiveUp(Path generation) {
        long deadline = System.nanoTime() + Notes.LONG.toNanos();
        while (FolderLock.isHeld(generation)) {
            assertTrue(System.nanoTime() < deadline, "still open");
            Polling.pause();
        }
    }

    @Test
    void shouldNotLimitWhatWasPromoted() throws Exception {
        append(1, 0, 10);
        ProjectionRuntime runtime = running(digest("one", NOTHING), step -> {});
        Rebuild rebuild = caughtUp(runtime.rebuild("one"));
        rebuild.throttle(1);
        rebuild.promote();
        assertEquals(OptionalLong.empty(), rebuild.progress().limit());
        rebuild.throttle(1);
        assertEquals(OptionalLong.empty(), rebuild.progress().limit());
        for (int i = 10; i < 210; i++) {
            append(1, i, 1);
        }
        assertComplete(runtime, "one");
    }

    @Test
    void shouldBeLiveThoughClearingAwayFails() throws Exception {
        append(1, 0, 10);
        ProjectionRuntime runtime =
                running(
                        digest("one", NOTHING),
                        step -> {
                            if (step.startsWith("promote.written")) {
                                throw new IllegalStateException("on purpose");
                            }
                        });
        Rebuild rebuild = caughtUp(runtime.rebuild("one"));
        rebuild.promote();
        assertEquals(RebuildPhase.PROMOTED, rebuild.progress().phase());
        assertEquals(List.of(), runtime.rebuilds());
        assertFalse(rebuild.cancel());
        assertEquals(new GenerationId(2, 1), runtime.status("one").generations().live());
        append(1, 10, 5);
        assertComplete(runtime, "one");
        Rebuild second = caughtUp(runtime.rebuild("one"));
        second.promote();
        append(1, 15, 5);
        assertComplete(runtime, "one");
    }

    @Test
    void shouldBeLiveThoughAnErrorIsThrownBehindThat() throws Exception {
        append(1, 0, 10);
        ProjectionRuntime runtime =
                running(
                        digest("one", NOTHING),
                        step -> {
                            if (step.equals("promote.swept")) {
                                throw new AssertionError("on purpose");
                            }
                        });
        Rebuild rebuild = caughtUp(runtime.rebuild("one"));
        assertThrows(AssertionError.class, rebuild::promote);
        assertEquals(RebuildPhase.PROMOTED, rebuild.progress().phase());
        assertFalse(rebuild.cancel());
        append(1, 10, 5);
        assertComplete(runtime, "one");
    }

    @Test
    void shouldNotDiscardWhatStuckCodeHasOpen() throws Exception {
        Gate gate = new Gate(3);
        ProjectionRuntime runtime = promotedPast(gate);
        assertThrows(ProjectionStuckException.class, () -> runtime.discard("one"));
        assertThrows(ProjectionStuckException.class, () -> runtime.discard("one"));
        assertEquals(
                Optional.of(new GenerationId(1, 1)),
                runtime.status("one").generations().previous());
        assertEquals(List.of("generation-1-v1", "generation-2-v1"), generations());
        gate.opened.countDown();
        awaitGiveUp(folder.resolve("models/one/generation-1-v1"));
        discard(runtime);
        assertEquals(List.of("generation-2-v1"), generations());
        assertEquals(List.of("projection/one/generation-2"), holds());
        assertComplete(runtime, "one");
    }

    /** Its folder is free a moment before it says that it has ended. */
    private static void discard(ProjectionRuntime runtime) {
        long deadline = System.nanoTime() + Notes.LONG.toNanos();
        while (runtime.status("one").generations().previous().isPresent()) {
            try {
                runtime.discard("one");
            } catch (ProjectionStuckException e) {
                assertTrue(System.nanoTime() < deadline, "stuck");
            }
        }
    }

    @Test
    void shouldKeepWhatStuckCodeHasOpenWhenAnotherIsPromoted() throws Exception {
        Gate gate = new Gate(3);
        ProjectionRuntime runtime = promotedPast(gate);
        caughtUp(runtime.rebuild("one")).promote();
        assertEquals(
                List.of("generation-1-v1", "generation-2-v1", "generation-3-v1"), generations());
        assertTrue(Files.exists(folder.resolve("models/one/generation-1-v1/data.mdb")));
        assertThrows(
                ProjectionStuckException.class, () -> runtime.remove("one", RemovedData.DELETE));
        gate.opened.countDown();
    }

    @Test
    void shouldDeleteItOnceItIsClosed() throws Exception {
        Gate gate = new Gate(3);
        ProjectionRuntime runtime = promotedPast(gate);
        caughtUp(runtime.rebuild("one")).promote();
        gate.opened.countDown();
        awaitGiveUp(folder.resolve("models/one/generation-1-v1"));
        append(1, 5, 5);
        assertComplete(runtime, "one");
        long deadline = System.nanoTime() + Notes.LONG.toNanos();
        while (generations().contains("generation-1-v1")) {
            assertTrue(System.nanoTime() < deadline, "still there");
            runtime.rebuild("one").cancel();
        }
        assertEquals(List.of("generation-2-v1", "generation-3-v1"), generations());
        assertEquals(
                List.of("projection/one/generation-2", "projection/one/generation-3"), holds());
    }
}
