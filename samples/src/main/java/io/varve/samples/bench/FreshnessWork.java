package io.varve.samples.bench;

import io.varve.runtime.PositionBound;
import io.varve.runtime.ProjectionRuntime;
import io.varve.runtime.ReadView;
import io.varve.samples.flights.Folders;
import io.varve.store.Durability;
import io.varve.store.EventStore;
import io.varve.store.StoreConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How fresh a read model is under a steady rate of hits: for each, the time from its
 * acknowledgement to the first answer of a query that counts it. One thread waits for the position
 * of the next hit that it has not seen, opens a view, asks for the count, and begins again; so what
 * it takes to wake it up is counted, too. Hits that were seen before they were acknowledged count
 * as 0, and their share is told.
 */
final class FreshnessWork implements ProjectionWork {
    static final List<Case> CASES =
            List.of(
                    new Case(1, "SYNC", Durability.SYNC),
                    new Case(1, "ASYNC_50", Durability.async(Duration.ofMillis(50))),
                    new Case(64, "SYNC", Durability.SYNC));

    private static final String NAME = "hits";
    private static final Duration MINUTE = Duration.ofMinutes(1);

    /** How many append, and what is on the disk when they are told that it is done. */
    record Case(int appenders, String name, Durability durability) {
        /** What its line says of it. */
        ResultLine in(ResultLine line) {
            return line.with("durability", name).with("appenders", appenders);
        }
    }

    private record Run(
            int appends, long nanos, long[] fromAcknowledged, long[] fromDue, boolean right) {
        double rate() {
            return fromDue.length * 1e9 / nanos;
        }

        double share() {
            long early = IntStream.range(0, fromAcknowledged.length).filter(this::isEarly).count();
            return 100.0 * early / fromAcknowledged.length;
        }

        private boolean isEarly(int i) {
            return fromAcknowledged[i] == 0;
        }

        double acknowledged(int percent) {
            return Latencies.percentileMicros(fromAcknowledged, percent);
        }

        double due(int percent) {
            return Latencies.percentileMicros(fromDue, percent);
        }
    }

    @Override
    public void run(Workbench<ProjectionSizes> bench) throws IOException, InterruptedException {
        for (Case one : CASES) {
            String what = "appenders=" + one.appenders() + " durability=" + one.name();
            report(bench, one, bench.repeat(what, () -> measure(bench, one)));
        }
    }

    private static Run measure(Workbench<ProjectionSizes> bench, Case one)
            throws IOException, InterruptedException {
        Path models = bench.aside("read-models");
        Folders.delete(models);
        int count = bench.sizes().rate() * bench.sizes().seconds();
        int appenders = one.appenders();
        StoreConfig config = StoreConfig.at(bench.freshFolder()).withDurability(one.durability());
        try (EventStore store = EventStore.open(config);
                ProjectionRuntime runtime =
                        LoggedFlights.runtime(store, models, List.of(Hits.counting(NAME)))) {
            runtime.start();
            var schedule =
                    new SteadyAppender.Schedule(System.nanoTime(), bench.sizes().rate(), count);
            List<SteadyAppender> all =
                    IntStream.range(0, appenders)
                            .mapToObj(i -> new SteadyAppender(store, schedule, i, appenders))
                            .toList();
            List<Thread> threads = new ArrayList<>();
            all.forEach(appender -> threads.add(new Thread(appender, "appender")));
            threads.forEach(Thread::start);
            long[] seen = new long[count];
            boolean right = see(runtime, seen);
            long nanos = System.nanoTime() - schedule.startedAt();
            for (Thread thread : threads) {
                thread.join();
            }
            return new Run(
                    all.stream().mapToInt(SteadyAppender::appends).sum(),
                    nanos,
                    latencies(seen, schedule.acknowledged()),
                    latencies(seen, schedule.due()),
                    right && store.head() == count - 1);
        }
    }

    /** Notes when each was seen; whether every answer was one for the instant of its view. */
    private static boolean see(ProjectionRuntime runtime, long[] seen) throws InterruptedException {
        boolean right = true;
        int next = 0;
        while (next < seen.length) {
            try (ReadView view = runtime.readView(NAME, PositionBound.at(next), MINUTE)) {
                long count = view.store(Hits.COUNTS).get(SteadyAppender.KEY).orElse(0L);
                long now = System.nanoTime();
                right &= count == view.position() + 1;
                while (next < count) {
                    seen[next++] = now;
                }
            }
        }
        return right;
    }

    private static long[] latencies(long[] seen, long[] since) {
        return IntStream.range(0, seen.length)
                .mapToLong(i -> Math.max(0, seen[i] - since[i]))
                .sorted()
                .toArray();
    }

    private static void report(Workbench<ProjectionSizes> bench, Case one, List<Run> runs)
            throws IOException {
        int count = bench.sizes().rate() * bench.sizes().seconds();
        ResultLine line =
                one.in(Hits.line(bench, count))
                        .with("rate", bench.sizes().rate())
                        .with("events/s", Spread.of(runs, Run::rate).median(), 0)
                        .with(
                                "batch_avg",
                                Spread.of(runs, run -> (double) count / run.appends()).median(),
                                2)
                        .with("us_p50", Spread.of(runs, run -> run.acknowledged(50)), 1)
                        .with("us_p99", Spread.of(runs, run -> run.acknowledged(99)), 1)
                        .with("us_max", Spread.of(runs, run -> run.acknowledged(100)).median(), 0)
                        .with("seen_first_percent", Spread.of(runs, Run::share).median(), 1)
                        .with("due_us_p50", Spread.of(runs, run -> run.due(50)).median(), 1)
                        .with("due_us_p99", Spread.of(runs, run -> run.due(99)).median(), 1);
        bench.print(line, runs.stream().allMatch(Run::right));
    }
}
