package io.varve.projections.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Consumed;
import io.varve.projections.EventStream;
import io.varve.projections.Grouped;
import io.varve.projections.Materialized;
import io.varve.projections.OrderEvent;
import io.varve.projections.OrderEvent.Placed;
import io.varve.projections.OrderEvent.Shipped;
import io.varve.projections.Projection;
import io.varve.projections.ProjectionException;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.projections.TopologyException;
import io.varve.projections.query.ReadOnlyKeyValueStore;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.SerdeException;
import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopologyTestDriverTest {
    private static final StoreRef<String, Long> COUNTS = StoreRef.of("counts");

    private static Projection projection(
            String name, Function<EventStream<String, OrderEvent>, ?> wiring) {
        StreamsBuilder builder = new StreamsBuilder();
        wiring.apply(builder.stream("orders", Consumed.with(OrderEvent.SERDE)));
        return Projection.of(name, 1, builder.build());
    }

    private static Projection counting(String name) {
        return projection(name, orders -> orders.groupByKey().count(Materialized.as(COUNTS)));
    }

    private static Projection summing(Function<Placed, Long> cents, Serde<Long> serde) {
        return projection(
                "summing",
                orders ->
                        orders.groupByKey()
                                .aggregate(
                                        () -> 0L,
                                        (key, event, sum) -> sum + cents.apply((Placed) event),
                                        Materialized.as(COUNTS).withValueSerde(serde)));
    }

    @Test
    void shouldGivePositionsAndShowEverythingPipedWhateverWasCommitted() {
        try (TopologyTestDriver driver =
                new TopologyTestDriver(counting("counting")).commitEvery(3)) {
            assertEquals(0, driver.pipe("orders", "1", new Shipped("DE")));
            assertEquals(1, driver.pipe("orders", "1", new Shipped("DE")));
            assertEquals(-1, driver.committed("counting"));
            assertEquals(2, driver.pipe("orders", "1", new Shipped("DE"), 1_000));
            assertEquals(2, driver.committed("counting"));
            ReadOnlyKeyValueStore<String, Long> store = driver.store(COUNTS);
            driver.pipe("orders", "1", new Shipped("DE"));
            assertEquals(Optional.of(4L), store.get("1"));
            assertEquals(3, driver.committed("counting"));
        }
    }

    @Test
    void shouldApplyEachEventOnceAcrossCrashes() {
        List<String> applied = new ArrayList<>();
        Projection projection =
                projection(
                        "counting",
                        orders ->
                                orders.peek((key, event) -> applied.add(key))
                                        .groupByKey()
                                        .count(Materialized.as(COUNTS)));
        try (TopologyTestDriver driver = new TopologyTestDriver(projection).commitEvery(3)) {
            for (String key : List.of("a", "b", "c", "d", "a")) {
                driver.pipe("orders", key, new Shipped("DE"));
            }
            driver.crash();
            assertEquals(List.of("a", "b", "c", "d", "a", "d", "a"), applied);
            assertEquals(Optional.of(2L), driver.store(COUNTS).get("a"));
            assertEquals(Optional.of(1L), driver.store(COUNTS).get("d"));
        }
    }

    @Test
    void shouldGiveEachProjectionAnObjectOfItsOwn() {
        List<OrderEvent> seen = new ArrayList<>();
        Function<EventStream<String, OrderEvent>, ?> wiring =
                orders -> orders.peek((key, event) -> seen.add(event));
        Placed event = new Placed("ann", 1);
        try (TopologyTestDriver driver =
                new TopologyTestDriver(projection("one", wiring), projection("two", wiring))) {
            driver.pipe("orders", "1", event);
        }
        assertEquals(List.of(event, event), seen);
        assertNotSame(event, seen.get(0));
        assertNotSame(seen.get(0), seen.get(1));
    }

    @Test
    void shouldAskForTheProjectionWhenSeveralHaveTheStore() {
        try (TopologyTestDriver driver = new TopologyTestDriver(counting("one"), counting("two"))) {
            driver.pipe("orders", "1", new Shipped("DE"));
            assertEquals(Optional.of(1L), driver.store("two", COUNTS).get("1"));
            assertThrows(IllegalArgumentException.class, () -> driver.store(COUNTS));
            assertThrows(IllegalArgumentException.class, () -> driver.store(StoreRef.of("none")));
            assertThrows(IllegalArgumentException.class, () -> driver.store("three", COUNTS));
            assertThrows(
                    TopologyException.class,
                    () -> driver.store("two", StoreRef.of("none")).count());
        }
    }

    @Test
    void shouldTakeBackAnEventThatFails() {
        Projection failing = summing(placed -> 100 / placed.cents(), Serdes.int64());
        try (TopologyTestDriver driver =
                new TopologyTestDriver(counting("counting"), failing).commitEvery(10)) {
            driver.pipe("orders", "1", new Placed("ann", 10));
            assertThrows(
                    ProjectionException.class,
                    () -> driver.pipe("orders", "1", new Placed("ann", 0)));
            assertEquals(1, driver.pipe("orders", "1", new Placed("ann", 20)));
            assertEquals(Optional.of(2L), driver.store("counting", COUNTS).get("1"));
            assertEquals(Optional.of(15L), driver.store("summing", COUNTS).get("1"));
            driver.assertRebuildMatches();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10})
    void shouldTakeBackAnEventThatFailsWithAnError(int commitEvery) {
        Error rare = new Error("rare");
        AtomicBoolean failing = new AtomicBoolean();
        Function<Placed, Long> cents =
                placed -> {
                    if (failing.getAndSet(false)) {
                        throw rare;
                    }
                    return placed.cents();
                };
        Projection summing = summing(cents, Serdes.int64());
        try (TopologyTestDriver driver =
                new TopologyTestDriver(counting("counting"), summing).commitEvery(commitEvery)) {
            driver.pipe("orders", "1", new Placed("ann", 10));
            failing.set(true);
            Placed next = new Placed("ann", 20);
            assertSame(rare, assertThrows(Error.class, () -> driver.pipe("orders", "1", next)));
            assertEquals(1, driver.pipe("orders", "1", next));
            assertEquals(Optional.of(2L), driver.store("counting", COUNTS).get("1"));
            assertEquals(Optional.of(30L), driver.store("summing", COUNTS).get("1"));
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldRefuseEventsThatTheSerdeDoesNotKnow() {
        try (TopologyTestDriver driver = new TopologyTestDriver(counting("counting"))) {
            assertThrows(SerdeException.class, () -> driver.pipe("orders", "1", "text"));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> driver.pipe("elsewhere", "1", new Shipped("DE")));
            assertEquals(0, driver.pipe("orders", "1", new Shipped("DE")));
        }
    }

    @Test
    void shouldNoticeStateOutsideTheStores() {
        AtomicLong calls = new AtomicLong();
        Projection impure = summing(placed -> calls.incrementAndGet(), Serdes.int64());
        try (TopologyTestDriver driver = new TopologyTestDriver(impure)) {
            driver.pipe("orders", "1", new Placed("ann", 0));
            AssertionError noticed =
                    assertThrows(AssertionError.class, driver::assertRebuildMatches);
            assertTrue(
                    noticed.getMessage()
                            .startsWith(
                                    "A rebuild gives other rows: projection=summing v1 store=counts key=1"
                                            + " is=1 rebuilt=2 last position=0 commitEvery=1."),
                    noticed::getMessage);
        }
    }

    @Test
    void shouldNoticeRowsThatAreMissingOrNew() {
        AtomicLong rows = new AtomicLong();
        Function<EventStream<String, OrderEvent>, ?> wiring =
                orders ->
                        orders.groupBy(
                                        (key, event) -> "row" + rows.incrementAndGet(),
                                        Grouped.keySerde(Serdes.utf8()))
                                .count(Materialized.as(COUNTS));
        try (TopologyTestDriver driver = new TopologyTestDriver(projection("rows", wiring))) {
            driver.pipe("orders", "1", new Placed("ann", 0));
            AssertionError missing =
                    assertThrows(AssertionError.class, driver::assertRebuildMatches);
            assertTrue(
                    missing.getMessage().contains("key=row1 is=1 rebuilt=no row"),
                    missing::getMessage);
            rows.set(-1);
            AssertionError added = assertThrows(AssertionError.class, driver::assertRebuildMatches);
            assertTrue(
                    added.getMessage().contains("key=row0 is=no row rebuilt=1"), added::getMessage);
        }
    }

    @Test
    void shouldNoticeASerdeOfAStoreThatLosesSomething() {
        Serde<Long> rounding =
                new Serde<>() {
                    @Override
                    public void serialize(Long value, BytesWriter out) {
                        out.putLong(value / 10 * 10);
                    }

                    @Override
                    public Long deserialize(BytesView in) {
                        return in.getLong(0);
                    }
                };
        try (TopologyTestDriver driver = new TopologyTestDriver(summing(Placed::cents, rounding))) {
            driver.pipe("orders", "1", new Placed("ann", 5));
            driver.pipe("orders", "1", new Placed("ann", 5));
            assertThrows(AssertionError.class, driver::assertRebuildMatches);
        }
    }

    @ParameterizedTest
    @MethodSource("failures")
    void shouldBeOfNoUseAfterACommitThatFailed(Throwable failure, Class<?> thrown) {
        AtomicBoolean failing = new AtomicBoolean();
        Serde<Long> refusing =
                new Serde<>() {
                    @Override
                    public void serialize(Long value, BytesWriter out) {
                        if (failing.get()) {
                            TopologyTestDriverTest.<RuntimeException>fail(failure);
                        }
                        out.putLong(value);
                    }

                    @Override
                    public Long deserialize(BytesView in) {
                        return 0L;
                    }
                };
        try (TopologyTestDriver driver =
                new TopologyTestDriver(summing(Placed::cents, refusing)).commitEvery(10)) {
            Placed event = new Placed("ann", 5);
            driver.pipe("orders", "1", event);
            failing.set(true);
            Throwable first = assertThrows(Throwable.class, driver::commit);
            assertSame(thrown, first.getClass());
            IllegalStateException next =
                    assertThrows(
                            IllegalStateException.class, () -> driver.pipe("orders", "1", event));
            assertSame(first, next.getCause());
        }
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new IllegalStateException("no form"), ProjectionException.class),
                Arguments.of(new Error("rare"), Error.class));
    }

    @SuppressWarnings("unchecked")
    private static <X extends Throwable> void fail(Throwable failure) throws X {
        throw (X) failure;
    }
}
