package io.varve.samples.bench;

import io.varve.samples.bench.PeersJar.Job;
import io.varve.samples.terminal.Arguments;
import io.varve.samples.terminal.Screen;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Other stores under the works of the store. */
final class StorePeers {
    private StorePeers() {}

    static Peers of(Arguments options, Sizes sizes, Screen screen) {
        PeersJar program = PeersJar.of(options);
        Optional<Path> varvedb = PeersJar.file(options, "--varvedb");
        return new Peers(
                screen,
                (work, scratch) -> {
                    List<Peers.Command> commands =
                            new ArrayList<>(
                                    program.commands(jobs(work), scratch, arguments(sizes)));
                    varvedb.flatMap(file -> varvedb(file, work, scratch, sizes))
                            .ifPresent(commands::add);
                    return commands;
                });
    }

    private static List<String> arguments(Sizes sizes) {
        return List.of(
                "--n", "" + sizes.events(),
                "--streams", "" + sizes.streams(),
                "--points", "" + sizes.points(),
                "--cap", "" + sizes.cap(),
                "--reps", "" + sizes.repeat(),
                "--warmup", "" + sizes.warmup(),
                "--seconds", "" + sizes.seconds());
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

    private static Optional<Peers.Command> varvedb(
            Path program, String work, Path scratch, Sizes sizes) {
        return workloadOfVarvedb(work)
                .map(
                        workload ->
                                new Peers.Command(
                                        "varvedb",
                                        List.of(
                                                program.toString(),
                                                workload,
                                                scratch.toString(),
                                                "" + sizes.events(),
                                                "" + sizes.repeat(),
                                                "" + sizes.cap())));
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
}
