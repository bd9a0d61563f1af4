package io.varve.samples;

import io.varve.samples.bench.FlightsBenchmark;
import io.varve.samples.bench.ProjectionBenchmark;
import io.varve.samples.bench.SerdeBenchmark;
import io.varve.samples.bench.StoreBenchmark;
import io.varve.samples.flights.FlightsSample;
import io.varve.samples.nexmark.NexmarkSample;
import io.varve.samples.terminal.Failures;
import io.varve.samples.terminal.Screen;
import io.varve.samples.terminal.UsageException;
import io.varve.store.errors.VarveException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Starts the samples: {@code java -jar varve-samples.jar [flights|nexmark|bench] [options]}. */
public final class Samples {
    private static final int FAILED = 1;
    private static final int NOT_UNDERSTOOD = 2;

    /** The parts of the help, by the command that each is about. */
    private static final Map<String, String> USAGE = new LinkedHashMap<>();

    static {
        USAGE.put("flights", FlightsSample.USAGE);
        USAGE.put("nexmark", NexmarkSample.USAGE);
        USAGE.put("bench flights", FlightsBenchmark.USAGE);
        USAGE.put("bench store", StoreBenchmark.USAGE);
        USAGE.put("bench projections", ProjectionBenchmark.USAGE);
        USAGE.put("bench serde", SerdeBenchmark.USAGE);
    }

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
        if (options.contains("--help") || options.contains("-h") || command.equals("help")) {
            System.out.print(usage(args));
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

    /** What is understood behind a command; all there is where it is not one. */
    private static String usage(List<String> args) {
        String asked =
                args.stream()
                        .takeWhile(word -> !word.startsWith("-"))
                        .collect(Collectors.joining(" "));
        Collection<String> commands =
                USAGE.keySet().stream()
                        .filter(one -> one.equals(asked) || one.startsWith(asked + " "))
                        .toList();
        Collection<String> shown = commands.isEmpty() ? USAGE.keySet() : commands;
        return "usage: java -jar varve-samples.jar [flights|nexmark|bench] [options]\n\n"
                + shown.stream().map(USAGE::get).collect(Collectors.joining("\n"));
    }

    private static int run(String command, List<String> options)
            throws IOException, InterruptedException {
        Screen screen = Screen.ofProcess();
        return switch (command) {
            case "flights" -> new FlightsSample(options, screen).run();
            case "nexmark" ->
                    new NexmarkSample(options, screen.withProgressOnStandardError()).run();
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
