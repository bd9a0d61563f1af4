package io.varve.samples.bench;

import io.varve.samples.flights.FlightDeparted;
import io.varve.samples.flights.FlightEvent;
import io.varve.samples.flights.FlightsFile;
import io.varve.samples.flights.Folders;
import io.varve.samples.flights.PlainTotals;
import io.varve.samples.terminal.Arguments;
import io.varve.samples.terminal.Screen;
import io.varve.samples.terminal.UsageException;
import io.varve.store.serde.EventSerde;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Appends flights and projects them, as JSON and as twelve bytes, and prints a line per result:
 *
 * <ul>
 *   <li>{@code append}: one thread, batches of 10,000, each on disk before the next; encoding
 *       included. Disk: log and index.
 *   <li>{@code catch-up}: from the start of a fresh runtime over that log until both read models
 *       are complete; decoding included. Disk: both read models.
 *   <li>{@code live}: append with the runtime running, from the first append until both read models
 *       are complete. Disk: all of it.
 * </ul>
 */
public final class FlightsBenchmark {
    /** What it understands. */
    public static final String USAGE =
            """
              bench [flights]    measures appends and projections over a file of flights
                --flights FILE   departure,origin,destination,distance,delay as .csv.gz
                --limit N        only the first N flights
                --dir DIR        where to make the scratch folder (default: data, below the
                                 current directory)
                --repeat R       so many times (default: 1; the first includes warming up)
            """;

    private final Screen screen;
    private final Path file;
    private final long limit;
    private final Path directory;
    private final long repeat;

    /**
     * A benchmark that has not run.
     *
     * @param arguments see {@link #USAGE}
     * @param screen where to print
     */
    public FlightsBenchmark(List<String> arguments, Screen screen) {
        Arguments options =
                Arguments.parse(
                        arguments, Set.of(), Set.of("--flights", "--limit", "--dir", "--repeat"));
        this.screen = screen;
        this.file =
                options.path("--flights")
                        .orElseThrow(() -> new UsageException("bench needs --flights FILE"));
        this.limit = options.number("--limit").orElse(Long.MAX_VALUE);
        this.directory = options.path("--dir").orElse(Path.of("data"));
        this.repeat = options.number("--repeat").orElse(1);
    }

    /**
     * Runs it.
     *
     * @return the exit code: 0 if all results are right, 1 if not
     * @throws IOException if the file cannot be read, or the scratch folder not be made
     * @throws InterruptedException if the thread is interrupted
     */
    public int run() throws IOException, InterruptedException {
        say("reading " + file);
        List<FlightDeparted> flights = FlightsFile.read(file, limit);
        if (flights.isEmpty()) {
            throw new IOException("There is no flight in the file: file=" + file);
        }
        PlainTotals totals = PlainTotals.of(flights);
        Files.createDirectories(directory);
        Path scratch = Files.createTempDirectory(directory, "varve-bench-");
        boolean right = true;
        try {
            for (int run = 1; run <= repeat; run++) {
                for (Map.Entry<String, EventSerde<FlightEvent>> codec : codecs().entrySet()) {
                    right &=
                            measure(
                                    flights,
                                    totals,
                                    codec.getKey(),
                                    codec.getValue(),
                                    run,
                                    scratch);
                }
            }
        } finally {
            Folders.delete(scratch);
        }
        return right ? 0 : 1;
    }

    private static Map<String, EventSerde<FlightEvent>> codecs() {
        Map<String, EventSerde<FlightEvent>> codecs = new LinkedHashMap<>();
        codecs.put("json", FlightEvent.JSON);
        codecs.put("binary", BinaryFlights.EVENTS);
        return codecs;
    }

    private boolean measure(
            List<FlightDeparted> flights,
            PlainTotals totals,
            String codec,
            EventSerde<FlightEvent> serde,
            int run,
            Path scratch)
            throws IOException, InterruptedException {
        Measurement measurement = new Measurement(flights, totals, codec, serde, run, scratch);
        boolean right = true;
        for (Measurement.Work work : Measurement.Work.values()) {
            say("measuring work=" + work + " codec=" + codec + " run=" + run);
            Result result = measurement.measure(work);
            screen.out().println(result.line());
            right &= result.checked();
        }
        measurement.clear();
        return right;
    }

    private void say(String what) {
        screen.progress().println(what);
    }
}
