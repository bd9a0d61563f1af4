package io.varve.samples;

import io.varve.samples.bench.FlightsBenchmark;
import io.varve.samples.bench.ProjectionBenchmark;
import io.varve.samples.bench.SerdeBenchmark;
import io.varve.samples.bench.StoreBenchmark;
import io.varve.samples.flights.FlightsSample;
import io.varve.samples.terminal.Failures;
import io.varve.samples.terminal.Screen;
import io.varve.samples.terminal.UsageException;
import io.varve.store.errors.VarveException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Starts the samples: {@code java -jar varve-samples.jar [flights|bench] [options]}. */
public final class Samples {
    private static final int FAILED = 1;
    private static final int NOT_UNDERSTOOD = 2;

    private static final String USAGE =
            "usage: java -jar varve-samples.jar [flights|bench] [options]\n\n"
                    + FlightsSample.USAGE
                    + "\n"
                    + FlightsBenchmark.USAGE
                    + "\n"
                    + StoreBenchmark.USAGE
                    + "\n"
                    + ProjectionBenchmark.USAGE
                    + "\n"
                    + SerdeBenchmark.USAGE;

    private Samples() {}

    /**
     * Runs a sample and ends the process: 0 if its results are right, 1 if something went wrong, 2
     * if the command line was not understood.
     *
     * @param args the command, which is {@code flights} if there is none, and its options
     */
    public static void main(String[] args) {
        System.exit(run(List.of(args)));
    }

    private static int run(List<String> args) {
        boolean named = !args.isEmpty() && !args.get(0).startsWith("-");
        String command = named ? args.get(0) : "flights";
        List<String> options = named ? args.subList(1, args.size()) : args;
        if (options.contains("--help") || options.contains("-h")) {
            System.out.print(USAGE);
            return 0;
        }
        try {
            return run(command, options);
        } catch (UsageException e) {
            System.err.println(e.getMessage());
            System.err.println("--help shows what is understood");
            return NOT_UNDERSTOOD;
        } catch (VarveException | IOException | UncheckedIOException e) {
            List<String> lines = Failures.lines(e);
            System.err.println(command + " failed: " + lines.get(0));
            lines.stream().skip(1).forEach(line -> System.err.println("  because: " + line));
            return FAILED;
        } catch (InterruptedException e) {
            System.err.println(command + " was interrupted");
            return FAILED;
        }
    }

    private static int run(String command, List<String> options)
            throws IOException, InterruptedException {
        Screen screen = Screen.ofProcess();
        return switch (command) {
            case "flights" -> new FlightsSample(options, screen).run();
            case "bench" -> bench(options, screen.withProgressOnStandardError());
            default -> throw new UsageException("unknown command: " + command);
        };
    }

    /** Without a word of what is to be measured, it is flights. */
    private static int bench(List<String> options, Screen screen)
            throws IOException, InterruptedException {
        boolean named = !options.isEmpty() && !options.get(0).startsWith("-");
        String what = named ? options.get(0) : "flights";
        List<String> rest = named ? options.subList(1, options.size()) : options;
        return switch (what) {
            case "flights" -> new FlightsBenchmark(rest, screen).run();
            case "store" -> new StoreBenchmark(rest, screen).run();
            case "projections" -> new ProjectionBenchmark(rest, screen).run();
            case "serde" -> new SerdeBenchmark(rest, screen).run();
            default ->
                    throw new UsageException(
                            "bench measures flights, store, projections or serde, not " + what);
        };
    }
}
