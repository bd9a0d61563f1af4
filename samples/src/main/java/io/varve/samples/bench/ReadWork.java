package io.varve.samples.bench;

import com.sun.management.ThreadMXBean;
import io.varve.store.EventStore;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;

/** Reads orders of one stream, again and again; every field is touched where it lies. */
abstract class ReadWork implements StoreWork {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Reads in one run: the host's mood changes faster than one of them can tell. */
    private static final int PASSES = 10;

    private record Run(long events, long nanos, long cpuNanos, long allocated, boolean right) {
        double rate() {
            return events * 1e9 / nanos;
        }
    }

    /** Begins to read an order each call of which is counted. */
    abstract void read(EventStore store, Orders orders, OrderSum sum);

    /** What {@link #read} must add up to. */
    abstract long expectedSum(Orders orders);

    /** How many orders {@link #read} must visit. */
    abstract long expectedCount(Orders orders);

    /** Gets ready, before anything is timed. */
    void prepare(Sizes sizes) {}

    @Override
    public final void run(Workbench<Sizes> bench) throws IOException, InterruptedException {
        prepare(bench.sizes());
        Orders orders = new Orders(bench.sizes().events(), 1);
        long expectedSum = expectedSum(orders);
        try (EventStore store = EventStore.open(bench.freshFolder())) {
            orders.load(store);
            timed(store, orders, expectedSum); // one warm-up more than appends have
            List<Run> runs = bench.repeat("read", () -> timed(store, orders, expectedSum));
            report(bench, orders, runs);
        }
    }

    private Run timed(EventStore store, Orders orders, long expectedSum) {
        OrderSum sum = new OrderSum();
        long thread = Thread.currentThread().getId();
        long allocatedBefore = THREADS.getThreadAllocatedBytes(thread);
        long cpuBefore = THREADS.getCurrentThreadCpuTime();
        long startedAt = System.nanoTime();
        for (int pass = 0; pass < PASSES; pass++) {
            read(store, orders, sum);
        }
        long nanos = System.nanoTime() - startedAt;
        long cpuNanos = THREADS.getCurrentThreadCpuTime() - cpuBefore;
        long allocated = THREADS.getThreadAllocatedBytes(thread) - allocatedBefore;
        boolean right =
                sum.sum() == PASSES * expectedSum && sum.count() == PASSES * expectedCount(orders);
        return new Run(sum.count(), nanos, cpuNanos, allocated / PASSES, right);
    }

    private static void report(Workbench<Sizes> bench, Orders orders, List<Run> runs)
            throws IOException {
        ResultLine line =
                bench.line()
                        .with("events", Spread.of(runs, Run::events).median() / PASSES, 0)
                        .with("passes", PASSES)
                        .with("stored", orders.count())
                        .with("batch", Orders.LOAD_BATCH)
                        .with("durability", "SYNC")
                        .with("codec", "binary")
                        .with("payload_avg", orders.payloadAverage(), 1)
                        .with("events/s", Spread.of(runs, Run::rate), 0)
                        .with(
                                "cpu_ns/event",
                                Spread.of(runs, run -> (double) run.cpuNanos() / run.events()),
                                2)
                        .with("allocated_bytes", Spread.of(runs, Run::allocated).max(), 0);
        bench.print(line, runs.stream().allMatch(Run::right));
    }
}
