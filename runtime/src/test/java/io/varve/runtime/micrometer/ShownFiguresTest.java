package io.varve.runtime.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.varve.projections.Consumed;
import io.varve.projections.EventStream;
import io.varve.projections.Materialized;
import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.projections.TimeWindows;
import io.varve.projections.Windowed;
import io.varve.runtime.ErrorPolicy;
import io.varve.runtime.PositionBound;
import io.varve.runtime.ProjectionConfig;
import io.varve.runtime.ProjectionMetrics;
import io.varve.runtime.ProjectionRuntime;
import io.varve.runtime.ReadView;
import io.varve.runtime.Rebuild;
import io.varve.runtime.RebuildPhase;
import io.varve.runtime.RebuildProgress;
import io.varve.runtime.RuntimeConfig;
import io.varve.store.EventBatch;
import io.varve.store.EventStore;
import io.varve.store.StreamId;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serdes;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.TabularData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What JMX and Micrometer show is what the runtime says, figure by figure. */
@Timeout(120)
class ShownFiguresTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final EventSerde<String> TEXTS =
            EventSerde.of(String.class).type("text", String.class, Serdes.utf8()).build();

    /** Times are in milliseconds; a name is empty where something is not shown there. */
    private record Figure(
            String attribute, String meter, ToDoubleFunction<ProjectionMetrics> value) {}

    private static Figure figure(
            String attribute, String meter, ToDoubleFunction<ProjectionMetrics> value) {
        return new Figure(attribute, meter, value);
    }

    private static Figure time(
            String attribute, String meter, Function<ProjectionMetrics, Duration> value) {
        return new Figure(attribute, meter, m -> value.apply(m).toNanos() / 1e6);
    }

    private static Figure rebuild(
            String attribute, String meter, ToDoubleFunction<RebuildProgress> value) {
        return new Figure(attribute, meter, m -> value.applyAsDouble(m.rebuild().orElseThrow()));
    }

    private static final List<Figure> FIGURES =
            List.of(
                    figure("Version", "", m -> m.version()),
                    figure("Position", "position", m -> m.position()),
                    figure("ProcessRate", "process.rate", m -> m.processRate()),
                    figure("ProcessTotal", "process", m -> m.processTotal()),
                    figure("DroppedRecordsTotal", "dropped.records", m -> m.droppedRecordsTotal()),
                    figure("CommitRate", "commit.rate", m -> m.commitRate()),
                    figure("CommitTotal", "commit", m -> m.commitTotal()),
                    time(
                            "CommitLatencyAvg",
                            "commit.latency.avg",
                            m -> m.commitLatency().average()),
                    time("CommitLatencyP99", "commit.latency.p99", m -> m.commitLatency().p99()),
                    time("CommitLatencyMax", "commit.latency.max", m -> m.commitLatency().max()),
                    time(
                            "RecordE2eLatencyMin",
                            "record.e2e.latency.min",
                            m -> m.recordE2eLatency().min()),
                    time(
                            "RecordE2eLatencyAvg",
                            "record.e2e.latency.avg",
                            m -> m.recordE2eLatency().average()),
                    time(
                            "RecordE2eLatencyP99",
                            "record.e2e.latency.p99",
                            m -> m.recordE2eLatency().p99()),
                    time(
                            "RecordE2eLatencyMax",
                            "record.e2e.latency.max",
                            m -> m.recordE2eLatency().max()),
                    figure("RecordsLag", "records.lag", m -> m.recordsLag()),
                    time("TimeLag", "time.lag", m -> m.timeLag()),
                    figure("DeadLetters", "dead.letters", m -> m.deadLetters().dead()),
                    figure("WaitingLetters", "waiting.letters", m -> m.deadLetters().waiting()),
                    figure("SkippedRecords", "skipped.records", m -> m.deadLetters().skipped()),
                    figure("PurgedLetters", "", m -> m.deadLetters().purged()),
                    figure("", "cache.hits", m -> m.cache().hits()),
                    figure("", "cache.misses", m -> m.cache().misses()),
                    figure("CacheHitRate", "cache.hit.rate", m -> m.cache().hitRate()),
                    figure("CacheRows", "cache.rows", m -> m.cache().rows()),
                    figure("CacheSize", "cache.size", m -> m.cache().size()),
                    figure("OpenViews", "open.views", m -> m.openViews()),
                    time("OldestOpenView", "oldest.open.view", m -> m.oldestOpenView()),
                    rebuild("RebuildPosition", "rebuild.position", RebuildProgress::position),
                    rebuild("RebuildLag", "rebuild.lag", RebuildProgress::lag),
                    rebuild("RebuildRate", "rebuild.rate", RebuildProgress::eventsPerSecond),
                    rebuild(
                            "RebuildRemaining",
                            "rebuild.remaining",
                            now -> now.remaining().orElseThrow().toNanos() / 1e6));

    /** Those that cannot be had with the others; {@code ProjectionBeanTest} has them. */
    private static final Set<String> ZERO = Set.of("SkippedRecords", "PurgedLetters");

    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private static Projection counting(int version, Consumer<String> hook) {
        StreamsBuilder builder = new StreamsBuilder();
        EventStream<String, String> texts =
                builder.stream("texts", Consumed.with(TEXTS))
                        .peek((key, text) -> hook.accept(text));
        texts.groupByKey()
                .count(
                        Materialized.as(
                                StoreRef.<String, Long>of("counts"),
                                Serdes.utf8(),
                                Serdes.int64()));
        texts.groupByKey()
                .windowedBy(TimeWindows.ofSizeAndGrace(Duration.ofMillis(10), Duration.ZERO))
                .count(
                        Materialized.windowed(
                                StoreRef.<Windowed<String>, Long>of("windows"),
                                Serdes.utf8(),
                                Serdes.int64()));
        return Projection.of("one", version, builder.build());
    }

    private static void append(EventStore store, String key, long time, String... texts) {
        EventBatch batch = new EventBatch();
        for (String text : texts) {
            batch.add(StreamId.of("texts", key), TEXTS, text, OptionalLong.of(time));
        }
        store.append(batch);
    }

    private static void refuse(String text) {
        if (text.equals("bad")) {
            throw new IllegalStateException("on purpose");
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldShowWhatTheRuntimeSays(@TempDir Path folder) throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch opened = new CountDownLatch(1);
        RuntimeConfig small = RuntimeConfig.defaults().withSlotEvents(5).withCatchUpBatchEvents(5);
        ProjectionConfig config =
                ProjectionConfig.defaults().withErrorPolicy(ErrorPolicy.deadLetter());
        try (EventStore store = EventStore.open(folder.resolve("log"));
                ProjectionRuntime runtime =
                        ProjectionRuntime.builder(store, folder.resolve("shown"))
                                .config(small)
                                .add(counting(1, ShownFiguresTest::refuse), config)
                                .build()) {
            append(store, "a", 1_000, "1", "2", "3", "4", "5", "6", "7");
            append(store, "a", 500, "late");
            append(store, "b", 1_000, "bad", "behind", "behind");
            append(store, "a", 1_000, "gate");
            long head = store.head();
            runtime.start();
            assertTrue(runtime.awaitPosition("one", head, LONG));
            runtime.pause("one");
            append(store, "a", 1_000, "more", "more");
            try (ReadView view = runtime.readView("one", PositionBound.any(), LONG)) {
                Rebuild rebuild =
                        runtime.rebuild(
                                counting(
                                        2,
                                        text -> {
                                            refuse(text);
                                            if (text.equals("gate")) {
                                                entered.countDown();
                                                await(opened);
                                            }
                                        }));
                await(entered);
                assertEquals(RebuildPhase.CATCHING_UP, rebuild.progress().phase());
                assertEquals(head, view.position());
                assertShown(runtime);
            } finally {
                opened.countDown();
            }
        }
    }

    private void assertShown(ProjectionRuntime runtime) throws Exception {
        new ProjectionMeters(runtime, Tags.empty()).bindTo(registry);
        ObjectName bean = new ObjectName("io.varve:type=projection,runtime=shown,projection=one");
        assertEquals(named(Figure::attribute), numbers(bean));
        assertEquals(named(Figure::meter), meters());
        for (Figure figure : FIGURES) {
            String what = figure.attribute() + " " + figure.meter();
            // Time passes: what goes by it is between what it was before and what it is after.
            double before = figure.value().applyAsDouble(runtime.metrics("one"));
            double attribute = figure.attribute().isEmpty() ? before : attribute(bean, figure);
            double meter = figure.meter().isEmpty() ? before : meter(figure);
            double after = figure.value().applyAsDouble(runtime.metrics("one"));
            assertBetween(before, attribute, after, what);
            assertBetween(before, meter, after, what);
            // What is estimated of a fast rebuild is less than a millisecond, and told as nothing.
            if (!figure.attribute().equals("RebuildRemaining")) {
                assertEquals(ZERO.contains(figure.attribute()), before == 0, what + " " + before);
            }
        }
        assertEquals("CATCHING_UP", server.getAttribute(bean, "RebuildPhase"));
        assertEquals("PAUSED", server.getAttribute(bean, "State"));
        TabularData dropped = (TabularData) server.getAttribute(bean, "DroppedRecords");
        assertEquals(
                runtime.metrics("one").droppedRecordsTotal(),
                dropped.get(new Object[] {"windows"}).get("value"));
    }

    private static void assertBetween(double before, double shown, double after, String what) {
        double low = Math.min(before, after) - 1e-6;
        double high = Math.max(before, after) + 1e-6;
        assertTrue(low <= shown && shown <= high, what + " " + before + " " + shown + " " + after);
    }

    private static Set<String> named(Function<Figure, String> name) {
        return FIGURES.stream()
                .map(name)
                .filter(one -> !one.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Set<String> numbers(ObjectName bean) throws Exception {
        return Arrays.stream(server.getMBeanInfo(bean).getAttributes())
                .filter(one -> !one.getType().equals(String.class.getName()))
                .filter(one -> !one.getType().equals(TabularData.class.getName()))
                .map(MBeanAttributeInfo::getName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Set<String> meters() {
        String prefix = "varve.projection.";
        return registry.getMeters().stream()
                .map(one -> one.getId().getName())
                .filter(one -> one.startsWith(prefix))
                .map(one -> one.substring(prefix.length()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private double attribute(ObjectName bean, Figure figure) throws Exception {
        return ((Number) server.getAttribute(bean, figure.attribute())).doubleValue();
    }

    private double meter(Figure figure) {
        Meter meter = registry.get("varve.projection." + figure.meter()).meter();
        if (meter instanceof TimeGauge time) {
            return time.value(TimeUnit.MILLISECONDS);
        }
        return meter instanceof FunctionCounter counter ? counter.count() : ((Gauge) meter).value();
    }
}
