package io.varve.samples.bench;

import io.varve.samples.bench.PeersJar.Job;
import io.varve.samples.flights.FlightsFile;
import io.varve.samples.terminal.Arguments;
import io.varve.samples.terminal.Screen;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Other systems under the works of projections that they have, too. */
final class ProjectionPeers {
    static final String KAFKA_FASTEST = "papi/exactly_once_v2/commit1000/static";
    static final String KAFKA_EXACTLY_ONCE = "papi/exactly_once_v2";
    static final String KAFKA_AT_LEAST_ONCE = "papi/at_least_once";
    static final String KAFKA_DSL = "dsl/exactly_once_v2";

    private ProjectionPeers() {}

    static Peers of(Arguments options, ProjectionSizes sizes, Screen screen) {
        PeersJar program = PeersJar.of(options);
        return new Peers(
                screen,
                (work, scratch) -> {
                    List<Job> jobs = jobs(work, sizes);
                    return program.jar().isEmpty() || jobs.isEmpty()
                            ? List.of()
                            : program.commands(jobs, scratch, arguments(sizes, scratch));
                });
    }

    private static List<String> arguments(ProjectionSizes sizes, Path scratch) throws IOException {
        Path file = sizes.file().isPresent() ? sizes.file().get() : FlightsFile.weekIn(scratch);
        return List.of(
                "--flights", file.toString(),
                "--n", "" + sizes.flights().size(),
                "--reps", "" + sizes.repeat(),
                "--warmup", "" + sizes.warmup());
    }

    private static List<Job> jobs(String work, ProjectionSizes sizes) {
        return switch (work) {
            case "rebuild" ->
                    List.of(
                            new Job("lmdb-limit", "W4", "block64k/durable:block64k/async"),
                            new Job("sqlite", "W4", "delta/durable:delta/async"),
                            new Job(
                                    "kafka",
                                    "W4",
                                    String.join(
                                            ":", KAFKA_FASTEST, KAFKA_AT_LEAST_ONCE, KAFKA_DSL)));
            case "freshness" ->
                    List.of(
                            new Job(
                                    "kafka",
                                    "W5",
                                    String.join(":", KAFKA_AT_LEAST_ONCE, KAFKA_EXACTLY_ONCE),
                                    "--rate",
                                    "" + sizes.rate()));
            default -> List.of();
        };
    }
}
