package io.varve.samples.bench;

import io.varve.projections.Projection;
import io.varve.runtime.PositionBound;
import io.varve.runtime.ProjectionRuntime;
import io.varve.runtime.ReadView;
import io.varve.samples.flights.Folders;
import io.varve.store.EventQuery;
import io.varve.store.EventStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What the thread of a counting projection allocates for an event, as the JVM counts it for each
 * thread.
 *
 * <ul>
 *   <li>{@code path=live}: it gets events that the tailer's thread has decoded, so that all it
 *       allocates is beyond the event, but for the first slice of a batch, which it decodes itself
 *       where it has waited for it. Batches are appended one by one, each when the one before is
 *       committed.
 *   <li>{@code path=catch-up}: it reads and decodes the log itself; what the same loop allocates
 *       that only reads and decodes is told as {@code event_bytes}, and taken off.
 * </ul>
 *
 * <p>Beside each, {@code projection=dropping}: one that lets no event through to be counted.
 */
final class AllocationWork implements ProjectionWork {
    private static final int KEYS = 1_000;
    private static final int BATCH_EVENTS = 10_000;
    private static final int MOST_EVENTS = 1_000_000;

    /** What a projection does with an event. */
    private enum Kind {
        COUNTING,
        DROPPING;

        Projection projection() {
            return Hits.counting(label(), (stream, hit) -> this == COUNTING);
        }

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private record Run(double bytes, double eventBytes, boolean right) {
        double beyond() {
            return bytes - eventBytes;
        }
    }

    @Override
    public void run(Workbench<ProjectionSizes> bench) throws IOException, InterruptedException {
        int count = Math.min(MOST_EVENTS, bench.sizes().updates());
        int[] hits = ManyKeys.of(KEYS, count);
        for (Kind kind : Kind.values()) {
            String what = " projection=" + kind.label();
            List<Run> live = bench.repeat("path=live" + what, () -> live(bench, kind, hits));
            report(bench, "live", kind, count, live);
            try (EventStore store = EventStore.open(bench.freshFolder())) {
                Hits.append(store, hits, 0, hits.length);
                List<Run> runs =
                        bench.repeat(
                                "path=catch-up" + what, () -> catchUp(bench, store, kind, hits));
                report(bench, "catch-up", kind, hits.length, runs);
            }
        }
    }

    private static Run live(Workbench<ProjectionSizes> bench, Kind kind, int[] hits)
            throws IOException, InterruptedException {
        WorkerAllocation worker = new WorkerAllocation();
        try (EventStore store = EventStore.open(bench.freshFolder());
                ProjectionRuntime runtime = runtime(bench, store, kind, worker)) {
            runtime.start();
            worker.awaitLive();
            // Rows of all keys are there when it begins.
            step(store, runtime, kind, hits, 0, KEYS);
            long before = worker.bytes();
            for (int from = KEYS; from < hits.length; from += BATCH_EVENTS) {
                int to = Math.min(hits.length, from + BATCH_EVENTS);
                step(store, runtime, kind, hits, from, to);
            }
            double bytes = (double) (worker.bytes() - before) / (hits.length - KEYS);
            boolean right = isRight(store, runtime, kind, hits) && worker.isAlwaysLive();
            return new Run(bytes, 0, right);
        }
    }

    private static void step(
            EventStore store, ProjectionRuntime runtime, Kind kind, int[] hits, int from, int to)
            throws InterruptedException {
        Hits.append(store, hits, from, to);
        LoggedFlights.await(runtime, kind.label(), store.head());
    }

    private static Run catchUp(
            Workbench<ProjectionSizes> bench, EventStore store, Kind kind, int[] hits)
            throws IOException, InterruptedException {
        WorkerAllocation worker = new WorkerAllocation();
        double eventBytes = (double) decode(store) / hits.length;
        try (ProjectionRuntime runtime = runtime(bench, store, kind, worker)) {
            runtime.start();
            LoggedFlights.await(runtime, kind.label(), store.head());
            double bytes = (double) worker.bytes() / hits.length;
            return new Run(bytes, eventBytes, isRight(store, runtime, kind, hits));
        }
    }

    /** What this thread allocates while it decodes all events. */
    private static long decode(EventStore store) {
        long thread = Thread.currentThread().getId();
        // They are kept for a moment: of an object that nobody could see the JIT makes none.
        Object[] last = new Object[1 << 10];
        long before = WorkerAllocation.bytes(thread);
        store.read(
                EventQuery.all(),
                event -> {
                    int place = (int) event.position() & last.length - 1;
                    last[place] = Hits.EVENTS.deserialize(event.type(), event.payload());
                    return true;
                });
        return WorkerAllocation.bytes(thread) - before;
    }

    private static ProjectionRuntime runtime(
            Workbench<ProjectionSizes> bench, EventStore store, Kind kind, WorkerAllocation worker)
            throws IOException {
        Path models = bench.aside("read-models");
        Folders.delete(models);
        return ProjectionRuntime.builder(store, models)
                .add(kind.projection())
                .listener(worker)
                .build();
    }

    private static boolean isRight(
            EventStore store, ProjectionRuntime runtime, Kind kind, int[] hits)
            throws InterruptedException {
        HitCounts counts = new HitCounts(KEYS);
        counts.add(hits, 0, kind == Kind.COUNTING ? hits.length : 0);
        PositionBound all = PositionBound.at(store.head());
        try (ReadView view = runtime.readView(kind.label(), all, PATIENCE)) {
            return counts.isRight(view.store(Hits.COUNTS));
        }
    }

    private static void report(
            Workbench<ProjectionSizes> bench, String path, Kind kind, int count, List<Run> runs)
            throws IOException {
        ResultLine line =
                Hits.line(bench, count)
                        .with("path", path)
                        .with("projection", kind.label())
                        .with("keys", KEYS)
                        .with("bytes/event", Spread.of(runs, Run::bytes), 2)
                        .with("event_bytes", Spread.of(runs, Run::eventBytes).median(), 2)
                        .with("beyond_bytes/event", Spread.of(runs, Run::beyond), 2);
        bench.print(line, runs.stream().allMatch(Run::right));
    }
}
