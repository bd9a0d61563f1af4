package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.CacheCounts;
import io.varve.projections.Consumed;
import io.varve.projections.Grouped;
import io.varve.projections.Materialized;
import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.projections.TimeWindows;
import io.varve.projections.Window;
import io.varve.projections.Windowed;
import io.varve.store.EventBatch;
import io.varve.store.EventStore;
import io.varve.store.StoreConfig;
import io.varve.store.StreamId;
import io.varve.store.serde.Serdes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What is told of projections in figures. */
class MetricsTest extends RuntimeTestBase {
    @Test
    void shouldCountEventsAndCommits() throws Exception {
        append(1, 0, 25);
        ProjectionRuntime runtime =
                started(
                        RuntimeConfig.defaults().withSlotEvents(5).withCatchUpBatchEvents(5),
                        digest("one", NOTHING),
                        Notes.digest("other", "others", serde, NOTHING));
        assertComplete(runtime, "one");
        assertTrue(runtime.awaitPosition("other", 24, Notes.LONG));
        RuntimeMetrics all = runtime.metrics();
        assertEquals(24, all.head());
        assertEquals(25, all.processTotal());
        assertEquals(0, all.recordsLagMax());
        ProjectionMetrics one = all.projection("one");
        assertEquals(25, one.processTotal());
        assertEquals(24, one.position());
        assertEquals(5, one.commitTotal());
        assertEquals(5, one.commitLatency().count());
        assertTrue(one.commitLatency().max().compareTo(one.commitLatency().average()) >= 0);
        assertTrue(one.commitLatency().average().toNanos() > 0);
        assertTrue(one.processRate() > 0);
        assertTrue(one.commitRate() > 0);
        assertEquals(5, one.recordE2eLatency().count());
        ProjectionMetrics other = all.projection("other");
        assertEquals(0, other.processTotal());
        assertEquals(0, other.recordE2eLatency().count(), "nothing became visible");
        assertThrows(IllegalArgumentException.class, () -> all.projection("none"));
        assertThrows(IllegalArgumentException.class, () -> runtime.metrics("none"));
    }

    @Test
    void shouldMeasureHowLongAnEventTookToBeVisible() throws Exception {
        SetClock clock = new SetClock();
        try (EventStore timed =
                EventStore.open(StoreConfig.at(folder.resolve("timed")).withClock(clock))) {
            Gate gate = new Gate(0);
            try (ProjectionRuntime runtime =
                    ProjectionRuntime.builder(timed, folder.resolve("models"))
                            .listener(states)
                            .add(digest("one", gate))
                            .build()) {
                runtime.start();
                states.await("one", ProjectionState.LIVE);
                Notes.append(timed, serde, 1, 0, 1);
                gate.entered.await();
                clock.millis.addAndGet(50);
                // In the same commit of the read model perhaps; its oldest event counts.
                Notes.append(timed, serde, 1, 1, 1);
                gate.opened.countDown();
                assertTrue(runtime.awaitPosition("one", 1, Notes.LONG));
                ProjectionMetrics now = runtime.metrics("one");
                assertEquals(Duration.ofMillis(50), now.recordE2eLatency().max());
                clock.millis.addAndGet(7);
                long last = Notes.append(timed, serde, 1, 2, 1);
                assertTrue(runtime.awaitPosition("one", last, Notes.LONG));
                assertEquals(
                        now.recordE2eLatency().count() + 1,
                        runtime.metrics("one").recordE2eLatency().count());
                assertEquals(
                        Duration.ofMillis(50), runtime.metrics("one").recordE2eLatency().max());
            }
        }
    }

    @Test
    void shouldTellTheLagInEventsAndInTime() throws Exception {
        Gate gate = new Gate(0);
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), digest("stuck", gate));
        append(1, 0, 10);
        gate.entered.await();
        ProjectionMetrics stuck = runtime.metrics("stuck");
        assertEquals(10, stuck.recordsLag());
        assertEquals(-1, stuck.position());
        assertEquals(9, runtime.metrics().head());
        assertEquals(10, runtime.metrics().recordsLagMax());
        gate.opened.countDown();
        assertComplete(runtime, "stuck");
        assertEquals(0, runtime.metrics("stuck").recordsLag());
        assertEquals(Duration.ZERO, runtime.metrics("stuck").timeLag());
    }

    @Test
    void shouldTellTheAgeOfTheOldestView() throws Exception {
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), digest("one", NOTHING));
        append(1, 0, 1);
        assertComplete(runtime, "one");
        assertEquals(0, runtime.metrics("one").openViews());
        assertEquals(Duration.ZERO, runtime.metrics("one").oldestOpenView());
        long before = System.nanoTime();
        try (ReadView first = runtime.readView("one", PositionBound.any(), Notes.LONG)) {
            long opened = System.nanoTime();
            try (ReadView second = runtime.readView("one", PositionBound.any(), Notes.LONG)) {
                long atLeast = System.nanoTime() - opened;
                ProjectionMetrics now = runtime.metrics("one");
                long atMost = System.nanoTime() - before;
                assertEquals(2, now.openViews());
                assertTrue(now.oldestOpenView().toNanos() >= atLeast);
                assertTrue(now.oldestOpenView().toNanos() <= atMost);
                assertEquals(first.position(), second.position());
            }
            assertEquals(1, runtime.metrics("one").openViews());
            assertTrue(runtime.metrics().oldestOpenView().toNanos() > 0);
        }
        assertEquals(0, runtime.metrics("one").openViews());
    }

    @Test
    void shouldTellHowOftenRowsWereInMemory() throws Exception {
        append(1, 0, 100);
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), digest("one", NOTHING));
        assertComplete(runtime, "one");
        // One row, read once.
        CacheCounts cache = runtime.metrics("one").cache();
        assertEquals(new CacheCounts(99, 1, 1, cache.size()), cache);
        assertTrue(cache.size() > 0, cache::toString);
        assertEquals(0.99, cache.hitRate(), 1e-9);
        assertEquals(0, CacheCounts.NONE.hitRate());
    }

    @Test
    void shouldCountRecordsThatCameTooLateOverPauses() throws Exception {
        StoreRef<Windowed<String>, Long> windows = StoreRef.of("windows");
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("notes", Consumed.with(serde))
                .groupByKey(Grouped.keySerde(Serdes.utf8()))
                .windowedBy(TimeWindows.ofSizeWithNoGrace(Duration.ofMillis(10)))
                .count(Materialized.as(windows));
        ProjectionRuntime runtime =
                started(RuntimeConfig.defaults(), Projection.of("late", 1, builder.build()));
        appendAt(20, 9, 15);
        assertTrue(runtime.awaitPosition("late", 2, Notes.LONG));
        assertEquals(2, runtime.metrics("late").droppedRecordsTotal());
        runtime.pause("late");
        runtime.resume("late");
        appendAt(19, 25);
        assertTrue(runtime.awaitPosition("late", 4, Notes.LONG));
        assertEquals(3, runtime.metrics("late").droppedRecordsTotal());
        assertEquals(Map.of("windows", 3L), runtime.metrics("late").droppedRecords());
        try (ReadView view = runtime.readView("late", PositionBound.any(), Notes.LONG)) {
            assertEquals(
                    List.of(Map.entry(new Windowed<>("author-1", new Window(20, 30)), 2L)),
                    view.store(windows).all());
        }
    }

    private void appendAt(long... times) {
        EventBatch batch = new EventBatch();
        for (long time : times) {
            batch.add(
                    StreamId.of(Notes.CATEGORY, "author-1"),
                    serde,
                    new Notes.Note(1, time),
                    OptionalLong.of(time));
        }
        store.append(batch);
    }

    @Test
    void shouldCountWhatWasLeftOut() throws Exception {
        append(1, 0, 4);
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(
                                        digest("skips", MetricsTest::refuseTheSecond),
                                        ProjectionConfig.defaults()
                                                .withErrorPolicy(ErrorPolicy.skip()))
                                .build());
        runtime.start();
        assertTrue(runtime.awaitPosition("skips", 3, Notes.LONG));
        assertEquals(new DeadLetterCounts(0, 0, 1), runtime.metrics("skips").deadLetters());
        assertEquals(3, runtime.metrics("skips").processTotal());
    }

    private static void refuseTheSecond(Notes.Note note) {
        if (note.number() == 1) {
            throw new IllegalStateException("on purpose");
        }
    }

    @Test
    void shouldStillTellAfterClose() throws Exception {
        ProjectionRuntime runtime = runtime(RuntimeConfig.defaults(), digest("one", NOTHING));
        assertEquals(ProjectionState.CREATED, runtime.metrics("one").state());
        runtime.start();
        append(1, 0, 3);
        assertComplete(runtime, "one");
        runtime.close();
        ProjectionMetrics after = runtime.metrics("one");
        assertEquals(ProjectionState.STOPPED, after.state());
        assertEquals(3, after.processTotal());
        assertEquals(0, after.recordsLag());
        assertEquals(0, after.openViews());
    }

    @Test
    void shouldTellTheHeadWithoutProjectionsAndAsOfTheEnd() {
        append(1, 0, 3);
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), digest("one", NOTHING));
        runtime.remove("one", RemovedData.KEEP);
        assertEquals(2, runtime.metrics().head());
        append(1, 3, 1);
        assertEquals(3, runtime.metrics().head());
        runtime.close();
        append(1, 4, 1);
        assertEquals(3, runtime.metrics().head());
        store.close();
        assertEquals(3, runtime.metrics().head());
    }

    @Test
    void shouldTellTheAgeOfAViewOfAGenerationThatIsLiveNoMore() throws Exception {
        append(1, 0, 1);
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), digest("one", NOTHING));
        assertComplete(runtime, "one");
        try (ReadView old = runtime.readView("one", PositionBound.any(), Notes.LONG)) {
            Rebuild rebuild = runtime.rebuild("one");
            assertTrue(rebuild.await(Notes.LONG));
            rebuild.promote();
            assertEquals(0, runtime.metrics("one").openViews());
            assertEquals(0, old.position());
            assertTrue(runtime.metrics().oldestOpenView().toNanos() > 0);
        }
        assertEquals(Duration.ZERO, runtime.metrics().oldestOpenView());
    }
}
