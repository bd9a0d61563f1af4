package io.varve.projections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.OrderEvent.Cancelled;
import io.varve.projections.OrderEvent.Placed;
import io.varve.projections.OrderEvent.Shipped;
import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.serde.Serdes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class FoldTest {
    private static final StoreRef<String, Order> ORDERS = StoreRef.of("orders");
    private static final StoreRef<String, Long> SPENT = StoreRef.of("spent");

    /** An order as its events have left it. */
    record Order(String customer, long cents, String country) {
        static Order none() {
            return new Order("", 0, "");
        }
    }

    private static FoldBuilder<OrderEvent, String, Order> orders() {
        return Projection.fold(
                "orders",
                1,
                "orders",
                OrderEvent.SERDE,
                Materialized.as(ORDERS, Serdes.utf8(), Serdes.json(Order.class)),
                Order::none);
    }

    @Test
    void shouldKeepOneRowPerStream() {
        Projection projection =
                orders().on(Placed.class, (o, e) -> new Order(e.customer(), e.cents(), o.country()))
                        .on(
                                Shipped.class,
                                (o, e) -> new Order(o.customer(), o.cents(), e.country()))
                        .on(Cancelled.class, (o, e) -> null)
                        .build();
        try (TopologyTestDriver driver = new TopologyTestDriver(projection)) {
            driver.pipe("orders", "1", new Placed("ann", 10));
            driver.pipe("orders", "2", new Placed("bob", 20));
            driver.pipe("orders", "1", new Shipped("DE"));
            driver.pipe("orders", "2", new Cancelled("no"));
            assertEquals(
                    List.of(Map.entry("1", new Order("ann", 10, "DE"))),
                    driver.store(ORDERS).all());
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldIgnoreEventsWithoutFunction() {
        Projection projection =
                orders().on(Placed.class, (o, e) -> new Order(e.customer(), 0, "")).build();
        try (TopologyTestDriver driver = new TopologyTestDriver(projection)) {
            driver.pipe("orders", "1", new Shipped("DE"));
            assertEquals(0, driver.store(ORDERS).count());
        }
    }

    @Test
    void shouldFoldOverManyStreamsByAKeyOfTheEvent() {
        Projection projection =
                Projection.fold(
                                "spent",
                                1,
                                "orders",
                                OrderEvent.SERDE,
                                event -> event instanceof Placed p ? p.customer() : null,
                                Materialized.as(SPENT, Serdes.utf8(), Serdes.int64()),
                                () -> 0L)
                        .on(Placed.class, (sum, event) -> sum + event.cents())
                        .on(Shipped.class, (sum, event) -> sum - 1)
                        .build();
        try (TopologyTestDriver driver = new TopologyTestDriver(projection)) {
            driver.pipe("orders", "1", new Placed("ann", 10));
            driver.pipe("orders", "2", new Placed("ann", 20));
            driver.pipe("orders", "2", new Shipped("DE"));
            assertEquals(Optional.of(30L), driver.store(SPENT).get("ann"));
        }
    }

    @Test
    void shouldRefuseAClassThatHasAFunctionAlready() {
        FoldBuilder<OrderEvent, String, Order> fold = orders().on(Placed.class, (o, e) -> o);
        assertThrows(IllegalArgumentException.class, () -> fold.on(Placed.class, (o, e) -> null));
    }

    @Test
    void shouldRefuseAClassThatNoEventIsExactlyOf() {
        assertThrows(
                IllegalArgumentException.class, () -> orders().on(OrderEvent.class, (o, e) -> o));
    }

    @Test
    void shouldRefuseAFoldWithoutFunctions() {
        assertThrows(IllegalArgumentException.class, () -> orders().build());
    }

    @Test
    void shouldSayWhichEventsItTakesByTheirNamesInTheLog() {
        Projection one =
                orders().on(Shipped.class, (o, e) -> o).on(Placed.class, (o, e) -> o).build();
        Projection same =
                orders().on(Placed.class, (o, e) -> null).on(Shipped.class, (o, e) -> o).build();
        Projection more =
                orders().on(Shipped.class, (o, e) -> o)
                        .on(Placed.class, (o, e) -> o)
                        .on(Cancelled.class, (o, e) -> null)
                        .build();
        String said = one.topology().describe();
        assertTrue(said.contains("(stores: [orders, orders/on placed, orders/on shipped])"), said);
        assertEquals(said, same.topology().describe());
        assertNotEquals(said, more.topology().describe());
        assertEquals(Set.of("orders"), one.topology().tables());
    }

    private static final Fold<OrderEvent, Order> ORDER =
            Fold.<OrderEvent, Order>startingWith(Order::none)
                    .on(Placed.class, (o, e) -> new Order(e.customer(), e.cents(), o.country()))
                    .on(Cancelled.class, (o, e) -> null)
                    .build();

    /** The same events of each stream, on demand and as a projection. */
    @Test
    void shouldGiveOnDemandWhatTheProjectionKeeps() {
        Projection projection =
                ORDER.projection(
                        "orders",
                        1,
                        "orders",
                        OrderEvent.SERDE,
                        Materialized.as(ORDERS, Serdes.utf8(), Serdes.json(Order.class)));
        Random random = new Random(Long.getLong("varve.seed", 11));
        Map<String, List<OrderEvent>> streams = new TreeMap<>();
        try (TopologyTestDriver driver = new TopologyTestDriver(projection)) {
            for (int i = 0; i < 500; i++) {
                String key = "o" + random.nextInt(20);
                OrderEvent event =
                        switch (random.nextInt(4)) {
                            case 0 -> new Cancelled("no");
                            case 1 -> new Shipped("DE");
                            default -> new Placed("ann", i);
                        };
                streams.computeIfAbsent(key, k -> new ArrayList<>()).add(event);
                driver.pipe("orders", key, event);
            }
            streams.forEach(
                    (key, events) -> {
                        assertEquals(ORDER.load(events), driver.store(ORDERS).get(key), key);
                        Optional<Order> stepped = Optional.empty();
                        for (OrderEvent event : events) {
                            stepped = ORDER.apply(stepped, event);
                        }
                        assertEquals(ORDER.load(events), stepped, key);
                    });
            driver.assertRebuildMatches();
        }
        assertEquals(Set.of(Placed.class, Cancelled.class), ORDER.events());
    }

    @Test
    void shouldHaveNoStateWithoutAnEventThatCounts() {
        assertEquals(Optional.empty(), ORDER.load(List.of()));
        assertEquals(Optional.empty(), ORDER.load(List.of(new Shipped("DE"))));
        assertThrows(IllegalArgumentException.class, () -> Fold.startingWith(Order::none).build());
    }
}
