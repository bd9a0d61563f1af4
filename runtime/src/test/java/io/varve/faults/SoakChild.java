package io.varve.faults;

import io.varve.faults.SoakFigures.Measure;
import io.varve.runtime.ErrorPolicy;
import io.varve.runtime.LetterRetention;
import io.varve.runtime.ProjectionMetrics;
import io.varve.runtime.ProjectionRuntime;
import io.varve.runtime.RuntimeConfig;
import io.varve.runtime.SnapshotPolicy;
import io.varve.store.EventStore;
import io.varve.store.StoreConfig;
import io.varve.store.serde.Serdes;
import io.varve.store.snapshot.SnapshotStore;
import io.varve.store.snapshot.StreamSnapshots;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A program that lives for long: it appends at a steady rate, projects, and has all else done to it
 * lightly, until it is killed. It writes down how it is doing.
 */
final class SoakChild {
    static final String ACKNOWLEDGED = "acknowledged";
    static final String REPORT = "report";
    static final String WORK = "work";
    private static final double MEGABYTE = 1 << 20;

    /** Letters are looked at, and something else is done, so often between two reports. */
    private static final int WORKS = 8;

    private final Path witness;
    private final long between;
    private final SoakClock clock = new SoakClock();
    private final EventStore store;
    private final ProjectionRuntime runtime;
    private final SoakLoad load;
    private final SoakWork work;

    private SoakChild(
            Path data, Path witness, long seed, int rate, long millis, int letters, SoakLeak leak)
            throws IOException {
        this.witness = witness;
        between = TimeUnit.MILLISECONDS.toNanos(millis);
        store = store(data);
        runtime = runtime(store, data, letters, leak, posting -> refuse(posting, seed));
        StreamSnapshots<Stack.Digest, Posting> states = states(store, SnapshotStore.openIn(store));
        Path acknowledged = witness.resolve(ACKNOWLEDGED);
        load = new SoakLoad(store, runtime, clock, leak, acknowledged, rate);
        work = new SoakWork(store, runtime, states, data, witness, seed, leak);
    }

    public static void main(String[] arguments) {
        try {
            new SoakChild(
                            Path.of(arguments[0]),
                            Path.of(arguments[1]),
                            Long.parseLong(arguments[2]),
                            Integer.parseInt(arguments[3]),
                            Long.parseLong(arguments[4]),
                            Integer.parseInt(arguments[5]),
                            SoakLeak.valueOf(arguments[6]))
                    .run();
        } catch (Throwable e) {
            StackChild.die(e);
        }
    }

    static EventStore store(Path data) {
        return EventStore.open(StoreConfig.at(Stack.log(data)).withMergeEvents(1 << 14));
    }

    static ProjectionRuntime runtime(
            EventStore store, Path data, int letters, SoakLeak leak, Consumer<Posting> hook) {
        RuntimeConfig config =
                RuntimeConfig.defaults()
                        .withViewLimit(Stack.LONG)
                        .withShutdownTimeout(Stack.LONG)
                        .withStuckAfter(Stack.LONG);
        SnapshotPolicy snapshots =
                leak == SoakLeak.SNAPSHOTS
                        ? SnapshotPolicy.everyEvents(200).keep(1_000)
                        : SnapshotPolicy.everyEvents(10_000).keep(2);
        return Stack.runtime(
                store,
                data,
                config,
                ErrorPolicy.deadLetter(),
                LetterRetention.defaults().withMost(letters),
                snapshots,
                hook);
    }

    static StreamSnapshots<Stack.Digest, Posting> states(EventStore store, SnapshotStore all) {
        return all.streams(
                        "author",
                        store.category(Posting.CATEGORY, Posting.SERDE),
                        Serdes.record(Stack.Digest.class))
                .fold(() -> Stack.Digest.NOTHING, Stack.Digest::add)
                .policy(io.varve.store.snapshot.SnapshotPolicy.everyEvents(200))
                .schemaVersion(1)
                .build();
    }

    /** Now and then one is wrong. */
    private static void refuse(Posting posting, long seed) {
        if (posting.number() % 97 == 0 && posting.isWrong(seed)) {
            throw new IllegalStateException("wrong: " + posting.author() + "/" + posting.number());
        }
    }

    private void run() throws Exception {
        clock.started();
        Stack.start(runtime);
        work.begin();
        load.start();
        StackChild.thread(this::operate);
        for (long due = clock.now() + between; true; due += between) {
            clock.awaitUntil(due);
            report();
        }
    }

    private void operate() throws Exception {
        while (true) {
            clock.awaitUntil(clock.now() + between / WORKS);
            work.letters();
            append(WORK, work.next() + "\n");
        }
    }

    private void report() throws IOException {
        SoakFigures figures = new SoakFigures();
        clock.apart(System::gc);
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        figures.set(Measure.HEAP, heap / MEGABYTE);
        figures.set(Measure.RATE, load.events.getAndSet(0) * 1e9 / between);
        load.appends.take(figures, Measure.APPEND_P50, Measure.APPEND_P99, Measure.APPEND_MAX);
        load.fresh.take(figures, Measure.FRESH_P50, Measure.FRESH_P99, Measure.FRESH_MAX);
        long behind =
                runtime.metrics().projections().stream()
                        .mapToLong(ProjectionMetrics::recordsLag)
                        .max()
                        .orElse(0);
        figures.set(Measure.LAG, behind);
        append(REPORT, figures.line());
    }

    private void append(String name, String line) throws IOException {
        Files.writeString(
                witness.resolve(name), line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
