package io.varve.projections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.varve.projections.OrderEvent.Shipped;
import io.varve.store.StreamId;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.StateView;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CountTest {
    private static final StoreRef<String, Long> COUNTS = StoreRef.of("counts");

    /** Numbers as text. */
    private static final Serde<Long> DIGITS =
            new Serde<>() {
                @Override
                public void serialize(Long number, BytesWriter out) {
                    out.putUtf8(number.toString());
                }

                @Override
                public Long deserialize(BytesView in) {
                    return Long.valueOf(in.getUtf8(0, in.length()));
                }
            };

    private long next;

    private static Topology counting(Materialized<String, Long> as) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("orders", Consumed.with(OrderEvent.SERDE)).groupByKey().count(as);
        return builder.build();
    }

    private SourceEvent event(String key, long time) {
        Shipped shipped = new Shipped("DE");
        String type = OrderEvent.SERDE.typeOf(shipped);
        return SourceEvent.of(next++, StreamId.of("orders", key), 0, type, time, shipped);
    }

    private void process(ProjectionTask task, String key, int times) {
        for (int i = 0; i < times; i++) {
            task.process(event(key, 0));
        }
    }

    private void commit(ProjectionTask task) {
        task.commit(new Checkpoint(new UUID(1, 2), 0, next - 1, 3));
    }

    private static Optional<Long> count(Topology topology, StubEnvironment environment) {
        try (StateView view = environment.view()) {
            return topology.store(COUNTS, view).get("a");
        }
    }

    @Test
    void shouldGoOnFromWhatIsCommittedWithAnySerde() {
        Topology topology = counting(Materialized.as(COUNTS, Serdes.utf8(), DIGITS));
        try (StubEnvironment environment = new StubEnvironment(topology.tables())) {
            try (ProjectionTask task = new ProjectionTask(topology, environment)) {
                process(task, "a", 3);
                commit(task);
                process(task, "a", 2);
                commit(task);
                assertEquals(Optional.of(5L), count(topology, environment));
                process(task, "a", 7);
                task.abandon();
                process(task, "a", 1);
                commit(task);
                assertEquals(Optional.of(6L), count(topology, environment));
            }
            try (ProjectionTask task = new ProjectionTask(topology, environment)) {
                process(task, "a", 200);
                commit(task);
            }
            assertEquals(Optional.of(206L), count(topology, environment));
        }
    }

    @Test
    void shouldBeginAnewWhenTheRowHasExpired() {
        Topology topology =
                counting(Materialized.<String, Long>as(COUNTS).withTtl(Duration.ofMillis(300)));
        try (StubEnvironment environment = new StubEnvironment(topology.tables());
                ProjectionTask task = new ProjectionTask(topology, environment)) {
            task.process(event("a", 100));
            task.process(event("a", 200));
            task.process(event("a", 400));
            commit(task);
            assertEquals(Optional.of(3L), count(topology, environment));
            task.process(event("a", 900));
            commit(task);
            assertEquals(Optional.of(1L), count(topology, environment));
            task.process(event("b", 2_000));
            commit(task);
            assertEquals(Optional.empty(), count(topology, environment));
        }
    }

    @Test
    void shouldTellWhatARecordHasDoneToItsRow() {
        Topology topology = counting(Materialized.as(COUNTS));
        try (StubEnvironment environment = new StubEnvironment(topology.tables());
                ProjectionTask task = new ProjectionTask(topology, environment)) {
            RowProbe<String, Long> probe = task.probe(COUNTS, "a");
            process(task, "a", 1);
            assertEquals(
                    Optional.of(
                            new RowProbe.Touch<>(Optional.empty(), Optional.of(1L), true, true)),
                    probe.look());
            process(task, "b", 1);
            assertEquals(Optional.empty(), probe.look());
            process(task, "a", 1);
            assertEquals(
                    Optional.of(new RowProbe.Touch<>(Optional.of(1L), Optional.of(2L), true, true)),
                    probe.look());
        }
    }

    @Test
    void shouldMakeNoObjectForARecordOfARowInMemory() {
        Topology topology = counting(Materialized.as(COUNTS));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (StubEnvironment environment = new StubEnvironment(topology.tables());
                ProjectionTask task = new ProjectionTask(topology, environment)) {
            process(task, "a", 1_000);
            List<SourceEvent> events = new ArrayList<>();
            for (int i = 0; i < 10_000; i++) {
                events.add(event("a", 0));
            }
            long thread = Thread.currentThread().getId();
            long before = threads.getThreadAllocatedBytes(thread);
            for (SourceEvent event : events) {
                task.process(event);
            }
            long bytes = threads.getThreadAllocatedBytes(thread) - before;
            assertTrue(bytes < 8L * events.size(), "bytes=" + bytes);
        }
    }
}
