package io.varve.samples.bench;

import io.varve.projections.CacheCounts;
import io.varve.runtime.PositionBound;
import io.varve.runtime.ProjectionRuntime;
import io.varve.runtime.ReadView;
import io.varve.samples.flights.Folders;
import io.varve.store.EventStore;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Path;
import java.util.List;

/**
 * Counts by many keys: first each key once, in mixed order, then keys at random, all equally
 * likely. The log is there beforehand. Rates are from one commit to another: the first is that of
 * the last key that was new, or the next one behind it. The heap is what is in use, garbage
 * collected, when all is committed and the runtime still open, beyond what was in use before it was
 * made.
 */
final class CardinalityWork implements ProjectionWork {
    private static final String NAME = "by-key";
    private static final double MIB = 1 << 20;
    private static final MemoryMXBean MEMORY = ManagementFactory.getMemoryMXBean();

    private record Run(
            double inserts,
            double updates,
            long heap,
            CacheCounts cache,
            long bytes,
            boolean right) {}

    /** A commit that was seen. */
    private record Seen(long position, long time) {
        double rateTo(Seen later) {
            return (later.position - position) * 1e9 / (later.time - time);
        }
    }

    @Override
    public void run(Workbench<ProjectionSizes> bench) throws IOException, InterruptedException {
        int keys = bench.sizes().keys();
        int[] hits = ManyKeys.of(keys, bench.sizes().updates());
        HitCounts counts = new HitCounts(keys);
        counts.add(hits, 0, hits.length);
        Path models = bench.aside("read-models");
        try (EventStore store = EventStore.open(bench.freshFolder())) {
            bench.say("filling a log of " + hits.length + " events");
            Hits.append(store, hits, 0, hits.length);
            List<Run> runs = bench.repeat("count", () -> count(store, models, keys, counts));
            report(bench, hits.length, runs);
        }
    }

    private static Run count(EventStore store, Path models, int keys, HitCounts counts)
            throws IOException, InterruptedException {
        Folders.delete(models);
        long heapBefore = heap();
        try (ProjectionRuntime runtime =
                LoggedFlights.runtime(store, models, List.of(Hits.counting(NAME)))) {
            Seen start = new Seen(-1, System.nanoTime());
            runtime.start();
            Seen loaded = await(runtime, keys - 1L);
            Seen end = await(runtime, store.head());
            long heap = heap() - heapBefore;
            PositionBound all = PositionBound.at(store.head());
            try (ReadView view = runtime.readView(NAME, all, PATIENCE)) {
                return new Run(
                        start.rateTo(loaded),
                        // Where one commit holds it all, there is no telling updates apart.
                        loaded.position() == end.position()
                                ? start.rateTo(end)
                                : loaded.rateTo(end),
                        heap,
                        runtime.metrics(NAME).cache(),
                        Folders.bytes(models),
                        counts.isRight(view.store(Hits.COUNTS)));
            }
        }
    }

    private static Seen await(ProjectionRuntime runtime, long position)
            throws InterruptedException {
        LoggedFlights.await(runtime, NAME, position);
        long now = System.nanoTime();
        return new Seen(runtime.status(NAME).position(), now);
    }

    private static long heap() {
        MEMORY.gc();
        return MEMORY.getHeapMemoryUsage().getUsed();
    }

    private static void report(Workbench<ProjectionSizes> bench, int events, List<Run> runs)
            throws IOException {
        ResultLine line =
                Hits.line(bench, events)
                        .with("keys", bench.sizes().keys())
                        .with("updates", bench.sizes().updates())
                        .with("inserts/s", Spread.of(runs, Run::inserts).median(), 0)
                        .with("updates/s", Spread.of(runs, Run::updates), 0)
                        .with("heap_mib", Spread.of(runs, run -> run.heap() / MIB).max(), 1)
                        .with("cache_rows", Spread.of(runs, run -> run.cache().rows()).max(), 0)
                        .with(
                                "cache_hit_rate",
                                Spread.of(runs, run -> run.cache().hitRate()).median(),
                                3)
                        .with("heap_limit_mib", Runtime.getRuntime().maxMemory() / MIB, 0)
                        .with("file_mib", Spread.of(runs, run -> run.bytes() / MIB).max(), 1)
                        .with(
                                "disk_bytes/key",
                                Spread.of(runs, run -> (double) run.bytes() / bench.sizes().keys())
                                        .max(),
                                1);
        bench.print(line, runs.stream().allMatch(Run::right));
    }
}
