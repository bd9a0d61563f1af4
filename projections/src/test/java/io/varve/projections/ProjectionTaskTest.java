package io.varve.projections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.GroupedStreamTest.Total;
import io.varve.projections.OrderEvent.Cancelled;
import io.varve.projections.OrderEvent.Placed;
import io.varve.projections.OrderEvent.Shipped;
import io.varve.store.StreamId;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.LimitExceededException;
import io.varve.store.errors.SerdeException;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.StoreFullException;
import io.varve.store.errors.TableUnknownException;
import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateView;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProjectionTaskTest {
    private static final StoreRef<String, Total> TOTALS = StoreRef.of("totals");

    private final Topology topology = totals();
    private final StubEnvironment environment = new StubEnvironment(topology.stores());
    private final ProjectionTask task = new ProjectionTask(topology, environment);

    /** Sums in place; fails on an event that was cancelled, after it has changed the sum. */
    private static Topology totals() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("orders", Consumed.with(OrderEvent.SERDE))
                .groupByKey()
                .aggregate(
                        Total::new,
                        (key, event, total) -> {
                            total.cents += event instanceof Placed placed ? placed.cents() : 1;
                            if (event instanceof Cancelled) {
                                throw new IllegalStateException("cancelled");
                            }
                            return total;
                        },
                        Named.as("sum"),
                        Materialized.as(TOTALS, Serdes.utf8(), TotalSerde.SERDE));
        return builder.build();
    }

    private static SourceEvent event(long position, String stream, OrderEvent value) {
        StreamId id = StreamId.of(stream.split("/")[0], stream.split("/")[1]);
        return SourceEvent.of(position, id, 0, OrderEvent.SERDE.typeOf(value), 0, value);
    }

    private static Checkpoint at(long position) {
        return new Checkpoint(new UUID(1, 2), 0, position, 3);
    }

    private Optional<Long> total(String key) {
        try (StateView view = environment.view()) {
            return topology.store(TOTALS, view).get(key).map(total -> total.cents);
        }
    }

    @AfterEach
    void close() {
        task.close();
        assertEquals(0, environment.openViews);
        environment.close();
    }

    @Test
    void shouldShowNothingBeforeTheCommitAndEverythingAfterIt() {
        assertEquals(Optional.empty(), task.checkpoint());
        task.process(event(0, "orders/1", new Placed("ann", 5)));
        task.process(event(4, "orders/1", new Placed("ann", 6)));
        task.process(event(5, "orders/2", new Placed("ann", 7)));
        assertEquals(2, task.dirty());
        assertEquals(Optional.empty(), total("1"));
        task.commit(at(9));
        assertEquals(0, task.dirty());
        assertEquals(Optional.of(11L), total("1"));
        assertEquals(Optional.of(at(9)), task.checkpoint());
    }

    @Test
    void shouldGoOnFromTheCheckpointOfItsEnvironment() {
        task.process(event(0, "orders/1", new Placed("ann", 5)));
        task.commit(at(0));
        try (ProjectionTask next = new ProjectionTask(topology, environment)) {
            assertEquals(Optional.of(at(0)), next.checkpoint());
            assertThrows(
                    OutOfOrderEventException.class,
                    () -> next.process(event(0, "orders/1", new Placed("ann", 5))));
            next.process(event(1, "orders/1", new Placed("ann", 5)));
            next.commit(at(1));
        }
        assertEquals(Optional.of(10L), total("1"));
    }

    @Test
    void shouldRefusePositionsThatDoNotGrow() {
        task.process(event(3, "other/1", new Shipped("DE")));
        OutOfOrderEventException refused =
                assertThrows(
                        OutOfOrderEventException.class,
                        () -> task.process(event(3, "orders/1", new Shipped("DE"))));
        assertEquals(3, refused.position());
        assertEquals(3, refused.last());
        task.process(event(4, "orders/1", new Shipped("DE")));
        task.commit(at(7));
        assertThrows(
                OutOfOrderEventException.class,
                () -> task.process(event(7, "orders/1", new Shipped("DE"))));
        assertEquals(Optional.of(1L), total("1"));
    }

    @Test
    void shouldPassOverCategoriesThatAreNoSource() {
        task.process(event(0, "other/1", new Cancelled("of no interest")));
        assertEquals(0, task.dirty());
    }

    @Test
    void shouldRefuseACheckpointBeforeTheLastEvent() {
        task.process(event(5, "orders/1", new Shipped("DE")));
        assertThrows(IllegalArgumentException.class, () -> task.commit(at(4)));
        task.commit(at(5));
        assertThrows(IllegalArgumentException.class, () -> task.commit(at(4)));
    }

    @Test
    void shouldTellWhichEventAndNodeFailed() {
        SourceEvent poison = event(6, "orders/7", new Cancelled("no"));
        ProjectionException failed =
                assertThrows(ProjectionException.class, () -> task.process(poison));
        assertEquals(6, failed.position());
        assertEquals(Optional.of(StreamId.of("orders", "7")), failed.stream());
        assertEquals(Optional.of("cancelled"), failed.type());
        assertEquals("sum", failed.node());
        assertInstanceOf(IllegalStateException.class, failed.getCause());
        task.abandon();
    }

    /** An append to the log from a handler, say: it is the handler that has failed. */
    @Test
    void shouldBlameTheEventForWhatItsHandlerThrowsOfAnotherStore() {
        StoreClosedException thrown = new StoreClosedException("another store");
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("orders", Consumed.with(OrderEvent.SERDE))
                .peek(
                        (key, event) -> {
                            throw thrown;
                        },
                        Named.as("asks-another"));
        try (StateEnvironment state = StateEnvironment.inMemory(Set.of());
                ProjectionTask asking = new ProjectionTask(builder.build(), state)) {
            ProjectionException failed =
                    assertThrows(
                            ProjectionException.class,
                            () -> asking.process(event(4, "orders/1", new Shipped("DE"))));
            assertEquals(4, failed.position());
            assertEquals("asks-another", failed.node());
            assertSame(thrown, failed.getCause());
            asking.abandon();
        }
    }

    @Test
    void shouldForgetWhatWasChangedInPlaceWhenAbandoned() {
        task.process(event(0, "orders/1", new Placed("ann", 5)));
        task.commit(at(0));
        assertThrows(
                ProjectionException.class,
                () -> task.process(event(1, "orders/1", new Cancelled("no"))));
        assertThrows(
                IllegalStateException.class,
                () -> task.process(event(2, "orders/1", new Shipped("DE"))));
        assertThrows(IllegalStateException.class, () -> task.commit(at(1)));
        task.abandon();
        assertEquals(0, task.dirty());
        task.process(event(1, "orders/1", new Placed("ann", 1)));
        task.commit(at(1));
        assertEquals(Optional.of(6L), total("1"));
    }

    @Test
    void shouldTryACommitAgainThatFoundNoRoom() {
        task.process(event(0, "orders/1", new Placed("ann", 5)));
        environment.full = true;
        assertThrows(StoreFullException.class, () -> task.commit(at(0)));
        assertEquals(Optional.empty(), total("1"));
        assertEquals(Optional.empty(), task.checkpoint());
        environment.full = false;
        task.process(event(1, "orders/1", new Placed("ann", 5)));
        task.commit(at(1));
        assertEquals(Optional.of(10L), total("1"));
    }

    @Test
    void shouldTellWhichEventMadeARowThatCannotBeWritten() {
        task.process(event(0, "orders/1", new Placed("ann", 5)));
        task.process(event(1, "orders/2", new Placed("ann", -5)));
        task.process(event(2, "orders/3", new Placed("ann", 5)));
        ProjectionException failed =
                assertThrows(ProjectionException.class, () -> task.commit(at(2)));
        assertEquals(1, failed.position());
        assertEquals("sum", failed.node());
        assertEquals(Optional.empty(), failed.stream());
        assertEquals(Optional.empty(), total("1"));
        task.abandon();
        task.process(event(0, "orders/1", new Placed("ann", 5)));
        task.commit(at(2));
        assertEquals(Optional.of(5L), total("1"));
    }

    @Test
    void shouldCommitRowsOfTheEngineTogetherWithItsOwn() {
        BytesView key = BytesView.of(new byte[] {1});
        Set<String> tables = Set.of("totals", "varve/letters");
        try (StateEnvironment state = StateEnvironment.inMemory(tables);
                ProjectionTask writing = new ProjectionTask(topology, state)) {
            writing.process(event(0, "orders/1", new Placed("ann", 5)));
            IllegalStateException full = new IllegalStateException("on purpose");
            assertSame(
                    full,
                    assertThrows(
                            IllegalStateException.class,
                            () ->
                                    writing.commit(
                                            at(0),
                                            transaction -> {
                                                transaction.table("varve/letters").put(key, key);
                                                throw full;
                                            })));
            try (StateView view = state.view()) {
                assertEquals(0, view.table("totals").count());
                assertEquals(0, view.table("varve/letters").count());
                assertEquals(Optional.empty(), view.checkpoint());
            }
            writing.commit(at(0), transaction -> transaction.table("varve/letters").put(key, key));
            try (StateView view = state.view()) {
                assertEquals(1, view.table("totals").count());
                assertEquals(1, view.table("varve/letters").count());
                assertEquals(Optional.of(at(0)), view.checkpoint());
            }
        }
    }

    @Test
    void shouldApplyLateWhatWasLeftOut() {
        task.process(event(3, "orders/1", new Placed("ann", 5)));
        task.commit(at(3));
        assertThrows(
                IllegalArgumentException.class,
                () -> task.processLate(event(4, "orders/1", new Placed("ann", 1))));
        task.processLate(event(2, "orders/1", new Placed("ann", 6)));
        task.commit(at(3));
        assertEquals(Optional.of(11L), total("1"));
        assertThrows(
                OutOfOrderEventException.class,
                () -> task.process(event(3, "orders/1", new Shipped("DE"))));
        task.process(event(4, "orders/1", new Placed("ann", 1)));
        task.commit(at(4));
        assertEquals(Optional.of(12L), total("1"));
    }

    @Test
    void shouldWriteEachChangedRowOnceInTheOrderOfUnsignedBytes() {
        long position = 0;
        for (String key : List.of("b", "\u00e4", "a", "b", "aa", "B", "a")) {
            task.process(event(position++, "orders/" + key, new Shipped("DE")));
        }
        task.commit(at(position));
        assertEquals(List.of("B", "a", "aa", "b", "\u00e4"), environment.written);
        task.commit(at(position));
        assertEquals(5, environment.written.size());
    }

    @Test
    void shouldHoldNoViewWhileIdle() {
        assertEquals(0, environment.openViews);
        task.process(event(0, "orders/1", new Placed("ann", 5)));
        assertEquals(1, environment.openViews);
        task.commit(at(0));
        assertEquals(0, environment.openViews);
    }

    @Test
    void shouldBlameTheEventForAKeyThatIsTooLongOrEmptyOrAnArray() {
        assertInstanceOf(
                LimitExceededException.class, failureOf("k".repeat(512), Serdes.utf8()).getCause());
        assertInstanceOf(RowKeyException.class, failureOf("", Serdes.utf8()).getCause());
        assertInstanceOf(
                RowKeyException.class, failureOf(new byte[] {1}, Serdes.bytes()).getCause());
    }

    private static <K> ProjectionException failureOf(K key, Serde<K> serde) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("orders", Consumed.with(OrderEvent.SERDE))
                .groupBy((stream, event) -> key)
                .count(Materialized.as(StoreRef.<K, Long>of("counts"), serde, Serdes.int64()));
        try (StateEnvironment state = StateEnvironment.inMemory(Set.of("counts"));
                ProjectionTask counting = new ProjectionTask(builder.build(), state)) {
            return assertThrows(
                    ProjectionException.class,
                    () -> counting.process(event(0, "orders/1", new Shipped("DE"))));
        }
    }

    /** A key that forgot its equals. */
    private static final class Bare {}

    @Test
    void shouldNoticeKeysWhoseEqualsDisagreesWithTheirBytes() {
        Serde<Bare> one =
                new Serde<>() {
                    @Override
                    public void serialize(Bare value, BytesWriter out) {
                        out.putByte(1);
                    }

                    @Override
                    public Bare deserialize(BytesView in) {
                        return new Bare();
                    }
                };
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("orders", Consumed.with(OrderEvent.SERDE))
                .groupBy((stream, event) -> new Bare())
                .count(Materialized.as(StoreRef.<Bare, Long>of("counts"), one, Serdes.int64()));
        try (StateEnvironment state = StateEnvironment.inMemory(Set.of("counts"));
                ProjectionTask counting = new ProjectionTask(builder.build(), state)) {
            counting.process(event(0, "orders/1", new Shipped("DE")));
            counting.process(event(1, "orders/1", new Shipped("DE")));
            assertThrows(SerdeException.class, () -> counting.commit(at(1)));
        }
    }

    @Test
    void shouldRefuseAnEnvironmentWithoutItsTables() {
        try (StubEnvironment other = new StubEnvironment(Set.of("other"))) {
            assertThrows(TableUnknownException.class, () -> new ProjectionTask(topology, other));
            assertEquals(0, other.openViews);
        }
    }

    @Test
    void shouldRefuseToWorkOnceClosed() {
        task.close();
        task.close();
        StoreClosedException refused =
                assertThrows(
                        StoreClosedException.class,
                        () -> task.process(event(0, "orders/1", new Shipped("DE"))));
        assertTrue(refused.getMessage().contains("projection task"), refused::getMessage);
        assertThrows(StoreClosedException.class, () -> task.commit(at(0)));
        assertThrows(StoreClosedException.class, task::abandon);
    }
}
