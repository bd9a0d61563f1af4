package io.varve.projections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.query.RangeQuery;
import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serdes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProcessorTest {
    record Order(String customer, long cents) {}

    private static final EventSerde<Order> ORDERS =
            EventSerde.of(Order.class).json("order", Order.class).build();
    private static final StoreRef<String, Long> SEEN = StoreRef.of("seen");
    private static final StoreRef<String, Long> COUNTS = StoreRef.of("counts");
    private static final StoreRef<Long, Long> TIMES = StoreRef.of("times");

    private static Materialized<String, Long> seen() {
        return Materialized.as(SEEN, Serdes.utf8(), Serdes.int64());
    }

    /** Forwards the first order of each customer. */
    private static final class FirstOrders implements Processor<String, Order, String, Long> {
        private ProcessorContext<String, Long> context;
        private KeyValueStore<String, Long> seen;

        @Override
        public void init(ProcessorContext<String, Long> given) {
            context = given;
            seen = given.store(SEEN);
        }

        @Override
        public void process(Record<String, Order> order) {
            String customer = order.value().customer();
            if (seen.putIfAbsent(customer, context.position()).isEmpty()) {
                context.forward(order.withKey(customer).withValue(order.value().cents()));
            }
        }
    }

    private static Topology firstOrders() {
        StreamsBuilder builder = new StreamsBuilder().addStateStore(seen());
        builder.stream("orders", Consumed.with(ORDERS))
                .process(FirstOrders::new, Named.as("first"), SEEN)
                .groupByKey(Grouped.keySerde(Serdes.utf8()))
                .count(Materialized.as(COUNTS, Serdes.utf8(), Serdes.int64()));
        return builder.build();
    }

    private static void pipe(TopologyTestDriver driver, String customer, long cents, long millis) {
        driver.pipe("orders", "o-" + cents, new Order(customer, cents), millis);
    }

    @Test
    void shouldRememberInItsStoreAndForward() {
        try (TopologyTestDriver driver =
                new TopologyTestDriver(Projection.of("first", 1, firstOrders()))) {
            pipe(driver, "ann", 1, 10);
            pipe(driver, "bob", 2, 20);
            driver.crash();
            pipe(driver, "ann", 3, 30);
            assertEquals(Optional.of(0L), driver.store(SEEN).get("ann"));
            assertEquals(Optional.of(1L), driver.store(COUNTS).get("ann"));
            assertEquals(Optional.of(1L), driver.store(COUNTS).get("bob"));
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldShowTheStoreInTheDescription() {
        assertTrue(
                firstOrders().describe().contains("Processor: first (stores: [seen, stream-time])"),
                firstOrders()::describe);
    }

    /** Writes down when it is called. */
    private static final class Clock implements FixedKeyProcessor<String, Order, Long> {
        private final boolean once;

        Clock(boolean once) {
            this.once = once;
        }

        @Override
        public void init(FixedKeyProcessorContext<String, Long> context) {
            KeyValueStore<Long, Long> times = context.store(TIMES);
            Cancellable[] schedule = {null};
            schedule[0] =
                    context.schedule(
                            Duration.ofMillis(100),
                            PunctuationType.STREAM_TIME,
                            now -> {
                                times.put(now, times.get(now).orElse(0L) + 1);
                                if (once) {
                                    schedule[0].cancel();
                                }
                            });
        }

        @Override
        public void process(FixedKeyRecord<String, Order> record) {}
    }

    private static TopologyTestDriver clock(boolean once) {
        StreamsBuilder builder =
                new StreamsBuilder()
                        .addStateStore(Materialized.as(TIMES, Serdes.int64(), Serdes.int64()));
        builder.stream("orders", Consumed.with(ORDERS))
                .processValues(() -> new Clock(once), Named.as("clock"), TIMES);
        return new TopologyTestDriver(Projection.of("clock", 1, builder.build()));
    }

    /** What is kept of the schedule goes by the name, which another definition must not move. */
    @Test
    void shouldRefuseToScheduleInANodeWithoutAName() {
        StreamsBuilder builder =
                new StreamsBuilder()
                        .addStateStore(Materialized.as(TIMES, Serdes.int64(), Serdes.int64()));
        builder.stream("orders", Consumed.with(ORDERS))
                .processValues(() -> new Clock(false), TIMES);
        Projection unnamed = Projection.of("clock", 1, builder.build());
        TopologyException refused =
                assertThrows(TopologyException.class, () -> new TopologyTestDriver(unnamed));
        assertTrue(refused.remedy().contains("Named.as"), refused.remedy());
    }

    /** Kafka Streams: at the first record, then at multiples of the interval, once for a gap. */
    @Test
    void shouldPunctuateByStreamTimeOverRestarts() {
        try (TopologyTestDriver driver = clock(false)) {
            for (long time : new long[] {50, 70, 100, 99, 150, 530, 540, 599, 600}) {
                pipe(driver, "ann", time, time);
                driver.commit();
                driver.crash();
            }
            List<Long> times = new ArrayList<>();
            driver.store(TIMES)
                    .forEach(
                            (time, calls) -> {
                                assertEquals(1, calls);
                                times.add(time);
                            });
            assertEquals(List.of(50L, 100L, 530L, 600L), times);
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldStayCancelledAfterARestart() {
        try (TopologyTestDriver driver = clock(true)) {
            pipe(driver, "ann", 1, 50);
            driver.crash();
            pipe(driver, "ann", 2, 5_000);
            assertEquals(1, driver.store(TIMES).all().size());
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldWalkRowsThatAreNotCommittedInOrder() {
        List<List<String>> walked = new ArrayList<>();
        StreamsBuilder builder = new StreamsBuilder().addStateStore(seen());
        builder.stream("orders", Consumed.with(ORDERS))
                .process(() -> new Walker(walked), Named.as("walk"), SEEN);
        try (TopologyTestDriver driver =
                new TopologyTestDriver(Projection.of("walk", 1, builder.build()))) {
            pipe(driver, "b", 1, 1);
            pipe(driver, "a", 2, 2);
            driver.commit();
            pipe(driver, "c", 3, 3);
            pipe(driver, "drop", 4, 4);
        }
        assertEquals(List.of("b"), walked.get(0));
        assertEquals(List.of("a", "b"), walked.get(1));
        assertEquals(List.of("a", "b", "c", "c", "b"), walked.get(2));
        assertEquals(List.of("b", "c", "drop", "drop", "c"), walked.get(3));
    }

    /** Walks upwards, then the last two downwards. */
    private static final class Walker implements Processor<String, Order, String, Order> {
        private final List<List<String>> walked;
        private KeyValueStore<String, Long> seen;

        Walker(List<List<String>> walked) {
            this.walked = walked;
        }

        @Override
        public void init(ProcessorContext<String, Order> context) {
            seen = context.store(SEEN);
        }

        @Override
        public void process(Record<String, Order> order) {
            seen.put(order.value().customer(), order.timestamp());
            if (order.value().customer().equals("drop")) {
                assertEquals(Optional.of(2L), seen.delete("a"));
            }
            List<String> keys = new ArrayList<>();
            seen.scan(RangeQuery.all(), (key, value) -> keys.add(key));
            if (keys.size() > 2) {
                seen.scan(
                        RangeQuery.<String>all().reverse().limit(2), (key, value) -> keys.add(key));
            }
            walked.add(keys);
        }
    }

    @Test
    void shouldRefuseAStoreThatWasNotAdded() {
        EventStream<String, Order> orders =
                new StreamsBuilder().stream("orders", Consumed.with(ORDERS));
        TopologyException e =
                assertThrows(TopologyException.class, () -> orders.process(FirstOrders::new, SEEN));
        assertTrue(e.getMessage().contains("addStateStore"), e.getMessage());
    }

    @Test
    void shouldRefuseAStoreThatItIsNotConnectedWith() {
        StreamsBuilder builder = new StreamsBuilder().addStateStore(seen());
        EventStream<String, Order> orders = builder.stream("orders", Consumed.with(ORDERS));
        orders.process(FirstOrders::new, SEEN);
        orders.process(FirstOrders::new);
        Projection projection = Projection.of("first", 1, builder.build());
        TopologyException e =
                assertThrows(TopologyException.class, () -> new TopologyTestDriver(projection));
        assertTrue(e.getMessage().contains("store=seen"), e.getMessage());
    }

    @Test
    void shouldRefuseATableInAStoreOfProcessors() {
        StreamsBuilder builder = new StreamsBuilder().addStateStore(seen());
        GroupedStream<String, Order> grouped =
                builder.stream("orders", Consumed.with(ORDERS)).groupByKey();
        assertThrows(TopologyException.class, () -> grouped.count(seen()));
        assertThrows(TopologyException.class, () -> builder.addStateStore(seen()));
    }

    /** Counts in windows of its own, and tells of those of the key. */
    private static final class Windowing implements Processor<String, String, String, String> {
        private KeyValueStore<Windowed<String>, Long> windows;

        @Override
        public void init(ProcessorContext<String, String> context) {
            windows = context.store(WINDOWS);
        }

        @Override
        public void process(Record<String, String> record) {
            long start = record.timestamp() / 10 * 10;
            Windowed<String> key = new Windowed<>(record.key(), new Window(start, start + 10));
            windows.put(key, windows.get(key).orElse(0L) + 1);
            long[] all = {0};
            windows.scan(
                    Windowed.starting(record.key(), Instant.EPOCH, Instant.ofEpochMilli(1_000)),
                    (window, count) -> (all[0] += count) > 0);
            windows.put(new Windowed<>("all", new Window(0, 10)), all[0]);
        }
    }

    private static final StoreRef<Windowed<String>, Long> WINDOWS = StoreRef.of("windows");

    @Test
    void shouldHaveStoresOfWindows() {
        TextStreams texts = new TextStreams();
        texts.builder.addStateStore(Materialized.windowed(WINDOWS, Serdes.utf8(), Serdes.int64()));
        texts.stream("in").process(Windowing::new, WINDOWS);
        try (TopologyTestDriver driver = texts.driver()) {
            TextStreams.pipe(driver, "in", "k", "a", 11);
            TextStreams.pipe(driver, "in", "k", "b", 12);
            TextStreams.pipe(driver, "in", "kk", "c", 13);
            TextStreams.pipe(driver, "in", "k", "d", 25);
            assertEquals(
                    List.of(3L, 1L, 2L, 1L), // all, kk, k, k: as their bytes are
                    driver.store(WINDOWS).all().stream().map(Map.Entry::getValue).toList());
            driver.assertRebuildMatches();
        }
    }
}
