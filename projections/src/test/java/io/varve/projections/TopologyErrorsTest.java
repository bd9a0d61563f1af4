package io.varve.projections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serdes;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mistakes are told where they are made, with what to do about them. */
class TopologyErrorsTest {
    private static final Materialized<String, Long> COUNTS = Materialized.as(StoreRef.of("counts"));

    private final StreamsBuilder builder = new StreamsBuilder();
    private final EventStream<String, OrderEvent> orders =
            builder.stream("orders", Consumed.with(OrderEvent.SERDE));

    private static void assertRefused(String message, Executable mistake) {
        assertEquals(message, assertThrows(TopologyException.class, mistake).getMessage());
    }

    private static EventSerde<OrderEvent> anotherSerde() {
        return EventSerde.of(OrderEvent.class)
                .json("placed", OrderEvent.Placed.class)
                .json("shipped", OrderEvent.Shipped.class)
                .json("cancelled", OrderEvent.Cancelled.class)
                .build();
    }

    @Test
    void shouldRefuseTwoTablesInOneStore() {
        orders.groupByKey().count(COUNTS);
        assertRefused(
                "Two tables in one store: store=counts node=KSTREAM-AGGREGATE-0000000002"
                        + " other=KSTREAM-AGGREGATE-0000000001."
                        + " Give each table a StoreRef with a name of its own.",
                () -> orders.groupByKey().count(COUNTS));
    }

    @Test
    void shouldRefuseTwoNodesOfOneName() {
        orders.filter((key, event) -> true, Named.as("twice"));
        assertRefused(
                "Two nodes of one name: node=twice. Give one of them another Named.",
                () -> orders.peek((key, event) -> {}, Named.as("twice")));
    }

    @Test
    void shouldLeaveTheStoreFreeWhenTheNameWasTaken() {
        orders.filter((key, event) -> true, Named.as("taken"));
        assertThrows(
                TopologyException.class,
                () -> orders.groupByKey().count(Named.as("taken"), COUNTS));
        orders.groupByKey().count(Named.as("free"), COUNTS);
        assertEquals(List.of("counts"), List.copyOf(builder.build().stores()));
    }

    @Test
    void shouldRefuseATopologyWithoutSource() {
        assertRefused(
                "A topology needs a source: nodes=0. Call stream(category, Consumed.with(serde)) first.",
                () -> new StreamsBuilder().build());
    }

    @Test
    void shouldRefuseACategoryWithTwoSerdesOrTwoNames() {
        assertRefused(
                "A category is read with two serdes: category=orders. Keep the serde in a constant and"
                        + " give the same object both times, or call stream() once and use its result"
                        + " twice.",
                () -> builder.stream("orders", Consumed.with(anotherSerde())));
        assertRefused(
                "A category has one source node, which has another name: category=orders"
                        + " name=KSTREAM-SOURCE-0000000000 refused=mine. Name it where stream() is called"
                        + " first.",
                () -> builder.stream("orders", Consumed.with(OrderEvent.SERDE).withName("mine")));
    }

    @Test
    void shouldRefuseToMergeStreamsOfTwoBuilders() {
        EventStream<String, OrderEvent> other =
                new StreamsBuilder().stream("orders", Consumed.with(OrderEvent.SERDE));
        assertThrows(TopologyException.class, () -> orders.merge(other));
    }

    @Test
    void shouldRefuseAnAggregateWithoutValueSerde() {
        assertRefused(
                "A store has no value serde: store=sums. Use Materialized.as(ref, keySerde, valueSerde),"
                        + " or Grouped.with(keySerde, valueSerde).",
                () ->
                        orders.groupByKey()
                                .aggregate(
                                        () -> 0L,
                                        (key, event, sum) -> sum,
                                        Materialized.as(StoreRef.of("sums"))));
    }

    @Test
    void shouldRefuseSerdesThatAreNull() {
        assertThrows(IllegalArgumentException.class, () -> Consumed.with(null));
        assertThrows(
                IllegalArgumentException.class,
                () -> Materialized.as(StoreRef.<String, Long>of("x"), null, Serdes.int64()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "a b", "\u00e4"})
    void shouldRefuseNamesThatCouldNotBeTablesOrFolders(String name) {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> StoreRef.of(name));
        assertTrue(refused.getMessage().startsWith("Not a name for a store: name="), name);
        assertThrows(IllegalArgumentException.class, () -> Named.as(name));
        assertThrows(IllegalArgumentException.class, () -> Projection.of(name, 1, builder.build()));
    }

    @Test
    void shouldLimitNamesAndVersions() {
        assertEquals(100, StoreRef.of("n".repeat(100)).name().length());
        assertThrows(IllegalArgumentException.class, () -> StoreRef.of("n".repeat(101)));
        assertThrows(IllegalArgumentException.class, () -> StoreRef.of(null));
        assertThrows(IllegalArgumentException.class, () -> Projection.of("p", 0, builder.build()));
        assertEquals("p v3", Projection.of("p", 3, builder.build()).toString());
    }

    @Test
    void shouldNotChangeATopologyThatWasBuilt() {
        Topology before = builder.build();
        orders.groupByKey().count(COUNTS);
        assertEquals(0, before.stores().size());
        assertEquals(1, builder.build().stores().size());
    }

    @Test
    void shouldCompareSourcesByCategoryAndSerdeObject() {
        Source source = new Source("orders", OrderEvent.SERDE);
        assertEquals(source, new Source("orders", OrderEvent.SERDE));
        assertEquals(source.hashCode(), new Source("orders", OrderEvent.SERDE).hashCode());
        assertNotEquals(source, new Source("returns", OrderEvent.SERDE));
        // Equal in all that it says, yet another object.
        assertNotEquals(new Source("orders", anotherSerde()), new Source("orders", anotherSerde()));
        assertThrows(IllegalArgumentException.class, () -> new Source("a/b", OrderEvent.SERDE));
    }
}
