package io.varve.projections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.OrderEvent.Shipped;
import io.varve.projections.query.ReadOnlyKeyValueStore;
import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.serde.Serdes;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReadOnlyKeyValueStoreTest {
    private static final StoreRef<String, Long> COUNTS = StoreRef.of("counts");

    private static Topology topology() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("orders", Consumed.with(OrderEvent.SERDE))
                .groupByKey()
                .count(Materialized.as(COUNTS, Serdes.utf8(), Serdes.int64()));
        return builder.build();
    }

    private static TopologyTestDriver driver(String... keys) {
        TopologyTestDriver driver = new TopologyTestDriver(topology());
        for (String key : keys) {
            driver.pipe("orders", key, new Shipped("DE"));
        }
        return driver;
    }

    private static List<String> range(
            ReadOnlyKeyValueStore<String, Long> store, String from, String to) {
        List<String> keys = new ArrayList<>();
        store.range(from, to, (key, value) -> keys.add(key));
        return keys;
    }

    @Test
    void shouldWalkARangeInByteOrder() {
        try (TopologyTestDriver driver = driver("b", "aa", "\u00e4", "c", "a", "b")) {
            ReadOnlyKeyValueStore<String, Long> store = driver.store(COUNTS);
            assertEquals(List.of("aa", "b"), range(store, "aa", "c"));
            assertEquals(List.of("a", "aa"), range(store, "", "b"));
            assertEquals(List.of(), range(store, "b", "b"));
            assertEquals(List.of(), range(store, "c", "a"));
            assertEquals(List.of(), range(store, "a", ""));
            assertEquals(5, store.count());
            assertEquals("\u00e4", store.all().get(4).getKey());
        }
    }

    @Test
    void shouldFindNoRowForAKeyThatNoRowCanHave() {
        try (TopologyTestDriver driver = driver("a")) {
            assertEquals(Optional.empty(), driver.store(COUNTS).get(""));
            assertEquals(Optional.empty(), driver.store(COUNTS).get("a".repeat(512)));
            assertEquals(Optional.of(1L), driver.store(COUNTS).get("a"));
        }
    }

    @Test
    void shouldNameTheKnownStoresWhenAskedForAnother() {
        try (StateEnvironment environment = StateEnvironment.inMemory(topology().stores());
                StateView view = environment.view()) {
            TopologyException refused =
                    assertThrows(
                            TopologyException.class,
                            () -> topology().store(StoreRef.of("count"), view));
            assertTrue(
                    refused.getMessage().contains("store=count known=[counts]"),
                    refused::getMessage);
        }
    }
}
