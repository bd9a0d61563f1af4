package io.varve.samples.bench;

import io.varve.samples.terminal.Arguments;
import io.varve.samples.terminal.Screen;
import io.varve.samples.terminal.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Other stores under the same work, each in a process of its own, right after ours. The program
 * takes the name of a store, the name of a workload and options, and prints lines of
 *
 * <pre>
 *   store,workload,variant,events,seconds,events_per_s,bytes_on_disk,notes
 * </pre>
 *
 * <p>where notes are {@code key=value}, with {@code ;} between them. It checks what it reads, and
 * fails if that is wrong.
 */
final class Peers {
    private static final int FIELDS = 8;

    private final Optional<Path> jar;
    private final Optional<Path> argumentsFile;
    private final Optional<Path> varvedb;
    private final Sizes sizes;
    private final Screen screen;

    private Peers(Arguments options, Sizes sizes, Screen screen) {
        this.jar = file(options, "--peers");
        this.argumentsFile = file(options, "--peers-args-file");
        this.varvedb = file(options, "--varvedb");
        this.sizes = sizes;
        this.screen = screen;
    }

    static Peers of(Arguments options, Sizes sizes, Screen screen) {
        return new Peers(options, sizes, screen);
    }

    private static Optional<Path> file(Arguments options, String option) {
        Optional<Path> path = options.path(option).map(Path::toAbsolutePath);
        if (path.isPresent() && !Files.isRegularFile(path.get())) {
            throw new UsageException(option + " needs a file that is there, not " + path.get());
        }
        return path;
    }

    /** What a store is asked to do. */
    private record Job(String store, String workload, String variants, List<String> more) {
        Job(String store, String workload, String variants, String... more) {
            this(store, workload, variants, List.of(more));
        }
    }

    private static List<Job> jobs(String work) {
        String blocks = "block64k/%1$s:block16k/%1$s:row/%1$s";
        String durable = blocks.formatted("durable");
        String async = blocks.formatted("async");
        return switch (work) {
            case "append-one" ->
                    List.of(
                            new Job("lmdb-limit", "W1", durable, "--batch", "10000"),
                            new Job("chronicle", "W1", "durable", "--batch", "10000"),
                            new Job("sqlite", "W1", "durable", "--batch", "10000"));
            case "append-many" -> List.of(new Job("sqlite", "W1m", "durable"));
            case "scan" ->
                    List.of(
                            new Job("lmdb-limit", "W2", async),
                            new Job("chronicle", "W2", "async"),
                            new Job("sqlite", "W2", "async"));
            case "stream-one" -> List.of(new Job("sqlite", "W3", "async"));
            case "point" ->
                    List.of(new Job("lmdb-limit", "W2p", async), new Job("sqlite", "W2p", "async"));
            case "single" ->
                    List.of(
                            new Job("lmdb-limit", "W6", "row/durable"),
                            new Job("chronicle", "W6", "durable"),
                            new Job("sqlite", "W6", "durable"),
                            new Job("kafka", "W6", "durable", "--threads", "64"));
            default -> List.of();
        };
    }

    private static Optional<String> workloadOfVarvedb(String work) {
        return switch (work) {
            case "append-one" -> Optional.of("W1");
            case "append-many" -> Optional.of("W1m");
            case "scan" -> Optional.of("W2");
            case "stream-one" -> Optional.of("W3");
            case "point" -> Optional.of("W2p");
            default -> Optional.empty();
        };
    }

    /** Measures what there is to measure beside a work, and prints it. */
    List<ResultLine> run(String work, Path scratch) throws IOException, InterruptedException {
        List<ResultLine> lines = new ArrayList<>();
        if (jar.isPresent()) {
            for (Job job : jobs(work)) {
                lines.addAll(run(work, job.store(), command(job, jar.get(), scratch), scratch));
            }
        }
        Optional<String> workload = workloadOfVarvedb(work);
        if (varvedb.isPresent() && workload.isPresent()) {
            List<String> command =
                    List.of(
                            varvedb.get().toString(),
                            workload.get(),
                            scratch.toString(),
                            "" + sizes.events(),
                            "" + sizes.repeat(),
                            "" + sizes.cap());
            lines.addAll(run(work, "varvedb", command, scratch));
        }
        return lines;
    }

    private List<String> command(Job job, Path program, Path scratch) {
        List<String> command = new ArrayList<>(ChildProcess.java());
        argumentsFile.ifPresent(file -> command.add("@" + file));
        command.addAll(List.of("-jar", program.toString(), job.store(), job.workload()));
        command.addAll(List.of("--variant", job.variants(), "--dir", scratch.toString()));
        command.addAll(List.of("--n", "" + sizes.events(), "--streams", "" + sizes.streams()));
        command.addAll(List.of("--points", "" + sizes.points(), "--cap", "" + sizes.cap()));
        command.addAll(List.of("--reps", "" + sizes.repeat(), "--warmup", "" + sizes.warmup()));
        command.addAll(List.of("--seconds", "" + sizes.seconds()));
        command.addAll(job.more());
        return command;
    }

    private List<ResultLine> run(String work, String store, List<String> command, Path scratch)
            throws IOException, InterruptedException {
        screen.progress().println("measuring work=" + work + " system=" + store);
        List<ResultLine> lines = new ArrayList<>();
        try (ChildProcess child = ChildProcess.of(command)) {
            child.finish(
                    text -> {
                        if (text.startsWith(store + ",")) {
                            lines.add(line(work, text));
                        }
                    });
        }
        for (ResultLine line : lines) {
            line.with("fs", Machine.fileSystem(scratch)).with("machine", Machine.describe());
            screen.out().println(line);
        }
        return lines;
    }

    /** A line of theirs as a line of ours. */
    private static ResultLine line(String work, String text) {
        String[] fields = text.split(",", FIELDS);
        if (fields.length < FIELDS) {
            throw new IllegalStateException(
                    "A line of another store was not understood: line=" + text);
        }
        ResultLine notes = ResultLine.parse(fields[7].replace(';', ' '));
        return ResultLine.of(fields[0], work)
                .with("workload", fields[1])
                .with("variant", fields[2])
                .with("events", fields[3])
                .with("events/s", fields[5])
                .with("events/s_min", notes.value("min").orElse(fields[5]))
                .with("events/s_max", notes.value("max").orElse(fields[5]))
                .with("disk_bytes", fields[6])
                .with("notes", fields[7]);
    }
}
