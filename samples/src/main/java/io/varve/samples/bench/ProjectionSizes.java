package io.varve.samples.bench;

import io.varve.samples.flights.FlightDeparted;
import io.varve.samples.flights.FlightsFile;
import io.varve.samples.terminal.Arguments;
import io.varve.samples.terminal.UsageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How much is measured of projections.
 *
 * @param repeat runs that count
 * @param warmup runs before them that do not
 * @param file of flights; empty for the week that comes with the samples
 * @param limit of flights
 * @param seconds of a run at a steady rate, and of one of single appends
 * @param rate events in a second, where it is steady
 * @param keys where there are many
 * @param updates of them, at random
 */
record ProjectionSizes(
        int repeat,
        int warmup,
        Optional<Path> file,
        int limit,
        int seconds,
        int rate,
        int keys,
        int updates)
        implements Repeats {
    static final Set<String> OPTIONS =
            new LinkedHashSet<>(
                    List.of(
                            "--repeat",
                            "--warmup",
                            "--flights",
                            "--limit",
                            "--seconds",
                            "--rate",
                            "--keys",
                            "--updates"));

    private static final int MOST = 500_000_000;

    static ProjectionSizes of(Arguments options) {
        return new ProjectionSizes(
                number(options, "--repeat", 3),
                number(options, "--warmup", 0, 1),
                PeersJar.file(options, "--flights"),
                number(options, "--limit", MOST),
                number(options, "--seconds", 10),
                number(options, "--rate", 5_000),
                number(options, "--keys", 5_000_000),
                number(options, "--updates", 10_000_000));
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
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "--repeat", "" + repeat,
                                "--warmup", "" + warmup,
                                "--limit", "" + limit,
                                "--seconds", "" + seconds,
                                "--rate", "" + rate,
                                "--keys", "" + keys,
                                "--updates", "" + updates));
        file.ifPresent(flights -> arguments.addAll(List.of("--flights", flights.toString())));
        return arguments;
    }

    /** The flights; reads them anew at each call. */
    List<FlightDeparted> flights() throws IOException {
        List<FlightDeparted> flights =
                file.isPresent() ? FlightsFile.read(file.get(), limit) : FlightsFile.week();
        if (flights.isEmpty()) {
            throw new IOException("There is no flight in the file: file=" + file.orElseThrow());
        }
        return flights.subList(0, Math.min(limit, flights.size()));
    }
}
