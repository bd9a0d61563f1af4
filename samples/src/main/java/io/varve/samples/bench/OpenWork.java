package io.varve.samples.bench;

import io.varve.samples.flights.Folders;
import io.varve.store.EventStore;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * How long a store takes to open: an empty one, a large one that was closed, and the same after the
 * process that filled it was killed, which reads again what its index has not. The page cache is
 * warm. The index is put back before each run as it was at the kill, on the disk.
 */
final class OpenWork implements StoreWork {
    /** The figure without the events that were read again. */
    static final String REST = "open_ms_without_replay";

    /** Opens so quick need more than one before they are compiled. */
    private static final int WARM_UP = 20;

    private record Run(double millis, ReplayedEvents.Replayed replayed, boolean right) {
        /** What opening took besides. */
        double restMillis() {
            return millis - replayed.millis();
        }
    }

    @Override
    public void run(Workbench<Sizes> bench) throws IOException, InterruptedException {
        Path empty = bench.aside("empty");
        for (int i = 0; i < WARM_UP; i++) {
            EventStore.open(empty).close();
        }
        try (ReplayedEvents replayed = new ReplayedEvents()) {
            report(bench, "empty", 0, bench.repeat("state=empty", () -> open(empty, 0, replayed)));
            large(bench, replayed);
        }
    }

    private static void large(Workbench<Sizes> bench, ReplayedEvents replayed)
            throws IOException, InterruptedException {
        int events = bench.sizes().openEvents();
        Path folder = bench.freshFolder();
        loadAndKill(bench, folder, events);
        Path index = folder.resolve("index");
        Path killed = bench.aside("index-killed");
        copy(index, killed);
        List<Run> afterKill =
                bench.repeat(
                        "state=killed",
                        () -> {
                            Folders.delete(index);
                            copy(killed, index);
                            return open(folder, events, replayed);
                        });
        report(bench, "killed", events, afterKill);
        report(
                bench,
                "closed",
                events,
                bench.repeat("state=closed", () -> open(folder, events, replayed)));
    }

    private static void loadAndKill(Workbench<Sizes> bench, Path folder, int events)
            throws IOException, InterruptedException {
        bench.say("filling a store of " + events + " events");
        List<String> arguments =
                List.of(folder.toString(), "" + events, "" + bench.sizes().streams());
        try (ChildProcess child = ChildProcess.ofClass(KilledLoad.class, arguments)) {
            String line = child.line();
            if (!line.equals(KilledLoad.LOADED)) {
                throw new IOException("The store was not filled: folder=" + folder);
            }
            child.kill();
        }
    }

    private static Run open(Path folder, int events, ReplayedEvents replayed) {
        replayed.take();
        long startedAt = System.nanoTime();
        try (EventStore store = EventStore.open(folder)) {
            long nanos = System.nanoTime() - startedAt;
            return new Run(nanos / 1e6, replayed.take(), store.head() == events - 1);
        }
    }

    /** To the disk, where each merge brings the index: or the first sync would write all of it. */
    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Path copy = Files.copy(file, to.resolve(file.getFileName()));
                try (FileChannel channel = FileChannel.open(copy, StandardOpenOption.WRITE)) {
                    channel.force(true);
                }
            }
        }
    }

    private static void report(Workbench<Sizes> bench, String state, int events, List<Run> runs)
            throws IOException {
        Spread millis = Spread.of(runs, Run::millis);
        ResultLine line =
                bench.line()
                        .with("state", state)
                        .with("events", events)
                        .with("streams", bench.sizes().streams())
                        .with("batch", Orders.LOAD_BATCH)
                        .with("durability", "SYNC")
                        .with("codec", "binary")
                        .with(
                                "replayed",
                                Spread.of(runs, run -> (double) run.replayed().events()).median(),
                                0)
                        .with(
                                "replay_ms",
                                Spread.of(runs, run -> run.replayed().millis()).median(),
                                2)
                        .with("open_ms", millis, 2)
                        .with(REST, Spread.of(runs, Run::restMillis).median(), 2);
        bench.print(line, runs.stream().allMatch(Run::right));
    }
}
