package io.varve.projections;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.projections.GroupedStreamTest.Total;
import io.varve.projections.OrderEvent.Cancelled;
import io.varve.projections.OrderEvent.Placed;
import io.varve.projections.OrderEvent.Shipped;
import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.StreamId;
import io.varve.store.serde.Serdes;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.StateConfig;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateView;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random events, commits, crashes and abandoned batches, against maps that see each event once. */
class ProjectionModelTest {
    private static final int RUNS = 300;
    private static final StoreRef<String, Long> COUNTED = StoreRef.of("counted");
    private static final StoreRef<String, Long> REDUCED = StoreRef.of("reduced");
    private static final StoreRef<String, Total> AGGREGATED = StoreRef.of("aggregated");
    private static final StoreRef<String, String> FOLDED = StoreRef.of("folded");

    private final Topology topology = topology();
    private final Topology fold = fold();

    /**
     * Count over a merge; reduce by another key, with deletes; aggregate in place, with deletes.
     */
    private static Topology topology() {
        StreamsBuilder builder = new StreamsBuilder();
        EventStream<String, OrderEvent> orders =
                builder.stream("orders", Consumed.with(OrderEvent.SERDE));
        EventStream<String, OrderEvent> returns =
                builder.stream("returns", Consumed.with(OrderEvent.SERDE));
        orders.filterNot((key, event) -> event instanceof Shipped)
                .merge(returns)
                .groupByKey()
                .count(Materialized.as(COUNTED));
        orders.map(
                        (key, event) ->
                                event instanceof Placed p
                                        ? KeyValue.pair(p.customer(), p.cents())
                                        : new KeyValue<String, Long>(null, 0L))
                .groupByKey(Grouped.with(Serdes.utf8(), Serdes.int64()))
                .reduce(
                        (a, b) -> (a + b) % 3 == 0 ? null : Long.valueOf(a + b),
                        Materialized.as(REDUCED));
        orders.groupByKey()
                .aggregate(
                        Total::new,
                        (key, event, total) -> {
                            total.cents += event instanceof Placed p ? p.cents() : 1;
                            return event instanceof Cancelled ? null : total;
                        },
                        Materialized.as(AGGREGATED).withValueSerde(TotalSerde.SERDE));
        return builder.build();
    }

    private static Topology fold() {
        return Projection.fold(
                        "fold",
                        1,
                        "orders",
                        OrderEvent.SERDE,
                        Materialized.as(FOLDED, Serdes.utf8(), Serdes.utf8()),
                        () -> ">")
                .on(Placed.class, (state, event) -> state + event.customer())
                .on(Cancelled.class, (state, event) -> null)
                .build()
                .topology();
    }

    /** What the stores must hold. */
    private static final class Oracle {
        final Map<String, Long> counted = new TreeMap<>();
        final Map<String, Long> reduced = new TreeMap<>();
        final Map<String, Long> aggregated = new TreeMap<>();
        final Map<String, String> folded = new TreeMap<>();

        void see(SourceEvent event) {
            String key = event.stream().key();
            boolean order = event.stream().category().equals("orders");
            if (!order || !(event.value() instanceof Shipped)) {
                counted.merge(key, 1L, Long::sum);
            }
            if (!order) {
                return;
            }
            if (event.value() instanceof Placed p) {
                reduced.merge(p.customer(), p.cents(), (a, b) -> (a + b) % 3 == 0 ? null : a + b);
                aggregated.merge(key, p.cents(), Long::sum);
                folded.merge(key, ">" + p.customer(), (a, b) -> a + b.substring(1));
            } else if (event.value() instanceof Shipped) {
                aggregated.merge(key, 1L, Long::sum);
            } else {
                aggregated.remove(key);
                folded.remove(key);
            }
        }
    }

    private static List<SourceEvent> events(Random random) {
        List<SourceEvent> events = new ArrayList<>();
        long position = random.nextInt(3);
        int count = random.nextInt(80);
        for (int i = 0; i < count; i++) {
            OrderEvent value =
                    switch (random.nextInt(5)) {
                        case 0 -> new Shipped("DE");
                        case 1 -> new Cancelled("no");
                        default -> new Placed("c" + random.nextInt(3), random.nextInt(50));
                    };
            String category = random.nextInt(4) == 0 ? "returns" : "orders";
            StreamId stream = StreamId.of(category, "s" + random.nextInt(4));
            events.add(
                    SourceEvent.of(position, stream, 0, OrderEvent.SERDE.typeOf(value), 0, value));
            position += 1 + random.nextInt(3) / 2;
        }
        return events;
    }

    /**
     * Feeds a task as an engine does, with everything that can happen to it; ends with a commit.
     */
    private static void run(
            Topology topology,
            StateEnvironment environment,
            List<SourceEvent> events,
            Random random) {
        ProjectionTask task = AnyCache.task(topology, environment, random);
        int next = 0;
        while (next < events.size()) {
            task.process(events.get(next++));
            switch (random.nextInt(12)) {
                case 0, 1, 2 -> task.commit(at(events.get(next - 1).position()));
                case 3 -> {
                    task.abandon();
                    next = resume(task, events);
                }
                case 4 -> {
                    task.close();
                    task = AnyCache.task(topology, environment, random);
                    next = resume(task, events);
                }
                default -> {}
            }
        }
        events.stream()
                .reduce((a, b) -> b)
                .map(last -> at(last.position()))
                .ifPresent(task::commit);
        task.close();
    }

    private static int resume(ProjectionTask task, List<SourceEvent> events) {
        long committed = task.checkpoint().map(Checkpoint::position).orElse(-1L);
        return (int) events.stream().filter(event -> event.position() <= committed).count();
    }

    private static Checkpoint at(long position) {
        return new Checkpoint(new UUID(0, 0), 0, position, 0);
    }

    private static <V> Map<String, V> rows(
            Topology topology, StoreRef<String, V> ref, StateView view) {
        Map<String, V> rows = new TreeMap<>();
        topology.store(ref, view).forEach(rows::put);
        return rows;
    }

    @Test
    void shouldHoldWhatMapsHoldThatSeeEachEventOnce() {
        for (long seed = 0; seed < RUNS; seed++) {
            try (StateEnvironment environment = StateEnvironment.inMemory(topology.tables());
                    StateEnvironment foldEnvironment = StateEnvironment.inMemory(fold.tables())) {
                compareWithOracle(seed, environment, foldEnvironment);
            }
        }
    }

    @Test
    void shouldHoldTheSameOnDisk(@TempDir Path folder) {
        for (long seed = 0; seed < RUNS / 30; seed++) {
            try (StateEnvironment environment = onDisk(folder.resolve("t" + seed), topology);
                    StateEnvironment foldEnvironment = onDisk(folder.resolve("f" + seed), fold)) {
                compareWithOracle(seed, environment, foldEnvironment);
            }
        }
    }

    private static StateEnvironment onDisk(Path folder, Topology topology) {
        return StateEnvironment.open(
                StateConfig.at(folder).withTables(topology.tables().toArray(String[]::new)));
    }

    private void compareWithOracle(
            long seed, StateEnvironment environment, StateEnvironment foldEnvironment) {
        Random random = new Random(seed);
        List<SourceEvent> events = events(random);
        Oracle oracle = new Oracle();
        events.forEach(oracle::see);
        run(topology, environment, events, random);
        run(fold, foldEnvironment, events, random);
        try (StateView view = environment.view();
                StateView foldView = foldEnvironment.view()) {
            String at = "seed=" + seed;
            assertEquals(oracle.counted, rows(topology, COUNTED, view), at);
            assertEquals(oracle.reduced, rows(topology, REDUCED, view), at);
            Map<String, Long> totals = new TreeMap<>();
            rows(topology, AGGREGATED, view).forEach((k, v) -> totals.put(k, v.cents));
            assertEquals(oracle.aggregated, totals, at);
            assertEquals(oracle.folded, rows(fold, FOLDED, foldView), at);
        }
    }

    @Test
    void shouldRebuildToTheSameBytesInTheDriver() {
        for (long seed = 0; seed < RUNS / 10; seed++) {
            Random random = new Random(seed);
            try (TopologyTestDriver driver =
                    new TopologyTestDriver(
                            Projection.of("tables", 1, topology), Projection.of("fold", 1, fold))) {
                Oracle oracle = new Oracle();
                driver.commitEvery(1 + random.nextInt(20));
                for (SourceEvent event : events(random)) {
                    oracle.see(event);
                    driver.pipe(event.stream().category(), event.stream().key(), event.value());
                    if (random.nextInt(10) == 0) {
                        driver.crash();
                    }
                }
                Map<String, Long> counted = new TreeMap<>();
                driver.store(COUNTED).forEach(counted::put);
                assertEquals(oracle.counted, counted, "seed=" + seed);
                driver.assertRebuildMatches();
            }
        }
    }
}
