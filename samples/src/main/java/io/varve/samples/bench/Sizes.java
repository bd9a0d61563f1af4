package io.varve.samples.bench;

import io.varve.samples.terminal.Arguments;
import io.varve.samples.terminal.UsageException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * How much is measured.
 *
 * @param repeat runs that count
 * @param warmup runs before them that do not
 * @param events orders
 * @param streams of the works with many
 * @param points random reads
 * @param openEvents in the store that is killed and opened
 * @param seconds of a run of single appends
 * @param cap seconds after which a run of appends stops at its next batch
 */
record Sizes(
        int repeat,
        int warmup,
        int events,
        int streams,
        int points,
        int openEvents,
        int seconds,
        int cap)
        implements Repeats {
    static final Set<String> OPTIONS =
            new LinkedHashSet<>(
                    List.of(
                            "--repeat",
                            "--warmup",
                            "--events",
                            "--streams",
                            "--points",
                            "--open-events",
                            "--seconds",
                            "--cap"));

    private static final int MOST = 100_000_000;

    static Sizes of(Arguments options) {
        return new Sizes(
                number(options, "--repeat", 5),
                number(options, "--warmup", 0, 10),
                number(options, "--events", 1_000_000),
                number(options, "--streams", 10_000),
                number(options, "--points", 200_000),
                number(options, "--open-events", 10_000_000),
                number(options, "--seconds", 3),
                number(options, "--cap", 8));
    }

    private static int number(Arguments options, String option, int otherwise) {
        return number(options, option, 1, otherwise);
    }

    private static int number(Arguments options, String option, int least, int otherwise) {
        long number = options.number(option, least).orElse(otherwise);
        if (number > MOST) {
            throw new UsageException(option + " is at most " + MOST + ", not " + number);
        }
        return (int) number;
    }

    /** The same as options of a command line. */
    List<String> arguments() {
        return List.of(
                "--repeat", "" + repeat,
                "--warmup", "" + warmup,
                "--events", "" + events,
                "--streams", "" + streams,
                "--points", "" + points,
                "--open-events", "" + openEvents,
                "--seconds", "" + seconds,
                "--cap", "" + cap);
    }

    long capNanos() {
        return cap * 1_000_000_000L;
    }
}
