package io.varve.projections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.varve.projections.OrderEvent.Cancelled;
import io.varve.projections.OrderEvent.Placed;
import io.varve.projections.OrderEvent.Shipped;
import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.serde.Serdes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GroupedStreamTest {
    private static final StoreRef<String, Long> LONGS = StoreRef.of("longs");
    private static final StoreRef<String, String> TEXTS = StoreRef.of("texts");
    private static final Materialized<String, Long> AS_LONGS =
            Materialized.as(LONGS, Serdes.utf8(), Serdes.int64());

    private final StreamsBuilder builder = new StreamsBuilder();
    private final EventStream<String, OrderEvent> orders =
            builder.stream("orders", Consumed.with(OrderEvent.SERDE));

    /** A total that is changed in place. */
    static final class Total {
        public long cents;
    }

    private TopologyTestDriver driver() {
        return new TopologyTestDriver(builder.build());
    }

    @Test
    void shouldCountPerKey() {
        Table<String, Long> table = orders.groupByKey().count(AS_LONGS);
        assertSame(LONGS, table.ref());
        try (TopologyTestDriver driver = driver()) {
            for (int i = 0; i < 5; i++) {
                driver.pipe("orders", i % 2 == 0 ? "even" : "odd", new Shipped("DE"));
            }
            assertEquals(Optional.of(3L), driver.store(LONGS).get("even"));
            assertEquals(Optional.empty(), driver.store(LONGS).get("never"));
            assertEquals(
                    List.of(Map.entry("even", 3L), Map.entry("odd", 2L)),
                    driver.store(LONGS).all());
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldReduceFromTheFirstValueAsItIs() {
        orders.flatMapValues(event -> event instanceof Placed p ? List.of(p.customer()) : List.of())
                .groupByKey(Grouped.with(Serdes.utf8(), Serdes.utf8()))
                .reduce((a, b) -> b.equals("stop") ? null : a + b, Materialized.as(TEXTS));
        try (TopologyTestDriver driver = driver()) {
            driver.pipe("orders", "1", new Placed("a", 1));
            driver.pipe("orders", "1", new Placed("b", 1));
            assertEquals(Optional.of("ab"), driver.store(TEXTS).get("1"));
            driver.pipe("orders", "1", new Placed("stop", 1));
            assertEquals(0, driver.store(TEXTS).count());
            driver.pipe("orders", "1", new Placed("c", 1));
            assertEquals(Optional.of("c"), driver.store(TEXTS).get("1"));
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldAggregateDeleteOnNullAndBeginAnew() {
        orders.groupByKey()
                .aggregate(
                        () -> 100L,
                        (key, event, sum) ->
                                event instanceof Placed p ? Long.valueOf(sum + p.cents()) : null,
                        AS_LONGS);
        try (TopologyTestDriver driver = driver()) {
            driver.pipe("orders", "1", new Placed("ann", 1));
            driver.pipe("orders", "1", new Placed("ann", 2));
            assertEquals(Optional.of(103L), driver.store(LONGS).get("1"));
            driver.pipe("orders", "1", new Cancelled("no"));
            driver.pipe("orders", "2", new Cancelled("never there"));
            assertEquals(List.of(), driver.store(LONGS).all());
            driver.pipe("orders", "1", new Placed("ann", 3));
            assertEquals(Optional.of(103L), driver.store(LONGS).get("1"));
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldPassOverRecordsWithoutKeyOrValue() {
        orders.map(
                        (key, event) ->
                                event instanceof Placed p
                                        ? KeyValue.pair(p.customer(), null)
                                        : KeyValue.pair(null, "value"))
                .groupByKey()
                .count(AS_LONGS);
        try (TopologyTestDriver driver = driver()) {
            driver.pipe("orders", "1", new Placed("ann", 1));
            driver.pipe("orders", "1", new Shipped("DE"));
            assertEquals(0, driver.store(LONGS).count());
        }
    }

    @Test
    void shouldWriteAggregatesThatAreChangedInPlace() {
        StoreRef<String, Total> totals = StoreRef.of("totals");
        orders.groupByKey()
                .aggregate(
                        Total::new,
                        (key, event, total) -> {
                            total.cents += ((Placed) event).cents();
                            return total;
                        },
                        Materialized.as(totals, Serdes.utf8(), TotalSerde.SERDE));
        for (int commitEvery : new int[] {1, 2, 100}) {
            try (TopologyTestDriver driver = driver().commitEvery(commitEvery)) {
                for (int i = 0; i < 9; i++) {
                    driver.pipe("orders", "1", new Placed("ann", 1));
                }
                driver.crash();
                assertEquals(9, driver.store(totals).get("1").orElseThrow().cents);
                driver.assertRebuildMatches();
            }
        }
    }

    @Test
    void shouldTellNodesBehindATableWhatARowWasAndIs() {
        TopologyBuilder graph = new TopologyBuilder();
        TopologyNode source = graph.source("orders", Consumed.with(OrderEvent.SERDE));
        new GroupedStream<String, OrderEvent>(
                        graph,
                        source,
                        new Grouped<>(Optional.empty(), Optional.empty(), Optional.empty()))
                .aggregate(
                        () -> 0L,
                        (key, event, n) -> event instanceof Cancelled ? null : Long.valueOf(n + 1),
                        Named.as("count"),
                        AS_LONGS);
        List<String> changes = new ArrayList<>();
        TopologyNode table = graph.build().nodes().get(1);
        Operator<String, Object> behind = (key, change, out) -> changes.add(key + " " + change);
        graph.stateless("behind", stores -> behind, table);
        try (TopologyTestDriver driver = new TopologyTestDriver(graph.build())) {
            driver.pipe("orders", "1", new Shipped("DE"));
            driver.pipe("orders", "1", new Shipped("DE"));
            driver.pipe("orders", "1", new Cancelled("no"));
            driver.pipe("orders", "1", new Cancelled("again"));
        }
        assertEquals(
                List.of(
                        "1 Change[oldValue=null, newValue=1, isLatest=true]",
                        "1 Change[oldValue=1, newValue=2, isLatest=true]",
                        "1 Change[oldValue=2, newValue=null, isLatest=true]",
                        "1 Change[oldValue=null, newValue=null, isLatest=true]"),
                changes);
    }
}
