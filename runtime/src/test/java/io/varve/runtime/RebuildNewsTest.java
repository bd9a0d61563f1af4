package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Consumed;
import io.varve.projections.Grouped;
import io.varve.projections.Materialized;
import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.store.serde.Serdes;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

/** What is told of a rebuild, and by which policy it treats errors. */
class RebuildNewsTest extends RebuildTestBase {
    private ProjectionRuntime running() {
        return running(ProjectionConfig.defaults(), digest("one", NOTHING));
    }

    private static Rebuild caughtUp(Rebuild rebuild) throws InterruptedException {
        assertTrue(rebuild.await(Notes.LONG));
        return rebuild;
    }

    /** Who waits is woken before the listener is told. */
    private Rebuild told(Rebuild rebuild, int news) throws InterruptedException {
        caughtUp(rebuild);
        long deadline = System.nanoTime() + Notes.LONG.toNanos();
        while (phases.size() < news) {
            assertTrue(System.nanoTime() < deadline, () -> "told: " + phases);
            Polling.pause();
        }
        return rebuild;
    }

    @Test
    void shouldTellEachPhaseOnce() throws Exception {
        append(1, 0, 10);
        ProjectionRuntime runtime = running();
        told(runtime.rebuild("one"), 2).promote();
        told(runtime.rebuild("one"), 5).cancel();
        told(runtime.rebuild("one"), 8);
        runtime.close();
        assertEquals(
                List.of(
                        RebuildPhase.CATCHING_UP,
                        RebuildPhase.CAUGHT_UP,
                        RebuildPhase.PROMOTED,
                        RebuildPhase.CATCHING_UP,
                        RebuildPhase.CAUGHT_UP,
                        RebuildPhase.CANCELLED,
                        RebuildPhase.CATCHING_UP,
                        RebuildPhase.CAUGHT_UP,
                        RebuildPhase.SUSPENDED),
                phases);
        ProjectionRuntime again = running();
        told(again.rebuild("one"), 11);
        again.close();
        assertEquals(
                List.of(RebuildPhase.CATCHING_UP, RebuildPhase.CAUGHT_UP, RebuildPhase.SUSPENDED),
                phases.subList(9, phases.size()));
    }

    private static Projection counting() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("notes", Consumed.with(Notes.serde()))
                .groupByKey(Grouped.keySerde(Serdes.utf8()))
                .count(Materialized.as(StoreRef.of("counts"), Serdes.utf8(), Serdes.int64()));
        return Projection.of("one", 1, builder.build());
    }

    @Test
    void shouldNotLogAnErrorWhereAnInterruptedRebuildIsBegunAnew() throws Exception {
        append(1, 0, 10);
        ProjectionRuntime first = running();
        caughtUp(first.rebuild(counting()));
        first.close();
        ProjectionRuntime second = running();
        try (Logged logged = new Logged(Level.SEVERE)) {
            assertEquals(new GenerationId(3, 1), caughtUp(second.rebuild("one")).generation());
            assertEquals(List.of(), logged.of("").stream().map(LogRecord::getMessage).toList());
        }
    }

    @Test
    void shouldTreatErrorsAsTheProjectionDoesUnlessToldOtherwise() throws Exception {
        append(1, 0, 10);
        ProjectionConfig skipping = ProjectionConfig.defaults().withErrorPolicy(ErrorPolicy.skip());
        ProjectionRuntime runtime = running(skipping, digest("one", NOTHING));
        caughtUp(runtime.rebuild(failingAt(1, 7))).promote();
        assertEquals(1, runtime.status("one").deadLetters().skipped());
        Rebuild failing =
                runtime.rebuild(
                        failingAt(1, 7), skipping.withRebuildErrorPolicy(ErrorPolicy.fail()));
        assertThrows(ProjectionFailedException.class, () -> failing.await(Notes.LONG));
    }
}
