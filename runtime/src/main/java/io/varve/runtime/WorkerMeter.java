package io.varve.runtime;

import io.varve.projections.CacheCounts;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts what the worker of a projection does, for {@link ProjectionMetrics}. The worker counts
 * once per commit; anyone reads. What is told of the last time is of two samples, the one that is
 * being filled and the full one before it:
 *
 * <pre>
 *        30 s         30 s          now
 *   ├────────────┼────────────┼──────┤
 *     forgotten     previous   current
 * </pre>
 */
final class WorkerMeter {
    private static final long SAMPLE_NANOS = 30_000_000_000L;
    private static final long LEAST_NANOS = 1_000_000_000L;

    /** What is counted from some time on. */
    private static final class Sample {
        private final long began;
        private final LatencyHistogram commits = new LatencyHistogram();
        private final LatencyHistogram endToEnd = new LatencyHistogram();
        private long events;

        private Sample(long began) {
            this.began = began;
        }
    }

    /** What is known of the last 30 to 60 seconds. */
    record Recent(
            double processRate,
            double commitRate,
            LatencyMetrics commitLatency,
            LatencyMetrics endToEndLatency) {}

    private Sample current;
    private Sample previous;
    private long commits;
    private CacheCounts cache = CacheCounts.NONE;
    private Map<String, Long> dropped = Map.of();

    /**
     * Begins to count.
     *
     * @param now by {@link System#nanoTime}, as all
     */
    WorkerMeter(long now) {
        current = new Sample(now);
        previous = current;
    }

    /**
     * Counts a commit.
     *
     * @param events given to the topology since the last one
     * @param nanos it took
     * @param cacheNow counted so far
     */
    synchronized void committed(long now, long events, long nanos, CacheCounts cacheNow) {
        roll(now);
        current.events += events;
        current.commits.record(nanos);
        commits++;
        cache = cacheNow;
    }

    /** Counts how long an event took from its commit in the log until it could be read. */
    synchronized void visible(long now, long nanos) {
        roll(now);
        current.endToEnd.record(nanos);
    }

    private void roll(long now) {
        long age = now - current.began;
        if (age >= 2 * SAMPLE_NANOS) {
            // Nothing was counted in the sample that would be the previous one.
            current = new Sample(now - SAMPLE_NANOS);
            previous = current;
        } else if (age >= SAMPLE_NANOS) {
            previous = current;
            current = new Sample(current.began + SAMPLE_NANOS);
        }
    }

    synchronized Recent recent(long now) {
        roll(now);
        LatencyHistogram commitTimes = new LatencyHistogram();
        LatencyHistogram endToEnd = new LatencyHistogram();
        commitTimes.add(current.commits);
        endToEnd.add(current.endToEnd);
        long events = current.events;
        if (previous != current) {
            commitTimes.add(previous.commits);
            endToEnd.add(previous.endToEnd);
            events += previous.events;
        }
        LatencyMetrics commitLatency = commitTimes.metrics();
        double seconds = Math.max(LEAST_NANOS, now - previous.began) / 1e9;
        return new Recent(
                events / seconds,
                commitLatency.count() / seconds,
                commitLatency,
                endToEnd.metrics());
    }

    synchronized long commits() {
        return commits;
    }

    /** Sets how many records came too late so far, by stores; it does not change. */
    synchronized void dropped(Map<String, Long> records) {
        dropped = records;
    }

    synchronized Map<String, Long> dropped() {
        return dropped;
    }

    /** Adds what was counted by name; neither is changed. */
    static Map<String, Long> sum(Map<String, Long> some, Map<String, Long> more) {
        if (some.isEmpty() || more.isEmpty()) {
            return some.isEmpty() ? more : some; // at each commit: mostly there is nothing
        }
        Map<String, Long> sum = new TreeMap<>(some);
        more.forEach((name, count) -> sum.merge(name, count, Long::sum));
        return Collections.unmodifiableMap(sum);
    }

    synchronized CacheCounts cache() {
        return cache;
    }
}
