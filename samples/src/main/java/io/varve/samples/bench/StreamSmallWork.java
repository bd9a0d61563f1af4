package io.varve.samples.bench;

import io.varve.store.EventQuery;
import io.varve.store.EventStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One stream of many whose events lie interleaved: how long until its first event, and how long for
 * each further one. {@code warm} reads streams at random, in a store that has read them before;
 * {@code opened} reads each once, in a store that was just opened. The file is in the page cache
 * for both.
 */
final class StreamSmallWork implements StoreWork {
    private record Run(
            long events,
            double first,
            double p50,
            double p99,
            double further,
            double all,
            boolean right) {
        double rate() {
            return 1e6 * events / all;
        }
    }

    @Override
    public void run(Workbench<Sizes> bench) throws IOException, InterruptedException {
        Sizes sizes = bench.sizes();
        Orders orders = new Orders(sizes.events(), sizes.streams());
        long[] sums = sums(orders);
        Path folder = bench.freshFolder();
        int[] random = Orders.random(sizes.streams() * 2, sizes.streams());
        try (EventStore store = EventStore.open(folder)) {
            orders.load(store);
            read(store, orders, sums, random); // one warm-up more than appends have
            report(
                    bench,
                    "warm",
                    orders,
                    bench.repeat("cache=warm", () -> read(store, orders, sums, random)));
        }
        int[] once = Arrays.stream(random).distinct().toArray();
        report(
                bench,
                "opened",
                orders,
                bench.repeat("cache=opened", () -> openAndRead(folder, orders, sums, once)));
    }

    private static long[] sums(Orders orders) {
        long[] sums = new long[orders.streamCount()];
        for (int i = 0; i < orders.count(); i++) {
            sums[i % sums.length] += orders.sum(i);
        }
        return sums;
    }

    private static Run openAndRead(Path folder, Orders orders, long[] sums, int[] streams) {
        try (EventStore store = EventStore.open(folder)) {
            return read(store, orders, sums, streams);
        }
    }

    private static Run read(EventStore store, Orders orders, long[] sums, int[] streams) {
        FirstEvent visitor = new FirstEvent();
        long[] first = new long[streams.length];
        long further = 0;
        long furtherEvents = 0;
        boolean right = true;
        for (int i = 0; i < streams.length; i++) {
            int stream = streams[i];
            visitor.begin();
            long startedAt = System.nanoTime();
            store.read(EventQuery.stream(orders.stream(stream)), visitor);
            further += System.nanoTime() - visitor.firstAt();
            first[i] = visitor.firstAt() - startedAt;
            furtherEvents += visitor.count() - 1;
            right &= visitor.sum() == sums[stream] && visitor.count() == length(orders, stream);
        }
        double mean =
                IntStream.range(0, first.length).mapToDouble(i -> first[i]).average().orElse(0);
        Arrays.sort(first);
        return new Run(
                furtherEvents + streams.length,
                mean / 1e3,
                first[first.length / 2] / 1e3,
                first[first.length * 99 / 100] / 1e3,
                further / 1e3 / Math.max(1, furtherEvents),
                mean * first.length / 1e3 + further / 1e3,
                right);
    }

    private static int length(Orders orders, int stream) {
        return (orders.count() - stream - 1) / orders.streamCount() + 1;
    }

    private static void report(Workbench<Sizes> bench, String cache, Orders orders, List<Run> runs)
            throws IOException {
        ResultLine line =
                bench.line()
                        .with("cache", cache)
                        .with("streams", orders.streamCount())
                        .with("stored", orders.count())
                        .with("batch", Orders.LOAD_BATCH)
                        .with("durability", "SYNC")
                        .with("codec", "binary")
                        .with("payload_avg", orders.payloadAverage(), 1)
                        .with("us/first", Spread.of(runs, Run::first), 2)
                        .with("us/first_p50", Spread.of(runs, Run::p50).median(), 2)
                        .with("us/first_p99", Spread.of(runs, Run::p99).median(), 2)
                        .with("us/further", Spread.of(runs, Run::further), 3)
                        .with("events/s", Spread.of(runs, Run::rate), 0);
        bench.print(line, runs.stream().allMatch(Run::right));
    }
}
