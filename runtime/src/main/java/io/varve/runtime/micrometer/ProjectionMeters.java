package io.varve.runtime.micrometer;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.varve.runtime.ProjectionMetrics;
import io.varve.runtime.ProjectionRuntime;
import io.varve.runtime.RebuildProgress;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Registers a meter for each figure of {@link ProjectionMetrics}, named {@code varve.projection.*}
 * and tagged with {@code runtime} ({@link ProjectionRuntime#name}) and {@code projection}, and for
 * the health and the head of the log of the runtime, tagged with {@code runtime}.
 *
 * <pre>{@code
 * ProjectionMeters meters = new ProjectionMeters(runtime, Tags.of("application", "shop"));
 * meters.bindTo(registry);    // once the runtime is started
 * ...
 * meters.close();             // with the runtime: takes them out of the registry
 * }</pre>
 *
 * <p>Meters are those of the projections there are when {@link #bindTo} is called; call it again
 * when some were added. Of one that was removed, gauges are not a number, and counters stay as they
 * are. Counters never go back, though those of {@link ProjectionMetrics} do, where another
 * generation of the read model is live: they go on from where they were. A registry does not keep
 * the runtime alive. Thread-safe.
 */
public final class ProjectionMeters implements MeterBinder, AutoCloseable {
    private final ProjectionRuntime runtime;
    private final Tags tags;
    private final Map<MeterRegistry, Set<Meter>> bound = new HashMap<>();

    /**
     * Meters of a runtime.
     *
     * @param runtime whose figures they show
     * @param tags of each meter, beside the names of the runtime and the projection
     */
    public ProjectionMeters(ProjectionRuntime runtime, Iterable<Tag> tags) {
        this.runtime = Objects.requireNonNull(runtime, "runtime");
        this.tags = Tags.of(Objects.requireNonNull(tags, "tags"));
    }

    @Override
    public synchronized void bindTo(MeterRegistry registry) {
        Set<Meter> mine = bound.computeIfAbsent(registry, unknown -> new HashSet<>());
        Tags all = Tags.of("runtime", runtime.name()).and(tags);
        mine.add(
                Gauge.builder("varve.log.head", runtime, one -> one.metrics().head())
                        .description("Position of the last event of the log")
                        .tags(all)
                        .register(registry));
        mine.add(
                Gauge.builder("varve.health", runtime, ProjectionMeters::health)
                        .description("1 up, 0.5 degraded, 0 down")
                        .tags(all)
                        .register(registry));
        for (ProjectionMetrics projection : runtime.metrics().projections()) {
            String name = projection.name();
            bind(new Meters(registry, runtime, name, all.and("projection", name), mine));
        }
    }

    /** Takes the meters out of all registries that they were bound to. */
    @Override
    public synchronized void close() {
        bound.forEach((registry, meters) -> meters.forEach(registry::remove));
        bound.clear();
    }

    private static double health(ProjectionRuntime runtime) {
        return switch (runtime.health().status()) {
            case UP -> 1;
            case DEGRADED -> 0.5;
            case DOWN -> 0;
        };
    }

    private static void bind(Meters to) {
        to.gauge("process.rate", "Events a second given to the topology", m -> m.processRate());
        to.counter("process", "Events given to the topology", m -> m.processTotal());
        to.counter("dropped.records", "Late records", m -> m.droppedRecordsTotal());
        to.gauge("commit.rate", "Commits a second", m -> m.commitRate());
        to.counter("commit", "Commits", m -> m.commitTotal());
        to.time("commit.latency.avg", m -> m.commitLatency().average());
        to.time("commit.latency.p99", m -> m.commitLatency().p99());
        to.time("commit.latency.max", m -> m.commitLatency().max());
        to.time("record.e2e.latency.min", m -> m.recordE2eLatency().min());
        to.time("record.e2e.latency.avg", m -> m.recordE2eLatency().average());
        to.time("record.e2e.latency.p99", m -> m.recordE2eLatency().p99());
        to.time("record.e2e.latency.max", m -> m.recordE2eLatency().max());
        to.gauge("records.lag", "Events not applied yet", m -> m.recordsLag());
        to.time("time.lag", ProjectionMetrics::timeLag);
        to.gauge("position", "Of the last event applied", m -> m.position());
        to.gauge("dead.letters", "Events that failed", m -> m.deadLetters().dead());
        to.gauge("waiting.letters", "Events behind these", m -> m.deadLetters().waiting());
        to.gauge("skipped.records", "Events left out", m -> m.deadLetters().skipped());
        to.counter("cache.hits", "Rows that were in memory", m -> m.cache().hits());
        to.counter("cache.misses", "Rows that had to be read", m -> m.cache().misses());
        to.gauge("cache.hit.rate", "Part of the rows in memory", m -> m.cache().hitRate());
        to.gauge("cache.rows", "Rows kept in memory", m -> m.cache().rows());
        to.gauge("cache.size", "Bytes they take, about, or rows", m -> m.cache().size());
        to.gauge("open.views", "Read views that are open", m -> m.openViews());
        to.time("oldest.open.view", ProjectionMetrics::oldestOpenView);
        to.gauge("rebuild.position", "Of its last event", of(RebuildProgress::position));
        to.gauge("rebuild.lag", "Positions it has not passed yet", of(RebuildProgress::lag));
        to.gauge("rebuild.rate", "Positions a second", of(RebuildProgress::eventsPerSecond));
        to.timeInNanos("rebuild.remaining", of(ProjectionMeters::remaining));
    }

    /** Not a number where there is no rebuild. */
    private static ToDoubleFunction<ProjectionMetrics> of(
            ToDoubleFunction<RebuildProgress> figure) {
        return m -> m.rebuild().map(figure::applyAsDouble).orElse(Double.NaN);
    }

    private static double remaining(RebuildProgress now) {
        return now.remaining().map(time -> (double) time.toNanos()).orElse(Double.NaN);
    }

    /** Where the meters of one projection go. */
    private record Meters(
            MeterRegistry registry,
            ProjectionRuntime runtime,
            String projection,
            Tags tags,
            Set<Meter> registered) {
        private ToDoubleFunction<ProjectionRuntime> figure(
                ToDoubleFunction<ProjectionMetrics> figure) {
            String name = projection;
            return from -> of(from, name).map(figure::applyAsDouble).orElse(Double.NaN);
        }

        private static Optional<ProjectionMetrics> of(ProjectionRuntime from, String name) {
            return from.metrics().projections().stream()
                    .filter(one -> one.name().equals(name))
                    .findFirst();
        }

        void gauge(String name, String what, ToDoubleFunction<ProjectionMetrics> figure) {
            registered.add(
                    Gauge.builder("varve.projection." + name, runtime, figure(figure))
                            .description(what)
                            .tags(tags)
                            .register(registry));
        }

        void counter(String name, String what, ToDoubleFunction<ProjectionMetrics> figure) {
            registered.add(
                    FunctionCounter.builder(
                                    "varve.projection." + name, runtime, new Rising(figure(figure)))
                            .description(what)
                            .tags(tags)
                            .register(registry));
        }

        void time(String name, Function<ProjectionMetrics, Duration> figure) {
            timeInNanos(name, m -> figure.apply(m).toNanos());
        }

        void timeInNanos(String name, ToDoubleFunction<ProjectionMetrics> nanos) {
            registered.add(
                    TimeGauge.builder(
                                    "varve.projection." + name,
                                    runtime,
                                    TimeUnit.NANOSECONDS,
                                    figure(nanos))
                            .tags(tags)
                            .register(registry));
        }
    }

    /**
     * A count that does not go back where what it is taken from begins anew, nor where there is
     * nothing to take it from any more.
     */
    private static final class Rising implements ToDoubleFunction<ProjectionRuntime> {
        private final ToDoubleFunction<ProjectionRuntime> figure;
        private double before;
        private double last;

        Rising(ToDoubleFunction<ProjectionRuntime> figure) {
            this.figure = figure;
        }

        @Override
        public synchronized double applyAsDouble(ProjectionRuntime runtime) {
            double now = figure.applyAsDouble(runtime);
            if (!Double.isNaN(now)) {
                before = Math.max(before, last - now);
                last = before + now;
            }
            return last;
        }
    }
}
