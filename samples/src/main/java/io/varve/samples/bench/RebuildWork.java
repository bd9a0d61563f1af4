package io.varve.samples.bench;

import io.varve.projections.Projection;
import io.varve.runtime.ProjectionRuntime;
import io.varve.samples.bench.LoggedFlights.CatchUp;
import io.varve.samples.bench.LoggedFlights.Times;
import io.varve.samples.flights.Folders;
import io.varve.store.EventStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Two read models of flights, built from nothing: from the start of the runtime to the last commit
 * of both; {@code once_ready/s} is the rate from when they can be asked, as it is of others. In a
 * JVM that has done it before, and in a fresh one for each run, as others are measured; there,
 * {@code events/s} is from the start of that JVM. A fresh one is measured as it comes, and with the
 * options that suit a process that ends after a rebuild.
 */
final class RebuildWork implements ProjectionWork {
    /** A fresh JVM, and what it is started with. */
    private enum FreshJvm {
        COLD(List.of()),
        /** One that pauses to collect and compiles to the end only what runs most. */
        COLD_BATCH(
                List.of(
                        "-XX:+UseParallelGC",
                        "-XX:Tier4InvocationThreshold=20000",
                        "-XX:Tier4MinInvocationThreshold=10000",
                        "-XX:Tier4CompileThreshold=30000",
                        "-XX:Tier4BackEdgeThreshold=100000"));

        private final List<String> options;

        FreshJvm(List<String> options) {
            this.options = options;
        }

        String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** How the fresh JVMs are called in its lines. */
    static List<String> freshJvms() {
        return Arrays.stream(FreshJvm.values()).map(FreshJvm::label).toList();
    }

    private record Cold(long processNanos, CatchUp catchUp) {}

    @Override
    public void run(Workbench<ProjectionSizes> bench) throws IOException, InterruptedException {
        LoggedFlights flights = new LoggedFlights(bench.sizes().flights());
        for (FlightCodec codec : FlightCodec.values()) {
            run(bench, flights, codec);
        }
    }

    private static void run(
            Workbench<ProjectionSizes> bench, LoggedFlights flights, FlightCodec codec)
            throws IOException, InterruptedException {
        Path folder = bench.freshFolder();
        Path models = bench.aside("read-models");
        List<Projection> projections = codec.projections();
        double payload;
        String what = "codec=" + codec;
        try (EventStore store = EventStore.open(folder)) {
            flights.append(store, codec, flights.count());
            payload = LoggedFlights.payloadAverage(store);
            List<CatchUp> runs =
                    bench.repeat(
                            what + " jvm=warm", () -> flights.catchUp(store, models, projections));
            ResultLine line = line(bench, flights, codec, "warm", payload);
            finish(bench, line, models, flights.count(), runs);
        }
        for (FreshJvm jvm : FreshJvm.values()) {
            List<Cold> cold =
                    bench.repeat(
                            what + " jvm=" + jvm.label(),
                            () -> cold(jvm, folder, models, flights, codec));
            ResultLine line =
                    line(bench, flights, codec, jvm.label(), payload)
                            .with("options", String.join(",", jvm.options))
                            .with(
                                    "events/s",
                                    Spread.of(
                                            cold,
                                            run -> flights.count() * 1e9 / run.processNanos()),
                                    0);
            finish(bench, line, models, flights.count(), cold.stream().map(Cold::catchUp).toList());
        }
    }

    private static Cold cold(
            FreshJvm jvm, Path folder, Path models, LoggedFlights flights, FlightCodec codec)
            throws IOException, InterruptedException {
        Folders.delete(models);
        List<String> arguments = List.of(folder.toString(), models.toString(), codec.name());
        long startedAt = System.nanoTime();
        long processNanos;
        Times times;
        try (ChildProcess child =
                ChildProcess.ofClass(jvm.options, RebuildProcess.class, arguments)) {
            String line = child.line();
            processNanos = System.nanoTime() - startedAt;
            child.finish(more -> {});
            String[] nanos = line.split(" ");
            times = new Times(Long.parseLong(nanos[0]), Long.parseLong(nanos[1]));
        }
        List<Projection> projections = codec.projections();
        try (EventStore store = EventStore.open(folder);
                ProjectionRuntime runtime = LoggedFlights.runtime(store, models, projections)) {
            runtime.start();
            boolean right = flights.isRight(runtime, projections);
            return new Cold(processNanos, new CatchUp(times, right));
        }
    }

    private static ResultLine line(
            Workbench<ProjectionSizes> bench,
            LoggedFlights flights,
            FlightCodec codec,
            String jvm,
            double payload) {
        ResultLine line =
                bench.line()
                        .with("codec", codec)
                        .with("jvm", jvm)
                        .with("read_models", 2)
                        .with("events", flights.count());
        return ProjectionWork.kept(line).with("payload_avg", payload, 1);
    }

    private static void finish(
            Workbench<ProjectionSizes> bench,
            ResultLine line,
            Path models,
            int count,
            List<CatchUp> runs)
            throws IOException {
        line.with("once_ready/s", Spread.of(runs, run -> run.rate(count)), 0)
                .with("ready_ms", Spread.of(runs, CatchUp::readySeconds).median() * 1e3, 1)
                .with("seconds", Spread.of(runs, CatchUp::seconds).median(), 3)
                .with("read_model_bytes", Folders.bytes(models));
        bench.print(line, runs.stream().allMatch(CatchUp::right));
    }
}
