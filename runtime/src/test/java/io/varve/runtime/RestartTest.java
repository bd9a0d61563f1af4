package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Projection;
import io.varve.store.EventStore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What a projection sees that begins, stops and begins again, to the single event. */
class RestartTest extends RuntimeTestBase {
    private final List<Long> seenByOne = Collections.synchronizedList(new ArrayList<>());
    private final List<Long> seenByTwo = Collections.synchronizedList(new ArrayList<>());

    private Projection one() {
        return digest("one", note -> seenByOne.add(note.number()));
    }

    private Projection two() {
        return digest("two", note -> seenByTwo.add(note.number()));
    }

    /** Without the state log, which expects one runtime. */
    private ProjectionRuntime running(Projection... projections) {
        ProjectionRuntimeBuilder builder =
                ProjectionRuntime.builder(store, folder.resolve("models"));
        for (Projection projection : projections) {
            builder.add(projection);
        }
        ProjectionRuntime runtime = closing(builder.build());
        runtime.start();
        return runtime;
    }

    private void openStoreAgain() {
        store.close();
        store = EventStore.open(folder.resolve("log"));
    }

    private static List<Long> numbers(long from, long to) {
        return LongStream.range(from, to).boxed().toList();
    }

    @Test
    void shouldCatchUpWithABacklogThoughNothingIsAppendedAnyMore() throws Exception {
        append(1, 0, 10);
        ProjectionRuntime before = running(one());
        assertComplete(before, "one");
        before.close();
        append(1, 10, 90);
        openStoreAgain();
        ProjectionRuntime after = running(one());
        assertTrue(after.awaitPosition("one", 99, Notes.LONG));
        assertComplete(after, "one");
        assertEquals(numbers(0, 100), seenByOne);
    }

    @Test
    void shouldCatchUpWithABacklogFromBeforeItsFirstStart() throws Exception {
        append(1, 0, 100);
        openStoreAgain();
        assertComplete(running(one()), "one");
        assertEquals(numbers(0, 100), seenByOne);
    }

    @Test
    void shouldGoOnBehindEachCheckpointWhenSeveralDiffer() throws Exception {
        append(1, 0, 30);
        ProjectionRuntime first = running(one());
        assertComplete(first, "one");
        first.close();
        append(1, 30, 40);
        ProjectionRuntime second = running(two());
        assertComplete(second, "two");
        second.close();
        assertEquals(numbers(0, 30), seenByOne);
        assertEquals(numbers(0, 70), seenByTwo);
        openStoreAgain();
        ProjectionRuntime both = running(one(), two());
        assertComplete(both, "one");
        assertComplete(both, "two");
        assertEquals(40, both.status("one").applied());
        assertEquals(0, both.status("two").applied());
        append(1, 70, 5);
        assertComplete(both, "one");
        assertComplete(both, "two");
        assertEquals(numbers(0, 75), seenByOne);
        assertEquals(numbers(0, 75), seenByTwo);
    }

    @Test
    void shouldSeeEachOfEventsThatTrickle() throws Exception {
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), one(), two());
        states.await("one", ProjectionState.LIVE);
        states.await("two", ProjectionState.LIVE);
        for (int i = 0; i < 15; i++) {
            long position = append(1, i, 1);
            assertTrue(runtime.awaitPosition("one", position, Notes.LONG));
            assertTrue(runtime.awaitPosition("two", position, Notes.LONG));
            assertEquals(numbers(0, i + 1), seenByOne);
            assertEquals(numbers(0, i + 1), seenByTwo);
        }
        assertComplete(runtime, "one");
    }
}
