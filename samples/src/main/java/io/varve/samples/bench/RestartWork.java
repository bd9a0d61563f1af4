package io.varve.samples.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * From the start of a JVM to a read model of many keys that holds everything in the log and has
 * answered a query, where the process before was killed in the middle of its appends; and, beside
 * it, from the start of a JVM to the first line of a program that does nothing else. The page cache
 * is warm.
 */
final class RestartWork implements ProjectionWork {
    private record Run(long nanos, boolean right) {
        double seconds() {
            return nanos / 1e9;
        }
    }

    @Override
    public void run(Workbench<ProjectionSizes> bench) throws IOException, InterruptedException {
        report(bench, "empty-jvm", 0, bench.repeat("state=empty-jvm", RestartWork::startEmpty));
        int keys = bench.sizes().keys();
        Path folder = bench.freshFolder();
        Files.createDirectories(folder);
        bench.say("counting hits of " + keys + " keys");
        boolean loaded = startAndKill(folder, keys).right();
        List<Run> runs = bench.repeat("state=killed", () -> startAndKill(folder, keys));
        report(
                bench,
                "killed",
                keys,
                runs.stream().map(run -> new Run(run.nanos(), run.right() && loaded)).toList());
    }

    private static Run startEmpty() throws IOException, InterruptedException {
        long startedAt = System.nanoTime();
        try (ChildProcess child = ChildProcess.ofClass(EmptyProcess.class, List.of())) {
            boolean right = child.line().equals(RestartProcess.READY);
            long nanos = System.nanoTime() - startedAt;
            child.finish(line -> {});
            return new Run(nanos, right);
        }
    }

    private static Run startAndKill(Path folder, int keys)
            throws IOException, InterruptedException {
        List<String> arguments = List.of(folder.toString(), "" + keys);
        long startedAt = System.nanoTime();
        try (ChildProcess child = ChildProcess.ofClass(RestartProcess.class, arguments)) {
            boolean right = child.line().equals(RestartProcess.READY);
            long nanos = System.nanoTime() - startedAt;
            right &= child.line().equals(RestartProcess.RIGHT);
            right &= child.line().equals(RestartProcess.GOING);
            child.kill();
            return new Run(nanos, right);
        }
    }

    private static void report(
            Workbench<ProjectionSizes> bench, String state, int keys, List<Run> runs)
            throws IOException {
        ResultLine line =
                Hits.line(bench, keys)
                        .with("state", state)
                        .with("keys", keys)
                        .with("seconds", Spread.of(runs, Run::seconds), 3);
        bench.print(line, runs.stream().allMatch(Run::right));
    }
}
