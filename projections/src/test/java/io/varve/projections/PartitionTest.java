package io.varve.projections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.OrderEvent.Placed;
import io.varve.store.StreamId;
import io.varve.store.bytes.BytesView;
import io.varve.store.serde.Serdes;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateView;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PartitionTest {
    private static final StoreRef<String, Long> BY_ORDER = StoreRef.of("by-order");
    private static final StoreRef<String, Long> BY_CUSTOMER = StoreRef.of("by-customer");

    private static BytesView bytes(String text) {
        return BytesView.of(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void shouldNeverMoveAKeyToAnotherPartition() {
        // Read models on disk are kept by these numbers: a change here loses their rows.
        List<Integer> found = new ArrayList<>();
        for (String key :
                List.of("", "a", "SFO", "order-7", "12345678", "a longer key than others")) {
            found.add(Partition.of(bytes(key), 8));
            found.add(Partition.of(bytes(key), 64));
        }
        assertEquals(List.of(0, 0, 5, 47, 7, 59, 4, 37, 3, 31, 4, 36), found);
    }

    @Test
    void shouldDivideKeysEvenly() {
        int[] counts = new int[7];
        for (int i = 0; i < 70_000; i++) {
            counts[Partition.of(bytes("customer-" + i), 7)]++;
        }
        for (int count : counts) {
            assertTrue(count > 9_500 && count < 10_500, "count=" + count);
        }
    }

    @Test
    void shouldRefuseWhatIsNoPartition() {
        assertThrows(IllegalArgumentException.class, () -> new Partition(0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Partition(0, 65));
        assertThrows(IllegalArgumentException.class, () -> new Partition(2, 2));
        assertThrows(IllegalArgumentException.class, () -> new Partition(-1, 2));
    }

    private static Topology topology(List<String> peeked) {
        StreamsBuilder builder = new StreamsBuilder();
        EventStream<String, OrderEvent> orders =
                builder.stream("orders", Consumed.with(OrderEvent.SERDE))
                        .peek((key, event) -> peeked.add(key));
        orders.groupByKey().count(Materialized.as(BY_ORDER).withTtl(Duration.ofMillis(300)));
        orders.filter((key, event) -> event instanceof Placed)
                .groupBy(
                        (key, event) -> ((Placed) event).customer(),
                        Grouped.keySerde(Serdes.utf8()))
                .count(Materialized.as(BY_CUSTOMER));
        return builder.build();
    }

    private static Map<String, Long> rows(
            Topology topology, StateEnvironment environment, StoreRef<String, Long> store) {
        Map<String, Long> rows = new TreeMap<>();
        try (StateView view = environment.view()) {
            topology.store(store, view).forEach(rows::put);
        }
        return rows;
    }

    private static List<StateEnvironment> run(Topology topology, int count, long seed) {
        List<StateEnvironment> environments = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            StateEnvironment environment = StateEnvironment.inMemory(topology.tables());
            environments.add(environment);
            Random random = new Random(seed);
            try (ProjectionTask task =
                    new ProjectionTask(topology, environment, new Partition(number, count))) {
                for (long position = 0; position < 500; position++) {
                    Placed placed = new Placed("customer-" + random.nextInt(40), random.nextInt(9));
                    StreamId stream = StreamId.of("orders", "order-" + random.nextInt(90));
                    long time = position - random.nextInt(50);
                    task.process(
                            SourceEvent.of(position, stream, position, "placed", time, placed));
                }
                task.commit(new Checkpoint(new UUID(1, 2), 0, 499, 0));
            }
        }
        return environments;
    }

    @Test
    void shouldHoldTogetherWhatOneWouldHold() {
        for (int count = 2; count <= 5; count++) {
            List<String> peekedByOne = new ArrayList<>();
            List<String> peeked = new ArrayList<>();
            Topology one = topology(peekedByOne);
            Topology many = topology(peeked);
            StateEnvironment whole = run(one, 1, count).get(0);
            List<StateEnvironment> parts = run(many, count, count);

            for (StoreRef<String, Long> store : List.of(BY_ORDER, BY_CUSTOMER)) {
                Map<String, Long> found = new TreeMap<>();
                for (StateEnvironment part : parts) {
                    rows(many, part, store)
                            .forEach((key, n) -> assertEquals(null, found.put(key, n), key));
                }
                assertEquals(rows(one, whole, store), found);
            }
            assertEquals(peekedByOne, peeked);
        }
    }

    private static Topology versioned() {
        Duration retention = Duration.ofMillis(30);
        StreamsBuilder builder = new StreamsBuilder();
        EventStream<String, OrderEvent> orders =
                builder.stream("orders", Consumed.with(OrderEvent.SERDE));
        orders.mapValues(event -> ((Placed) event).cents())
                .mapValues(cents -> cents % 4 == 0 ? null : cents)
                .toTable(
                        Materialized.as(BY_ORDER, Serdes.utf8(), Serdes.int64())
                                .versioned(retention));
        orders.groupBy((key, event) -> ((Placed) event).customer(), Grouped.keySerde(Serdes.utf8()))
                .count(
                        Materialized.<String, Long>as(BY_CUSTOMER)
                                .withValueSerde(Serdes.int64())
                                .versioned(retention));
        return builder.build();
    }

    private static Map<String, String> rows(StateEnvironment environment, String table) {
        Map<String, String> rows = new TreeMap<>();
        try (StateView view = environment.view()) {
            view.table(table)
                    .scan(
                            new BytesView(),
                            new BytesView(),
                            (key, value) ->
                                    rows.put(
                                                    HexFormat.of().formatHex(key.toByteArray()),
                                                    HexFormat.of().formatHex(value.toByteArray()))
                                            == null);
        }
        return rows;
    }

    /** Versions too: what is late, and what is over, goes by the records of all keys. */
    @Test
    void shouldHoldTogetherTheVersionsThatOneWouldHold() {
        Topology topology = versioned();
        StateEnvironment whole = run(topology, 1, 3).get(0);
        List<StateEnvironment> parts = run(topology, 3, 3);
        for (String table : topology.tables()) {
            boolean ofEach = table.endsWith("/time");
            Map<String, String> found = new TreeMap<>();
            for (StateEnvironment part : parts) {
                Map<String, String> rows = rows(part, table);
                assertTrue(ofEach || rows.keySet().stream().noneMatch(found::containsKey), table);
                found.putAll(rows);
            }
            assertEquals(rows(whole, table), found, table);
            assertTrue(!found.isEmpty(), table);
        }
    }

    @Test
    void shouldRefuseAStoreThatIsFedByAnother() {
        TopologyBuilder builder = new TopologyBuilder();
        TopologyNode source = builder.source("orders", Consumed.with(OrderEvent.SERDE));
        TopologyNode first = store(builder, "first", source);
        new Topology(List.of(source, first), Set.of(), Map.of(), "", Optional.empty())
                .checkPartitionable();

        TopologyNode between = builder.stateless("between", stores -> ProcessorNode.FORWARD, first);
        Topology fed =
                new Topology(
                        List.of(source, first, between, store(builder, "second", between)),
                        Set.of(),
                        Map.of(),
                        "",
                        Optional.empty());
        TopologyException e = assertThrows(TopologyException.class, fed::checkPartitionable);
        assertTrue(e.getMessage().contains("store=second"), e.getMessage());
        assertThrows(
                TopologyException.class,
                () ->
                        new ProjectionTask(
                                fed, StateEnvironment.inMemory(fed.tables()), new Partition(0, 2)));
    }

    private static TopologyNode store(TopologyBuilder builder, String name, TopologyNode parent) {
        StoreDefinition<String, Long> definition =
                new StoreDefinition<>(
                        StoreRef.of(name),
                        Serdes.utf8(),
                        Serdes.int64(),
                        List.of(),
                        Optional.empty(),
                        true,
                        List.of(),
                        StoreKind.plain());
        return builder.stateful(
                "node-" + name,
                definition,
                stores ->
                        new AggregateOperator<String, Object, Long>(
                                stores.get(definition), (key, value, old) -> 1L),
                parent);
    }
}
