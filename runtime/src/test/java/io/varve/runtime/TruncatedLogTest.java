package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.Hold;
import io.varve.store.Truncation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Retention and projections: no event is taken away from one that needs it, or it says so. */
class TruncatedLogTest extends RuntimeTestBase {
    private static final String HOLD = "projection/digest/generation-1";

    private ProjectionRuntime running() {
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(digest("digest", NOTHING))
                                .build());
        runtime.start();
        return runtime;
    }

    /** Single appends, so that each event is a block. */
    private void appendOneByOne(int from, int count) {
        for (int i = 0; i < count; i++) {
            append(1, from + i, 1);
        }
    }

    private HistoryTruncatedException refused(ProjectionRuntime runtime) {
        ProjectionStatus status = runtime.status("digest");
        assertEquals(ProjectionState.FAILED, status.state());
        assertThrows(
                ProjectionFailedException.class,
                () -> runtime.readView("digest", PositionBound.any(), Notes.LONG));
        return assertInstanceOf(HistoryTruncatedException.class, status.failure().orElseThrow());
    }

    @Test
    void shouldAskARunningProjectionHowFarItIs() throws Exception {
        ProjectionRuntime runtime = running();
        assertEquals(List.of(new Hold(HOLD, 0)), store.retention().holds());
        appendOneByOne(0, 20);
        assertComplete(runtime, "digest");
        assertEquals(15, store.retention().truncateBefore(15).firstPosition());
        appendOneByOne(20, 5);
        assertTrue(runtime.awaitPosition("digest", 24, Notes.LONG));
    }

    @Test
    void shouldHoldForAProjectionThatIsNotRunning() throws Exception {
        try (ProjectionRuntime runtime = running()) {
            appendOneByOne(0, 10);
            assertComplete(runtime, "digest");
        }
        assertEquals(List.of(new Hold(HOLD, 10)), store.retention().holds());
        appendOneByOne(10, 10);
        Truncation done = store.retention().truncateBefore(15);
        assertEquals(10, done.firstPosition());
        assertEquals(List.of(new Hold(HOLD, 10)), done.heldBack());
        ProjectionRuntime again = running();
        assertTrue(again.awaitPosition("digest", 19, Notes.LONG));
        assertEquals(ProjectionState.LIVE, awaitLive(again));
    }

    private static ProjectionState awaitLive(ProjectionRuntime runtime) {
        while (runtime.status("digest").state() == ProjectionState.CATCHING_UP) {
            Polling.pause();
        }
        return runtime.status("digest").state();
    }

    @Test
    void shouldRefuseToGoOnBehindEventsThatAreGone() throws Exception {
        try (ProjectionRuntime runtime = running()) {
            appendOneByOne(0, 10);
            assertComplete(runtime, "digest");
        }
        appendOneByOne(10, 10);
        assertEquals(
                List.of(new Hold(HOLD, 10)),
                store.retention().truncateBeforeRegardless(15).broken());
        try (ProjectionRuntime runtime = running()) {
            HistoryTruncatedException failure = refused(runtime);
            assertEquals(10, failure.next());
            assertEquals(15, failure.firstPosition());
            assertEquals(19, runtime.status("digest").head());
        }
        assertEquals(List.of(new Hold(HOLD, 10)), store.retention().holds());
    }

    @Test
    void shouldBeginInATruncatedLogOnlyIfAllowed() throws Exception {
        appendOneByOne(0, 20);
        store.retention().truncateBefore(15);
        try (ProjectionRuntime runtime = running()) {
            assertEquals(0, refused(runtime).next());
        }
        try (ProjectionRuntime runtime =
                ProjectionRuntime.builder(store, folder.resolve("models"))
                        .add(digest("digest", NOTHING))
                        .allowTruncatedLog()
                        .build()) {
            runtime.start();
            assertTrue(runtime.awaitPosition("digest", 19, Notes.LONG));
            assertEquals(5, runtime.status("digest").applied());
        }
        assertEquals(List.of(new Hold(HOLD, 20)), store.retention().holds());
    }

    @Test
    void shouldNotLoseAReadModelSilently() throws Exception {
        try (ProjectionRuntime runtime = running()) {
            appendOneByOne(0, 20);
            assertComplete(runtime, "digest");
        }
        store.retention().truncateBefore(15);
        delete(folder.resolve("models").resolve("digest").resolve("generation-1-v1"));
        try (ProjectionRuntime runtime = running()) {
            assertEquals(0, refused(runtime).next());
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
