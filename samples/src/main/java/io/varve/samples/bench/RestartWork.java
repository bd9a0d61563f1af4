package io.varve.samples.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * From the start of a JVM to a read model of many keys that holds everything in the log and has
 * answered a query, where the process before was killed in the middle of its appends; and, beside
 * it, from the start of a JVM to the first line of a program that does nothing else. The page cache
 * is warm. Once more with an archive of the classes, as the JVM makes it at the end of a run:
 * {@code killed-archive}. Steps, as medians: to open the store, to start the runtime, to open the
 * view.
 */
final class RestartWork implements ProjectionWork {
    private static final int FEW_KEYS = 1_000;

    private static final ResultLine READY = new ResultLine().with("state", RestartProcess.READY);

    private record Run(long nanos, ResultLine steps, boolean right) {
        double seconds() {
            return nanos / 1e9;
        }
    }

    @Override
    public void run(Workbench<ProjectionSizes> bench) throws IOException, InterruptedException {
        List<Run> empty = bench.repeat("state=empty-jvm", RestartWork::startEmpty);
        bench.print(line(bench, "empty-jvm", 0, empty), empty.stream().allMatch(Run::right));
        int keys = bench.sizes().keys();
        Path folder = bench.freshFolder();
        Files.createDirectories(folder);
        bench.say("counting hits of " + keys + " keys");
        boolean loaded = startAndKill(folder, keys, List.of()).right();
        List<Run> runs = bench.repeat("state=killed", () -> startAndKill(folder, keys, List.of()));
        print(bench, "killed", keys, runs, loaded);
        Path archive = archive(bench.aside("archive"));
        if (Files.exists(archive)) {
            List<String> options = List.of("-XX:SharedArchiveFile=" + archive);
            runs = bench.repeat("state=killed-archive", () -> startAndKill(folder, keys, options));
            print(bench, "killed-archive", keys, runs, loaded);
        } else {
            bench.say(
                    "not measured: state=killed-archive, for the JVM archives classes of jars only");
        }
    }

    private static void print(
            Workbench<ProjectionSizes> bench,
            String state,
            int keys,
            List<Run> runs,
            boolean loaded)
            throws IOException {
        ResultLine line = line(bench, state, keys, runs);
        for (String step : List.of("open_ms", "start_ms", "view_ms")) {
            line.with(
                    step, Spread.of(runs, run -> run.steps().number(step).orElse(-1)).median(), 1);
        }
        bench.print(line, loaded && runs.stream().allMatch(Run::right));
    }

    /** Where the JVM has made an archive of the classes that a short run has loaded, if it has. */
    private static Path archive(Path folder) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        Path archive = folder.resolve("classes.jsa");
        List<String> options =
                List.of(
                        "-XX:ArchiveClassesAtExit=" + archive,
                        "-Xlog:cds=off",
                        "-Xlog:cds+dynamic=off");
        List<String> arguments = List.of(folder.resolve("run").toString(), "" + FEW_KEYS);
        try (ChildProcess child = ChildProcess.ofClass(options, RestartProcess.class, arguments)) {
            child.line();
            child.line();
            if (!child.line().equals(RestartProcess.GOING)) {
                throw new IOException("The run whose classes are archived has failed");
            }
            child.hangUp();
        }
        return archive;
    }

    private static Run startEmpty() throws IOException, InterruptedException {
        long startedAt = System.nanoTime();
        try (ChildProcess child = ChildProcess.ofClass(EmptyProcess.class, List.of())) {
            ResultLine steps = ResultLine.parse(child.line());
            long nanos = System.nanoTime() - startedAt;
            boolean right = steps.has(READY);
            child.finish(line -> {});
            return new Run(nanos, steps, right);
        }
    }

    private static Run startAndKill(Path folder, int keys, List<String> options)
            throws IOException, InterruptedException {
        List<String> arguments = List.of(folder.toString(), "" + keys);
        long startedAt = System.nanoTime();
        try (ChildProcess child = ChildProcess.ofClass(options, RestartProcess.class, arguments)) {
            ResultLine steps = ResultLine.parse(child.line());
            long nanos = System.nanoTime() - startedAt;
            boolean right = steps.has(READY);
            right &= child.line().equals(RestartProcess.RIGHT);
            right &= child.line().equals(RestartProcess.GOING);
            child.kill();
            return new Run(nanos, steps, right);
        }
    }

    private static ResultLine line(
            Workbench<ProjectionSizes> bench, String state, int keys, List<Run> runs) {
        return Hits.line(bench, keys)
                .with("state", state)
                .with("keys", keys)
                .with("seconds", Spread.of(runs, Run::seconds), 3);
    }
}
