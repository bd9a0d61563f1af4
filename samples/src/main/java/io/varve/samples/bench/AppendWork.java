package io.varve.samples.bench;

import io.varve.samples.flights.Folders;
import io.varve.store.EventBatch;
import io.varve.store.EventStore;
import io.varve.store.StoreConfig;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Orders, appended by one thread in batches. The orders are there beforehand, encoding them is
 * timed; closing the store, which merges the rest of the index, is not, and is told. So is the
 * processor time of the thread that appends, which says more than the time on the clock where a
 * machine is not quiet.
 */
final class AppendWork implements StoreWork {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** A batch of one waits for the disk each time: so many are enough. */
    private static final int MOST_SINGLE = 100_000;

    private final boolean oneStream;
    private final List<Integer> batches;

    private final String durability;
    private final UnaryOperator<StoreConfig> configure;

    /** Each batch is on disk before the next. */
    AppendWork(boolean oneStream, List<Integer> batches) {
        this(oneStream, batches, "SYNC", UnaryOperator.identity());
    }

    /** Into a store that was opened in another way. */
    AppendWork(
            boolean oneStream,
            List<Integer> batches,
            String durability,
            UnaryOperator<StoreConfig> configure) {
        this.oneStream = oneStream;
        this.batches = batches;
        this.durability = durability;
        this.configure = configure;
    }

    private record Run(
            long events, long nanos, long cpuNanos, long closeNanos, long bytes, boolean right) {
        double rate() {
            return events * 1e9 / nanos;
        }
    }

    @Override
    public void run(Workbench<Sizes> bench) throws IOException, InterruptedException {
        Sizes sizes = bench.sizes();
        Orders orders = new Orders(sizes.events(), oneStream ? 1 : sizes.streams());
        for (int batch : batches) {
            List<Run> runs = bench.repeat("batch=" + batch, () -> append(bench, orders, batch));
            report(bench, orders, batch, runs);
        }
    }

    private Run append(Workbench<Sizes> bench, Orders orders, int batch) throws IOException {
        Path folder = bench.freshFolder();
        long nanos;
        long cpuNanos;
        long closing;
        int done;
        boolean right;
        try (EventStore store = EventStore.open(configure.apply(StoreConfig.at(folder)))) {
            long cpuBefore = THREADS.getCurrentThreadCpuTime();
            long startedAt = System.nanoTime();
            done = append(store, orders, batch, startedAt + bench.sizes().capNanos());
            store.sync(); // so that all rates are of events on disk
            nanos = System.nanoTime() - startedAt;
            cpuNanos = THREADS.getCurrentThreadCpuTime() - cpuBefore;
            right = OrderCheck.isRight(store, orders, done);
            closing = System.nanoTime();
        }
        long closeNanos = System.nanoTime() - closing;
        return new Run(done, nanos, cpuNanos, closeNanos, Folders.bytes(folder), right);
    }

    private static int append(EventStore store, Orders orders, int size, long until) {
        int count = size == 1 ? Math.min(MOST_SINGLE, orders.count()) : orders.count();
        EventBatch batch = new EventBatch();
        int done = 0;
        while (done < count && System.nanoTime() < until) {
            int to = Math.min(count, done + size);
            orders.append(store, batch, done, to);
            done = to;
        }
        return done;
    }

    private void report(Workbench<Sizes> bench, Orders orders, int batch, List<Run> runs)
            throws IOException {
        ResultLine line =
                bench.line()
                        .with("batch", batch)
                        .with("streams", orders.streamCount())
                        .with("events", Spread.of(runs, Run::events).median(), 0)
                        .with("durability", durability)
                        .with("codec", "binary")
                        .with("payload_avg", orders.payloadAverage(), 1)
                        .with("events/s", Spread.of(runs, Run::rate), 0)
                        .with(
                                "cpu_ns/event",
                                Spread.of(runs, run -> (double) run.cpuNanos() / run.events()),
                                1)
                        .with(
                                "close_ms",
                                Spread.of(runs, run -> run.closeNanos() / 1e6).median(),
                                0)
                        .with(
                                "disk_bytes/event",
                                Spread.of(runs, run -> (double) run.bytes() / run.events())
                                        .median(),
                                1);
        bench.print(line, runs.stream().allMatch(Run::right));
    }
}
