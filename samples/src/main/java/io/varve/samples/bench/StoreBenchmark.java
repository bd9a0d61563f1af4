package io.varve.samples.bench;

import io.varve.samples.flights.Folders;
import io.varve.samples.terminal.Arguments;
import io.varve.samples.terminal.Screen;
import io.varve.samples.terminal.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Measures the store alone, work by work, each in a JVM of its own, and holds the figures against
 * bars. Other stores can be measured in the same run; see {@link Peers}.
 */
public final class StoreBenchmark {
    /** What it understands. */
    public static final String USAGE =
            """
              bench store        measures the store: a line per result, then ratios and bars
                --dir DIR        where to make the scratch folder (default: data, below the
                                 current directory); on a real disk
                --only A,B       only these works: append-one, append-many, append-sizes, async,
                                 scan, stream-one, point, stream-small, single, open, space
                --repeat R       runs that count (default: 5)
                --rounds R       so often all of it, ours and others in turn (default: 1); on a
                                 machine that is not quiet, take many rounds of few runs
                --warmup W       runs before them that do not (default: 5)
                --events N       orders (default: 1,000,000)
                --streams N      streams, where there are many (default: 10,000)
                --points N       random reads (default: 200,000)
                --open-events N  in the store that is killed and opened (default: 10,000,000)
                --seconds S      of a run of single appends (default: 3)
                --cap S          seconds after which a run of appends ends (default: 8)
                --peers JAR      measures other stores, too, with this program
                --peers-args-file FILE  options of the JVM for it
                --varvedb FILE   measures VarveDB, too, with this program
                --in-process     all works in this JVM, one after the other
            """;

    private final Screen screen;
    private final Sizes sizes;
    private final Path directory;
    private final List<String> works;
    private final boolean inProcess;
    private final Peers peers;
    private final long rounds;

    /**
     * A benchmark that has not run.
     *
     * @param arguments see {@link #USAGE}
     * @param screen where to print
     */
    public StoreBenchmark(List<String> arguments, Screen screen) {
        Set<String> valued = new HashSet<>(Sizes.OPTIONS);
        valued.addAll(Set.of("--dir", "--only", "--rounds", "--varvedb"));
        valued.addAll(Set.of("--peers", "--peers-args-file"));
        Arguments options = Arguments.parse(arguments, Set.of("--in-process"), valued);
        this.screen = screen;
        this.sizes = Sizes.of(options);
        this.directory = options.path("--dir").orElse(Path.of("data"));
        this.works = works(options.value("--only"));
        this.rounds = options.number("--rounds").orElse(1);
        this.inProcess = options.has("--in-process");
        this.peers = Peers.of(options, sizes, screen);
    }

    private static List<String> works(Optional<String> only) {
        List<String> all = List.copyOf(StoreWork.all().keySet());
        if (only.isEmpty()) {
            return all;
        }
        List<String> wanted = List.of(only.get().split(","));
        for (String name : wanted) {
            if (!all.contains(name)) {
                throw new UsageException(
                        "unknown work: " + name + "; there are " + String.join(", ", all));
            }
        }
        return all.stream().filter(wanted::contains).toList();
    }

    /**
     * Runs it.
     *
     * @return the exit code: 0 if all results are right, 1 if not, whether bars are met or not
     * @throws IOException if the scratch folder cannot be made, or a process fails
     * @throws InterruptedException if the thread is interrupted
     */
    public int run() throws IOException, InterruptedException {
        Files.createDirectories(directory);
        if (Machine.isInMemory(directory)) {
            screen.progress()
                    .println(
                            "This folder is in memory, where a sync costs nothing: name one on a"
                                    + " disk with --dir");
        }
        Path scratch = Files.createTempDirectory(directory, "varve-bench-");
        List<List<ResultLine>> all = new ArrayList<>();
        try {
            for (int round = 1; round <= rounds; round++) {
                screen.progress().println("round " + round + " of " + rounds);
                all.add(runAll(scratch));
            }
        } finally {
            Folders.delete(scratch);
        }
        Targets.hold(all).forEach(line -> screen.out().println(line));
        return all.stream().flatMap(List::stream).noneMatch(ResultLine::isWrong) ? 0 : 1;
    }

    private List<ResultLine> runAll(Path scratch) throws IOException, InterruptedException {
        List<ResultLine> lines = new ArrayList<>();
        for (String work : works) {
            lines.addAll(inProcess ? runHere(work, scratch) : runApart(work, scratch));
            lines.addAll(peers.run(work, scratch));
            Folders.delete(scratch);
            Files.createDirectories(scratch);
        }
        return lines;
    }

    private List<ResultLine> runHere(String work, Path scratch)
            throws IOException, InterruptedException {
        List<ResultLine> lines = new ArrayList<>();
        Workbench bench =
                new Workbench(
                        work,
                        sizes,
                        scratch,
                        screen.progress()::println,
                        line -> {
                            screen.out().println(line);
                            lines.add(line);
                        });
        StoreWork.all().get(work).run(bench);
        return lines;
    }

    /** So that no work finds code that was compiled for another one. */
    private List<ResultLine> runApart(String work, Path scratch)
            throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(sizes.arguments());
        arguments.addAll(List.of("--work", work, "--dir", scratch.toString()));
        List<ResultLine> lines = new ArrayList<>();
        try (ChildProcess child = ChildProcess.ofClass(WorkProcess.class, arguments)) {
            child.finish(
                    text -> {
                        screen.out().println(text);
                        lines.add(ResultLine.parse(text));
                    });
        }
        return lines;
    }
}
