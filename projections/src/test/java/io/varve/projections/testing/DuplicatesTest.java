package io.varve.projections.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.projections.Consumed;
import io.varve.projections.KeyValueStore;
import io.varve.projections.Materialized;
import io.varve.projections.OrderEvent;
import io.varve.projections.OrderEvent.Shipped;
import io.varve.projections.Processor;
import io.varve.projections.ProcessorContext;
import io.varve.projections.Produced;
import io.varve.projections.Record;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.projections.Topology;
import io.varve.store.EventHeaders;
import io.varve.store.serde.Serdes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class DuplicatesTest {
    private static final StoreRef<String, Long> COUNTS = StoreRef.of("counts");
    private static final StoreRef<UUID, Long> IDS = StoreRef.of("ids");
    private static final EventHeaders ID = EventHeaders.NONE.withEventId(new UUID(1, 2));

    private final List<String> applied = new ArrayList<>();

    private Topology counting() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("orders", Consumed.with(OrderEvent.SERDE))
                .peek((key, event) -> applied.add(key))
                .groupByKey()
                .count(Materialized.as(COUNTS));
        builder.stream("orders", Consumed.with(OrderEvent.SERDE))
                .to("copies", Produced.with(OrderEvent.SERDE));
        return builder.build();
    }

    /** Lets the first event of each id through. */
    private static final class Once implements Processor<String, OrderEvent, String, OrderEvent> {
        private ProcessorContext<String, OrderEvent> context;
        private KeyValueStore<UUID, Long> ids;

        @Override
        public void init(ProcessorContext<String, OrderEvent> given) {
            context = given;
            ids = given.store(IDS);
        }

        @Override
        public void process(Record<String, OrderEvent> record) {
            UUID id = context.headers().eventId().orElseThrow();
            if (ids.putIfAbsent(id, context.position()).isEmpty()) {
                context.forward(record);
            }
        }
    }

    @Test
    void shouldChangeNothingByEventsThatAreGivenAgain() {
        try (TopologyTestDriver driver = new TopologyTestDriver(counting()).commitEvery(3)) {
            for (String key : List.of("a", "b", "c", "a")) {
                driver.pipe("orders", key, new Shipped("DE"));
            }
            int before = applied.size();
            driver.redeliver(100);
            assertEquals(List.of("a"), applied.subList(before, applied.size()), "not committed");
            assertEquals(Optional.of(2L), driver.store(COUNTS).get("a"));
            driver.redeliver(100);
            assertEquals(before + 1, applied.size(), "all are committed");
            assertEquals(Optional.of(2L), driver.store(COUNTS).get("a"));
            assertEquals(4, driver.emitted("copies", OrderEvent.class).size());
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldRefuseToGiveFewerThanNoneAgain() {
        try (TopologyTestDriver driver = new TopologyTestDriver(counting())) {
            assertThrows(IllegalArgumentException.class, () -> driver.redeliver(-1));
            driver.redeliver(1); // there is none
        }
    }

    @Test
    void shouldAppendADuplicateAsItsProducerWould() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.addStateStore(Materialized.as(IDS, Serdes.uuid(), Serdes.int64()));
        builder.stream("orders", Consumed.with(OrderEvent.SERDE))
                .process(Once::new, IDS)
                .groupByKey()
                .count(Materialized.as(COUNTS, Serdes.utf8(), Serdes.int64()));
        try (TopologyTestDriver driver = new TopologyTestDriver(builder.build())) {
            long first = driver.pipe("orders", "a", new Shipped("DE"), 5, ID);
            driver.pipe("orders", "a", new Shipped("DE"), 6, ID.withEventId(new UUID(1, 3)));
            assertEquals(2, driver.pipeDuplicate(first));
            assertEquals(Optional.of(2L), driver.store(COUNTS).get("a"));
            assertEquals(2, driver.store(IDS).count());
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldCountADuplicateWhereNobodyNoticesIt() {
        try (TopologyTestDriver driver = new TopologyTestDriver(counting())) {
            long first = driver.pipe("orders", "a", new Shipped("DE"), 5);
            driver.pipeDuplicate(first);
            assertEquals(Optional.of(2L), driver.store(COUNTS).get("a"));
            assertEquals(
                    List.of(5L, 5L),
                    driver.emitted("copies", OrderEvent.class).stream()
                            .map(EmittedRecord::eventTimeMillis)
                            .toList());
            assertThrows(IllegalArgumentException.class, () -> driver.pipeDuplicate(100));
            assertThrows(IllegalArgumentException.class, () -> driver.pipeDuplicate(-1));
        }
    }
}
