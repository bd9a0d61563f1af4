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
import io.varve.runtime.Rebuild;
import io.varve.runtime.RemovedData;
import io.varve.store.EventBatch;
import io.varve.store.EventStore;
import io.varve.store.StreamId;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serdes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
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

    @Test
    void shouldTellRuntimesApartAndTakeItsMetersAway(@TempDir Path folder) throws Exception {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (EventStore store = EventStore.open(folder.resolve("log"));
                ProjectionRuntime first = runtime(store, folder.resolve("first"), "one");
                ProjectionRuntime second = runtime(store, folder.resolve("second"), "two")) {
            append(store, 10);
            first.start();
            second.start();
            ProjectionMeters meters = new ProjectionMeters(first, Tags.of("shop", "a"));
            ProjectionMeters others = new ProjectionMeters(second, Tags.empty());
            meters.bindTo(registry);
            int alone = registry.getMeters().size();
            others.bindTo(registry);
            meters.bindTo(registry);
            assertEquals(2 * alone, registry.getMeters().size());
            for (String name : new String[] {"first", "second"}) {
                assertEquals(
                        9, registry.get("varve.log.head").tag("runtime", name).gauge().value());
            }
            meters.close();
            assertEquals(alone, registry.getMeters().size());
            assertEquals(
                    List.of(),
                    List.copyOf(registry.find("varve.log.head").tag("shop", "a").meters()));
            others.close();
            assertEquals(List.of(), registry.getMeters());
        }
    }

    private static ProjectionRuntime runtime(EventStore store, Path folder, String name) {
        return ProjectionRuntime.builder(store, folder).add(counting(name)).build();
    }

    @Test
    void shouldNeverCountBack(@TempDir Path folder) throws Exception {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (EventStore store = EventStore.open(folder.resolve("log"));
                ProjectionRuntime runtime = runtime(store, folder.resolve("models"), "one")) {
            append(store, 100);
            runtime.start();
            assertTrue(runtime.awaitPosition("one", 99, Duration.ofMinutes(1)));
            new ProjectionMeters(runtime, Tags.empty()).bindTo(registry);
            assertEquals(99, counter(registry, "one", "cache.hits"));
            runtime.pause("one");
            runtime.resume("one");
            append(store, 10);
            assertTrue(runtime.awaitPosition("one", 109, Duration.ofMinutes(1)));
            // The first finds the row on the disk, as the worker is another.
            assertEquals(108, counter(registry, "one", "cache.hits"));
            assertEquals(108, runtime.metrics("one").cache().hits());

            runtime.pause("one"); // so that it is behind when it is gone back to
            Rebuild rebuild = runtime.rebuild("one");
            assertTrue(rebuild.await(Duration.ofMinutes(1)));
            rebuild.promote();
            append(store, 5);
            assertTrue(runtime.awaitPosition("one", 114, Duration.ofMinutes(1)));
            assertEquals(115, counter(registry, "one", "process"));
            runtime.rollback("one");
            assertEquals(110, runtime.metrics("one").processTotal());
            assertEquals(115, counter(registry, "one", "process"));
            runtime.resume("one");
            assertTrue(runtime.awaitPosition("one", 114, Duration.ofMinutes(1)));
            assertEquals(120, counter(registry, "one", "process"));
            runtime.remove("one", RemovedData.KEEP);
            assertEquals(120, counter(registry, "one", "process"));
            assertEquals(Double.NaN, gauge(registry, "one", "position"));
        }
    }

    @Test
    void shouldNameAllMetersInTheGuide(@TempDir Path folder) throws Exception {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (EventStore store = EventStore.open(folder.resolve("log"));
                ProjectionRuntime runtime = runtime(store, folder.resolve("models"), "one")) {
            runtime.start();
            new ProjectionMeters(runtime, Tags.empty()).bindTo(registry);
            Set<String> names = new TreeSet<>();
            registry.getMeters().forEach(meter -> names.add(meter.getId().getName()));
            names.removeIf(name -> name.matches(".*latency[.](min|p99|max)"));
            Set<String> told = new TreeSet<>();
            Pattern.compile("^\\| `(varve[a-z0-9.]+)`", Pattern.MULTILINE)
                    .matcher(Files.readString(Path.of("src/docs/guide.md")))
                    .results()
                    .forEach(row -> told.add(row.group(1)));
            assertEquals(names, told);
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
