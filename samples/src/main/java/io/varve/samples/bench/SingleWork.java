package io.varve.samples.bench;

import io.varve.store.Category;
import io.varve.store.EventQuery;
import io.varve.store.EventStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Single orders, appended to one stream by threads that each wait for their own acknowledgement,
 * for some seconds. Then every order that was acknowledged is there, once, and nothing else.
 */
final class SingleWork implements StoreWork {
    private static final List<Integer> THREADS = List.of(1, 8, 16, 64);

    private record Run(int events, long nanos, double p50, double p99, boolean right) {
        double rate() {
            return events * 1e9 / nanos;
        }
    }

    @Override
    public void run(Workbench<Sizes> bench) throws IOException, InterruptedException {
        Orders orders = new Orders(bench.sizes().events(), 1);
        for (ThreadKind kind : ThreadKind.available()) {
            for (int threads : THREADS) {
                String what = "threads=" + threads + " kind=" + kind;
                report(
                        bench,
                        orders,
                        kind,
                        threads,
                        bench.repeat(what, () -> append(bench, orders, kind, threads)));
            }
        }
    }

    private static Run append(Workbench<Sizes> bench, Orders orders, ThreadKind kind, int count)
            throws IOException, InterruptedException {
        try (EventStore store = EventStore.open(bench.freshFolder())) {
            AtomicInteger next = new AtomicInteger();
            List<Appender> appenders = new ArrayList<>();
            List<Thread> threads = new ArrayList<>();
            long startedAt = System.nanoTime();
            long until = startedAt + bench.sizes().seconds() * 1_000_000_000L;
            for (int i = 0; i < count; i++) {
                Appender appender = new Appender(store, orders, next, until);
                appenders.add(appender);
                threads.add(kind.thread(appender));
            }
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
            long nanos = System.nanoTime() - startedAt;
            return result(store, orders, appenders, nanos);
        }
    }

    private static Run result(
            EventStore store, Orders orders, List<Appender> appenders, long nanos) {
        long[] sorted =
                Latencies.sorted(appenders.stream().map(appender -> appender.latencies).toList());
        BitSet acknowledged = new BitSet();
        appenders.forEach(appender -> acknowledged.or(appender.acknowledged));
        return new Run(
                sorted.length,
                nanos,
                Latencies.percentileMicros(sorted, 50),
                Latencies.percentileMicros(sorted, 99),
                isRight(store, orders, acknowledged, sorted.length));
    }

    private static boolean isRight(
            EventStore store, Orders orders, BitSet acknowledged, int count) {
        boolean[] right = {acknowledged.cardinality() == count && store.head() == count - 1};
        store.read(
                EventQuery.all(),
                event -> {
                    int i = (int) BinaryOrders.orderId(event.payload());
                    right[0] &=
                            acknowledged.get(i)
                                    && BinaryOrders.touch(event.payload()) == orders.sum(i);
                    acknowledged.clear(i);
                    return right[0];
                });
        return right[0] && acknowledged.isEmpty();
    }

    private static void report(
            Workbench<Sizes> bench, Orders orders, ThreadKind kind, int threads, List<Run> runs)
            throws IOException {
        ResultLine line =
                bench.line()
                        .with("threads", threads)
                        .with("kind", kind)
                        .with("batch", 1)
                        .with("events", Spread.of(runs, Run::events).median(), 0)
                        .with("durability", "SYNC")
                        .with("codec", "binary")
                        .with("payload_avg", orders.payloadAverage(), 1)
                        .with("events/s", Spread.of(runs, Run::rate), 0)
                        .with("us_p50", Spread.of(runs, Run::p50).median(), 0)
                        .with("us_p99", Spread.of(runs, Run::p99).median(), 0);
        bench.print(line, runs.stream().allMatch(Run::right));
    }

    /** One who appends; a thread that fails leaves an order unacknowledged, and is reported. */
    private static final class Appender implements Runnable {
        private final Category<OrderPlaced> category;
        private final Orders orders;
        private final AtomicInteger next;
        private final long until;
        private final Latencies latencies = new Latencies();
        private final BitSet acknowledged = new BitSet();

        Appender(EventStore store, Orders orders, AtomicInteger next, long until) {
            this.category = store.category(Orders.CATEGORY, BinaryOrders.EVENTS);
            this.orders = orders;
            this.next = next;
            this.until = until;
        }

        @Override
        public void run() {
            String key = orders.stream(0).key();
            long now = System.nanoTime();
            while (now < until) {
                int i = next.getAndIncrement();
                if (i >= orders.count()) {
                    return;
                }
                category.append(key, orders.get(i));
                long after = System.nanoTime();
                latencies.add(after - now);
                acknowledged.set(i);
                now = after;
            }
        }
    }
}
