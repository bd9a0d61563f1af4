package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Consumed;
import io.varve.projections.EmitStrategy;
import io.varve.projections.KeyValue;
import io.varve.projections.KeyValueStore;
import io.varve.projections.Materialized;
import io.varve.projections.Named;
import io.varve.projections.Processor;
import io.varve.projections.ProcessorContext;
import io.varve.projections.Projection;
import io.varve.projections.PunctuationType;
import io.varve.projections.Record;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.projections.Tick;
import io.varve.projections.TimeWindows;
import io.varve.projections.Windowed;
import io.varve.store.EventQuery;
import io.varve.store.EventStore;
import io.varve.store.ExpectedVersion;
import io.varve.store.StoreConfig;
import io.varve.store.serde.Serdes;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ticks come when they are of use, and at no other time. */
class TickerTest extends RuntimeTestBase {
    private static final StoreRef<Windowed<String>, Long> MINUTES = StoreRef.of("minutes");
    private static final StoreRef<String, Long> TOLD = StoreRef.of("told");
    private static final StoreRef<String, Long> CALLS = StoreRef.of("calls");
    private static final RuntimeConfig OFTEN =
            RuntimeConfig.defaults().withTickInterval(Duration.ofMillis(1));
    private static final long MINUTE = 60_000;

    private final SetClock clock = new SetClock();

    @BeforeEach
    void setClock() {
        store.close();
        store = EventStore.open(StoreConfig.at(folder.resolve("log")).withClock(clock));
    }

    /** Notes of each minute, told of when it is over. */
    private Projection minutes(String name) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(Notes.CATEGORY, Consumed.with(serde).withTicks())
                .groupByKey()
                .windowedBy(TimeWindows.ofSizeWithNoGrace(Duration.ofMillis(MINUTE)))
                .emitStrategy(EmitStrategy.onWindowClose())
                .count(Materialized.windowed(MINUTES, Serdes.utf8(), Serdes.int64()))
                .toStream()
                .map((minute, count) -> KeyValue.pair(minute.key(), count))
                .toTable(Materialized.as(TOLD, Serdes.utf8(), Serdes.int64()));
        return Projection.of(name, 1, builder.build());
    }

    private static Map<String, Long> rows(
            ProjectionRuntime runtime, String name, StoreRef<String, Long> ref, long position)
            throws Exception {
        Map<String, Long> rows = new LinkedHashMap<>();
        try (ReadView view = runtime.readView(name, PositionBound.at(position), Notes.LONG)) {
            view.store(ref).forEach(rows::put);
        }
        return rows;
    }

    private static void until(BooleanSupplier reached) throws InterruptedException {
        long deadline = System.nanoTime() + Notes.LONG.toNanos();
        while (!reached.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "not reached");
            LockSupport.parkNanos(1_000_000); // what is awaited is left the processor
        }
    }

    private void untilAtRest() throws InterruptedException {
        until(
                () ->
                        Ticker.thread(store).map(Thread::getState).orElse(Thread.State.NEW)
                                == Thread.State.WAITING);
    }

    private long ticks() {
        long[] ticks = {0};
        store.read(
                EventQuery.all(),
                event -> {
                    if (event.stream().equals(Tick.STREAM)) {
                        ticks[0]++;
                    }
                    return true;
                });
        return ticks[0];
    }

    @Test
    void shouldCloseTheWindowOfAQuietStream() throws Exception {
        ProjectionRuntime runtime = started(OFTEN, minutes("minutes"));
        untilAtRest();
        append(1, 0, 3);
        assertEquals(Map.of(), rows(runtime, "minutes", TOLD, 2));
        clock.millis.addAndGet(MINUTE);
        assertEquals(Map.of("author-1", 3L), rows(runtime, "minutes", TOLD, 3));
        untilAtRest();
        assertEquals(1, ticks());
        assertTrue(runtime.timeTravel("minutes").verify().isSound());
        Rebuild rebuild = runtime.rebuild("minutes");
        assertTrue(rebuild.await(Notes.LONG));
        rebuild.promote();
        assertEquals(Map.of("author-1", 3L), rows(runtime, "minutes", TOLD, 3));
        assertEquals(1, ticks());
    }

    @Test
    void shouldCloseTheWindowAfterARestart() throws Exception {
        try (ProjectionRuntime runtime =
                ProjectionRuntime.builder(store, folder.resolve("models"))
                        .add(minutes("minutes"))
                        .config(OFTEN)
                        .build()) {
            runtime.start();
            append(1, 0, 3);
            assertTrue(runtime.awaitPosition("minutes", 2, Notes.LONG));
        }
        assertEquals(Optional.empty(), Ticker.thread(store));
        clock.millis.addAndGet(MINUTE);
        ProjectionRuntime next = started(OFTEN, minutes("minutes"));
        assertEquals(Map.of("author-1", 3L), rows(next, "minutes", TOLD, 3));
    }

    /** A row of each author that expires after a minute, in three partitions. */
    private ProjectionRuntime expiringInPartitions() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(Notes.CATEGORY, Consumed.with(serde).withTicks())
                .groupByKey()
                .count(
                        Materialized.as(TOLD, Serdes.utf8(), Serdes.int64())
                                .withTtl(Duration.ofMillis(MINUTE)));
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(
                                        Projection.of("rows", 1, builder.build()),
                                        FAILING.withPartitions(3))
                                .config(OFTEN)
                                .build());
        runtime.start();
        return runtime;
    }

    @Test
    void shouldCloseTheWindowsOfAllPartitions() throws Exception {
        ProjectionRuntime runtime = expiringInPartitions();
        for (int author = 0; author < 10; author++) {
            append(author, 0, 1);
        }
        assertEquals(10, rows(runtime, "rows", TOLD, 9).size());
        clock.millis.addAndGet(MINUTE + 1);
        assertEquals(Map.of(), rows(runtime, "rows", TOLD, 10));
        untilAtRest();
        assertEquals(1, ticks());
    }

    @Test
    void shouldCloseTheWindowOfTheOnlyPartitionThatHasOne() throws Exception {
        ProjectionRuntime runtime = expiringInPartitions();
        append(1, 0, 1);
        assertEquals(1, rows(runtime, "rows", TOLD, 0).size());
        clock.millis.addAndGet(MINUTE + 1);
        assertEquals(Map.of(), rows(runtime, "rows", TOLD, 1));
        untilAtRest();
        assertEquals(1, ticks());
    }

    @Test
    void shouldAppendNothingWhereNobodyAsksForTicks() throws Exception {
        ProjectionRuntime runtime = started(OFTEN, digest("digest", NOTHING));
        append(1, 0, 3);
        clock.millis.addAndGet(MINUTE);
        assertComplete(runtime, "digest");
        assertEquals(Optional.empty(), Ticker.thread(store));
        assertEquals(2, store.head());
    }

    /** Three projections of two runtimes have something due at the same time. */
    @Test
    void shouldAppendOneTickForAllWhoWantIt() throws Exception {
        ProjectionRuntime one = started(OFTEN, minutes("one"), minutes("two"));
        ProjectionRuntime other =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("others"))
                                .add(minutes("three"))
                                .config(OFTEN)
                                .build());
        other.start();
        append(1, 0, 3);
        assertTrue(one.awaitPosition("one", 2, Notes.LONG));
        clock.millis.addAndGet(MINUTE);
        for (String name : List.of("one", "two")) {
            assertEquals(Map.of("author-1", 3L), rows(one, name, TOLD, 3));
        }
        assertEquals(Map.of("author-1", 3L), rows(other, "three", TOLD, 3));
        untilAtRest();
        assertEquals(1, ticks());
        other.close();
        assertTrue(Ticker.thread(store).isPresent());
        one.close();
        assertEquals(Optional.empty(), Ticker.thread(store));
    }

    /** Notes when it was called by the clock. */
    private static final class Alarm implements Processor<String, Notes.Note, String, Long> {
        @Override
        public void init(ProcessorContext<String, Long> context) {
            KeyValueStore<String, Long> calls = context.store(CALLS);
            context.schedule(
                    Duration.ofMillis(MINUTE),
                    PunctuationType.WALL_CLOCK_TIME,
                    now -> calls.put("" + now, context.position()));
        }

        @Override
        public void process(Record<String, Notes.Note> record) {}
    }

    @Test
    void shouldPunctuateByTheClock() throws Exception {
        StreamsBuilder builder = new StreamsBuilder().withTicks();
        builder.addStateStore(Materialized.as(CALLS, Serdes.utf8(), Serdes.int64()));
        builder.stream(Notes.CATEGORY, Consumed.with(serde))
                .process(Alarm::new, Named.as("alarm"), CALLS);
        ProjectionRuntime runtime = started(OFTEN, Projection.of("alarm", 1, builder.build()));
        long began = clock.millis.get();
        assertEquals(Map.of(), rows(runtime, "alarm", CALLS, 0)); // a tick sets it going
        clock.millis.addAndGet(MINUTE);
        assertEquals(Map.of("" + (began + MINUTE), 1L), rows(runtime, "alarm", CALLS, 1));
        assertTrue(runtime.timeTravel("alarm").verify().isSound());
        assertEquals(2, ticks());
    }

    @Test
    void shouldTellThatTicksCannotBeAppended() throws Exception {
        store.tombstone(Tick.STREAM, ExpectedVersion.any());
        ProjectionRuntime runtime = started(OFTEN, minutes("minutes"));
        append(1, 0, 3);
        assertTrue(runtime.awaitPosition("minutes", 3, Notes.LONG));
        assertEquals(Health.Status.UP, runtime.health().status());
        clock.millis.addAndGet(MINUTE);
        until(() -> Ticker.failure(store).isPresent());
        assertEquals(
                List.of(HealthProblem.Kind.NO_TICKS),
                runtime.health().problems().stream().map(HealthProblem::kind).toList());
        assertEquals(Health.Status.DEGRADED, runtime.health().status());
        append(1, 3, 1);
        assertTrue(runtime.awaitPosition("minutes", 4, Notes.LONG), "goes on");
        runtime.close();
        assertEquals(Optional.empty(), Ticker.failure(store));
    }

    @Test
    void shouldSurviveAStoreThatIsClosedFirst() throws Exception {
        ProjectionRuntime runtime = started(OFTEN, minutes("minutes"));
        append(1, 0, 3);
        assertTrue(runtime.awaitPosition("minutes", 2, Notes.LONG));
        Thread ticker = Ticker.thread(store).orElseThrow();
        clock.millis.addAndGet(MINUTE);
        store.close();
        runtime.close();
        ticker.join(Notes.LONG.toMillis());
        assertEquals(Thread.State.TERMINATED, ticker.getState());
        assertEquals(Optional.empty(), Ticker.thread(store));
    }
}
