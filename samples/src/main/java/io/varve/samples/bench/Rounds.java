package io.varve.samples.bench;

import io.varve.samples.flights.Folders;
import io.varve.samples.terminal.Arguments;
import io.varve.samples.terminal.Screen;
import io.varve.samples.terminal.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Runs the works of a suite, each in a JVM of its own, as many rounds as are wanted, and holds the
 * figures against bars.
 */
final class Rounds {
    static final String IN_PROCESS = "--in-process";

    /** What is followed by a value. */
    static final Set<String> OPTIONS = Set.of("--dir", "--only", "--rounds");

    private final Screen screen;
    private final Suite suite;
    private final Path directory;
    private final List<String> works;
    private final long rounds;
    private final boolean inProcess;

    Rounds(Suite suite, Arguments options, Screen screen) {
        this.screen = screen;
        this.suite = suite;
        this.directory = options.path("--dir").orElse(Path.of("data"));
        this.works = works(suite.works(), options.value("--only"));
        this.rounds = options.number("--rounds").orElse(1);
        this.inProcess = options.has(IN_PROCESS);
    }

    private static List<String> works(List<String> all, Optional<String> only) {
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

    /** Returns the exit code: 0 if all results are right, 1 if not, whether bars are met or not. */
    int run() throws IOException, InterruptedException {
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
        suite.hold(all).forEach(line -> screen.out().println(line));
        return all.stream().flatMap(List::stream).noneMatch(ResultLine::isWrong) ? 0 : 1;
    }

    private List<ResultLine> runAll(Path scratch) throws IOException, InterruptedException {
        List<ResultLine> lines = new ArrayList<>();
        for (String work : works) {
            lines.addAll(inProcess ? runHere(work, scratch) : runApart(work, scratch));
            empty(scratch);
            lines.addAll(suite.peers(work, scratch));
            empty(scratch);
        }
        return lines;
    }

    private static void empty(Path scratch) throws IOException {
        Folders.delete(scratch);
        Files.createDirectories(scratch);
    }

    private List<ResultLine> runHere(String work, Path scratch)
            throws IOException, InterruptedException {
        List<ResultLine> lines = new ArrayList<>();
        suite.runHere(
                work,
                scratch,
                screen.progress()::println,
                line -> {
                    screen.out().println(line);
                    lines.add(line);
                });
        return lines;
    }

    /** So that no work finds code that was compiled for another one. */
    private List<ResultLine> runApart(String work, Path scratch)
            throws IOException, InterruptedException {
        List<ResultLine> lines = new ArrayList<>();
        try (ChildProcess child = suite.runApart(work, scratch)) {
            child.finish(
                    text -> {
                        screen.out().println(text);
                        lines.add(ResultLine.parse(text));
                    });
        }
        return lines;
    }
}
