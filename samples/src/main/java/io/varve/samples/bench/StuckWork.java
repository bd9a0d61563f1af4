package io.varve.samples.bench;

import io.varve.projections.Projection;
import io.varve.runtime.PositionBound;
import io.varve.runtime.ProjectionRuntime;
import io.varve.runtime.ReadView;
import io.varve.samples.flights.Folders;
import io.varve.store.Category;
import io.varve.store.EventStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Single appends by one thread, with a projection that follows them, and with another one beside it
 * that does not come back from the code of its user: it is let go only when all is appended. The
 * two runs of a pair follow each other.
 */
final class StuckWork implements ProjectionWork {
    private static final String WORKING = "working";
    private static final String STUCK = "stuck";
    private static final int KEYS = 1_000;

    private record Run(int events, long nanos, double p50, double p99, double max, boolean right) {
        double rate() {
            return events * 1e9 / nanos;
        }
    }

    private record Pair(Run without, Run with) {}

    @Override
    public void run(Workbench<ProjectionSizes> bench) throws IOException, InterruptedException {
        List<Pair> pairs =
                bench.repeat("pairs", () -> new Pair(measure(bench, false), measure(bench, true)));
        report(bench, 0, pairs.stream().map(Pair::without).toList());
        report(bench, 1, pairs.stream().map(Pair::with).toList());
    }

    private static Run measure(Workbench<ProjectionSizes> bench, boolean stuck)
            throws IOException, InterruptedException {
        Path models = bench.aside("read-models");
        Folders.delete(models);
        CountDownLatch letGo = new CountDownLatch(1);
        List<Projection> projections = new ArrayList<>(List.of(Hits.counting(WORKING)));
        if (stuck) {
            projections.add(Hits.counting(STUCK, (stream, hit) -> waitFor(letGo)));
        }
        try (EventStore store = EventStore.open(bench.freshFolder());
                ProjectionRuntime runtime = LoggedFlights.runtime(store, models, projections)) {
            runtime.start();
            try {
                return measure(bench, store, runtime, stuck ? letGo : new CountDownLatch(0));
            } finally {
                letGo.countDown();
            }
        }
    }

    private static Run measure(
            Workbench<ProjectionSizes> bench,
            EventStore store,
            ProjectionRuntime runtime,
            CountDownLatch letGo)
            throws InterruptedException {
        Category<Hits.Hit> category = store.category(Hits.STREAM.category(), Hits.EVENTS);
        HitCounts counts = new HitCounts(KEYS);
        Latencies latencies = new Latencies();
        long startedAt = System.nanoTime();
        long until = startedAt + bench.sizes().seconds() * 1_000_000_000L;
        long now = startedAt;
        while (now < until) {
            int key = latencies.count() % KEYS;
            category.append(Hits.STREAM.key(), new Hits.Hit((long) key));
            long after = System.nanoTime();
            latencies.add(after - now);
            counts.add(key);
            now = System.nanoTime();
        }
        boolean right = isRight(store, runtime, letGo, counts);
        long[] sorted = Latencies.sorted(List.of(latencies));
        return new Run(
                sorted.length,
                now - startedAt,
                Latencies.percentileMicros(sorted, 50),
                Latencies.percentileMicros(sorted, 99),
                Latencies.percentileMicros(sorted, 100),
                right && store.head() == sorted.length - 1);
    }

    /** One has applied all, the other nothing; let go, it applies all as well. */
    private static boolean isRight(
            EventStore store, ProjectionRuntime runtime, CountDownLatch letGo, HitCounts counts)
            throws InterruptedException {
        boolean right = isRight(store, runtime, WORKING, counts);
        if (letGo.getCount() > 0) {
            right &= runtime.status(STUCK).position() == -1;
            letGo.countDown();
            right &= isRight(store, runtime, STUCK, counts);
        }
        return right;
    }

    private static boolean isRight(
            EventStore store, ProjectionRuntime runtime, String projection, HitCounts counts)
            throws InterruptedException {
        PositionBound all = PositionBound.at(store.head());
        try (ReadView view = runtime.readView(projection, all, PATIENCE)) {
            return counts.isRight(view.store(Hits.COUNTS));
        }
    }

    private static boolean waitFor(CountDownLatch letGo) {
        try {
            letGo.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("A projection was interrupted in its user's code", e);
        }
        return true;
    }

    private static void report(Workbench<ProjectionSizes> bench, int stuck, List<Run> runs)
            throws IOException {
        ResultLine line =
                Hits.line(bench, (long) Spread.of(runs, Run::events).median())
                        .with("batch", 1)
                        .with("threads", 1)
                        .with("working", 1)
                        .with("stuck", stuck)
                        .with("events/s", Spread.of(runs, Run::rate).median(), 0)
                        .with("us_p50", Spread.of(runs, Run::p50), 1)
                        .with("us_p99", Spread.of(runs, Run::p99), 1)
                        .with("us_max", Spread.of(runs, Run::max).median(), 0);
        bench.print(line, runs.stream().allMatch(Run::right));
    }
}
