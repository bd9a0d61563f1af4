package io.varve.projections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.projections.OrderEvent.Cancelled;
import io.varve.projections.OrderEvent.Placed;
import io.varve.projections.OrderEvent.Shipped;
import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.serde.Serdes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * What each operator does to records: two orders go in, what comes out is written down by a peek.
 */
class EventStreamTest {
    private static final StoreRef<String, Long> COUNTS = StoreRef.of("counts");

    private final StreamsBuilder builder = new StreamsBuilder();
    private final EventStream<String, OrderEvent> orders =
            builder.stream("orders", Consumed.with(OrderEvent.SERDE));

    private <K, V> List<String> records(EventStream<K, V> stream) {
        List<String> seen = new ArrayList<>();
        stream.peek((key, value) -> seen.add(key + "=" + value));
        try (TopologyTestDriver driver = new TopologyTestDriver(builder.build())) {
            driver.pipe("orders", "1", new Placed("ann", 10));
            driver.pipe("orders", "2", new Shipped("DE"));
            driver.pipe("orders", "1", new Placed("bob", 20));
        }
        return seen;
    }

    /** Their cents, or null if they have none. */
    private static Long cents(OrderEvent event) {
        return event instanceof Placed placed ? placed.cents() : null;
    }

    @Test
    void shouldGiveEventsTheKeyOfTheirStream() {
        assertEquals(
                List.of(
                        "1=Placed[customer=ann, cents=10]",
                        "2=Shipped[country=DE]",
                        "1=Placed[customer=bob, cents=20]"),
                records(orders));
    }

    @Test
    void shouldKeepWhatThePredicateAccepts() {
        assertEquals(
                List.of("2=Shipped[country=DE]"),
                records(orders.filter((key, event) -> event instanceof Shipped)));
    }

    @Test
    void shouldDropWhatThePredicateAcceptsWithFilterNot() {
        assertEquals(
                List.of("2=Shipped[country=DE]"),
                records(orders.filterNot((key, event) -> key.equals("1"))));
    }

    @Test
    void shouldMapToNewKeysAndValues() {
        assertEquals(
                List.of("10=1", "null=2", "20=1"),
                records(orders.map((key, event) -> KeyValue.pair(cents(event), key))));
    }

    @Test
    void shouldMapValuesWithAndWithoutTheirKey() {
        assertEquals(
                List.of("1=10", "2=null", "1=20"),
                records(orders.mapValues(EventStreamTest::cents)));
        assertEquals(
                List.of("1=1/10", "2=2/null", "1=1/20"),
                records(orders.mapValues((key, event) -> key + "/" + cents(event))));
    }

    @Test
    void shouldFlattenValuesWithAndWithoutTheirKey() {
        Function<OrderEvent, List<Long>> twice =
                event -> cents(event) == null ? List.of() : List.of(cents(event), -cents(event));
        assertEquals(
                List.of("1=10", "1=-10", "1=20", "1=-20"),
                records(orders.flatMapValues(event -> twice.apply(event))));
        assertEquals(
                List.of("1=1", "1=1", "2=2", "2=2", "1=1", "1=1"),
                records(orders.flatMapValues((key, event) -> Arrays.asList(key, key))));
    }

    @Test
    void shouldMakeAnyNumberOfRecordsOfEach() {
        assertEquals(
                List.of("10=1", "-10=1", "20=1", "-20=1"),
                records(
                        orders.flatMap(
                                (key, event) ->
                                        cents(event) == null
                                                ? List.of()
                                                : List.of(
                                                        KeyValue.pair(cents(event), key),
                                                        KeyValue.pair(-cents(event), key)))));
    }

    @Test
    void shouldEndWithForeach() {
        List<String> seen = new ArrayList<>();
        orders.foreach((key, event) -> seen.add(key), Named.as("end"));
        records(orders);
        assertEquals(List.of("1", "2", "1"), seen);
    }

    @Test
    void shouldSelectANewKeyWhichMayBeNull() {
        assertEquals(
                List.of("10=Placed[customer=ann, cents=10]", "null=Shipped[country=DE]"),
                records(orders.selectKey((key, event) -> cents(event))).subList(0, 2));
    }

    @Test
    void shouldPassOnWhatItPeeksAt() {
        List<String> first = new ArrayList<>();
        List<String> second = records(orders.peek((key, event) -> first.add(key)));
        assertEquals(List.of("1", "2", "1"), first);
        assertEquals(3, second.size());
    }

    @Test
    void shouldMergeInTheOrderOfTheLog() {
        EventStream<String, String> returns =
                builder.stream("returns", Consumed.with(OrderEvent.SERDE))
                        .mapValues(e -> "returned");
        List<String> seen = new ArrayList<>();
        orders.mapValues(e -> "ordered").merge(returns).peek((key, value) -> seen.add(key + value));
        try (TopologyTestDriver driver = new TopologyTestDriver(builder.build())) {
            driver.pipe("orders", "1", new Shipped("DE"));
            driver.pipe("returns", "1", new Cancelled("broken"));
            driver.pipe("orders", "2", new Shipped("DE"));
        }
        assertEquals(List.of("1ordered", "1returned", "2ordered"), seen);
    }

    @Test
    void shouldSeeEachRecordTwiceWhenMergedWithItself() {
        assertEquals(6, records(orders.merge(orders)).size());
    }

    @Test
    void shouldReadACategoryOnceThoughItIsDeclaredTwice() {
        EventStream<String, OrderEvent> again =
                builder.stream("orders", Consumed.with(OrderEvent.SERDE));
        assertEquals(3, records(again).size());
        assertEquals(1, builder.build().sources().size());
    }

    @Test
    void shouldDropRecordsWithoutGroup() {
        orders.groupBy(
                        (key, event) -> event instanceof Placed placed ? placed.customer() : null,
                        Grouped.keySerde(Serdes.utf8()))
                .count(Materialized.as(COUNTS));
        try (TopologyTestDriver driver = new TopologyTestDriver(builder.build())) {
            driver.pipe("orders", "1", new Placed("ann", 10));
            driver.pipe("orders", "1", new Shipped("DE"));
            driver.pipe("orders", "2", new Placed("ann", 10));
            assertEquals(List.of(Map.entry("ann", 2L)), driver.store(COUNTS).all());
        }
    }

    @Test
    void shouldKnowTheKeySerdeOfASourceUntilTheKeyChanges() {
        EventStream<String, OrderEvent> kept =
                orders.filter((key, event) -> true).peek((key, event) -> {}).merge(orders);
        kept.groupByKey().count(Materialized.as(COUNTS));
        TopologyException refused =
                assertThrows(
                        TopologyException.class,
                        () ->
                                kept.selectKey((key, event) -> key)
                                        .groupByKey()
                                        .count(Materialized.as(StoreRef.of("other"))));
        assertEquals(
                "A store has no key serde: store=other. Use Materialized.as(ref, keySerde, valueSerde),"
                        + " or Grouped.with(keySerde, valueSerde).",
                refused.getMessage());
    }

    @Test
    void shouldRefuseAMapperThatReturnsNothing() {
        orders.map((key, event) -> null, Named.as("nothing"));
        try (TopologyTestDriver driver = new TopologyTestDriver(builder.build())) {
            ProjectionException failed =
                    assertThrows(
                            ProjectionException.class,
                            () -> driver.pipe("orders", "1", new Shipped("DE")));
            assertEquals("nothing", failed.node());
        }
    }
}
