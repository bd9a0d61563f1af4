package io.varve.runtime.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.varve.projections.Consumed;
import io.varve.projections.Materialized;
import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.runtime.ProjectionMetrics;
import io.varve.runtime.ProjectionRuntime;
import io.varve.store.EventBatch;
import io.varve.store.EventStore;
import io.varve.store.StreamId;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serdes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProjectionMetersTest {
    private static final EventSerde<String> TEXTS =
            EventSerde.of(String.class).type("text", String.class, Serdes.utf8()).build();

    private static Projection counting(String name) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("texts", Consumed.with(TEXTS))
                .groupByKey()
                .count(
                        Materialized.as(
                                StoreRef.<String, Long>of("counts"),
                                Serdes.utf8(),
                                Serdes.int64()));
        return Projection.of(name, 1, builder.build());
    }

    private static void append(EventStore store, int count) {
        EventBatch batch = new EventBatch();
        for (int i = 0; i < count; i++) {
            batch.add(StreamId.of("texts", "one"), TEXTS, "text " + i);
        }
        store.append(batch);
    }

    @Test
    void shouldShowTheFiguresOfEachProjection(@TempDir Path folder) throws Exception {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (EventStore store = EventStore.open(folder.resolve("log"));
                ProjectionRuntime runtime =
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(counting("one"))
                                .add(counting("two"))
                                .build()) {
            append(store, 100);
            runtime.start();
            assertTrue(runtime.awaitPosition("one", 99, Duration.ofMinutes(1)));
            assertTrue(runtime.awaitPosition("two", 99, Duration.ofMinutes(1)));
            new ProjectionMeters(runtime, Tags.of("shop", "a")).bindTo(registry);
            assertEquals(99, registry.get("varve.log.head").tag("shop", "a").gauge().value());
            assertEquals(1, registry.get("varve.health").gauge().value());
            for (String name : new String[] {"one", "two"}) {
                assertShown(registry, runtime.metrics(name));
            }
            append(store, 1);
            assertTrue(runtime.awaitPosition("one", 100, Duration.ofMinutes(1)));
            assertEquals(101, counter(registry, "one", "process"));
        }
    }

    private static void assertShown(SimpleMeterRegistry registry, ProjectionMetrics figures) {
        String name = figures.name();
        assertEquals(100, counter(registry, name, "process"));
        assertEquals(figures.commitTotal(), counter(registry, name, "commit"));
        assertEquals(99, counter(registry, name, "cache.hits"));
        assertEquals(1, counter(registry, name, "cache.misses"));
        assertEquals(0.99, gauge(registry, name, "cache.hit.rate"), 1e-9);
        assertEquals(1, gauge(registry, name, "cache.rows"));
        assertEquals(0, gauge(registry, name, "records.lag"));
        assertEquals(99, gauge(registry, name, "position"));
        assertEquals(
                figures.commitLatency().max().toNanos(),
                registry.get("varve.projection.commit.latency.max")
                        .tag("projection", name)
                        .timeGauge()
                        .value(TimeUnit.NANOSECONDS),
                1);
    }

    private static double counter(SimpleMeterRegistry registry, String projection, String name) {
        return registry.get("varve.projection." + name)
                .tag("projection", projection)
                .functionCounter()
                .count();
    }

    private static double gauge(SimpleMeterRegistry registry, String projection, String name) {
        return registry.get("varve.projection." + name)
                .tag("projection", projection)
                .gauge()
                .value();
    }
}
