package io.varve.samples.bench;

import io.varve.samples.terminal.Screen;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Other systems under the same work, each in a process of its own, right after ours. The program
 * prints lines of
 *
 * <pre>
 *   system,workload,variant,events,seconds,events_per_s,bytes_on_disk,notes
 * </pre>
 *
 * <p>where notes are {@code key=value}, with {@code ;} between them. It checks what it reads, and
 * fails if that is wrong.
 */
final class Peers {
    private static final int FIELDS = 8;

    /** Figures among the notes, by the names that ours have. */
    private static final Map<String, String> FIGURES =
            Map.of(
                    "per_s_once_ready", "once_ready/s",
                    "p50_us", "us_p50",
                    "p99_us", "us_p99",
                    "max_us", "us_max");

    private final Screen screen;
    private final Commands commands;

    /**
     * What is started.
     *
     * @param system that it measures
     * @param words program and arguments
     */
    record Command(String system, List<String> words) {}

    /** Finds what to start beside a work. */
    interface Commands {
        List<Command> of(String work, Path scratch) throws IOException;
    }

    Peers(Screen screen, Commands commands) {
        this.screen = screen;
        this.commands = commands;
    }

    /** Measures what there is to measure beside a work, and prints it. */
    List<ResultLine> run(String work, Path scratch) throws IOException, InterruptedException {
        List<ResultLine> lines = new ArrayList<>();
        for (Command command : commands.of(work, scratch)) {
            lines.addAll(run(work, command, scratch));
        }
        return lines;
    }

    private List<ResultLine> run(String work, Command command, Path scratch)
            throws IOException, InterruptedException {
        screen.progress().println("measuring work=" + work + " system=" + command.system());
        List<ResultLine> lines = new ArrayList<>();
        try (ChildProcess child = ChildProcess.of(command.words())) {
            child.finish(
                    text -> {
                        if (text.startsWith(command.system() + ",")) {
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
                    "A line of another system was not understood: line=" + text);
        }
        ResultLine notes = ResultLine.parse(fields[7].replace(';', ' '));
        ResultLine line =
                ResultLine.of(fields[0], work)
                        .with("workload", fields[1])
                        .with("variant", fields[2])
                        .with("events", fields[3])
                        .with("seconds", fields[4])
                        .with("events/s", fields[5])
                        .with("events/s_min", notes.value("min").orElse(fields[5]))
                        .with("events/s_max", notes.value("max").orElse(fields[5]))
                        .with("disk_bytes", fields[6]);
        FIGURES.forEach(
                (theirs, ours) -> notes.value(theirs).ifPresent(value -> line.with(ours, value)));
        return line.with("notes", fields[7]);
    }
}
