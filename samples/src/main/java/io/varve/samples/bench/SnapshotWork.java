package io.varve.samples.bench;

import io.varve.projections.Projection;
import io.varve.runtime.ProjectionRuntime;
import io.varve.runtime.ProjectionSnapshot;
import io.varve.samples.bench.LoggedFlights.CatchUp;
import io.varve.samples.flights.Folders;
import io.varve.store.EventStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Two read models of flights that are gone, built again: from snapshots that were made at nine
 * tenths of the log, and from zero. From the start of the runtime to the last commit of both; the
 * copying of a snapshot is in it.
 */
final class SnapshotWork implements ProjectionWork {
    private static final String SNAPSHOTS = ".snapshots";

    @Override
    public void run(Workbench<ProjectionSizes> bench) throws IOException, InterruptedException {
        LoggedFlights flights = new LoggedFlights(bench.sizes().flights());
        List<Projection> projections = FlightCodec.BINARY.projections();
        Path models = bench.aside("read-models");
        try (EventStore store = EventStore.open(bench.freshFolder())) {
            flights.append(store, FlightCodec.BINARY, (int) (flights.count() * 9L / 10));
            List<ProjectionSnapshot> snapshots = snapshots(store, models, projections);
            flights.append(store, FlightCodec.BINARY, flights.count());
            double payload = LoggedFlights.payloadAverage(store);
            // From zero first: what is short would else be measured in the younger JVM.
            Path fresh = bench.aside("fresh");
            List<CatchUp> runs =
                    bench.repeat("from=zero", () -> flights.catchUp(store, fresh, projections));
            report(bench, "zero", flights.count(), payload, runs);
            runs =
                    bench.repeat(
                            "from=snapshot",
                            () -> again(flights, store, models, projections, snapshots));
            report(bench, "snapshot", flights.count(), payload, runs);
        }
    }

    private static List<ProjectionSnapshot> snapshots(
            EventStore store, Path models, List<Projection> projections)
            throws InterruptedException {
        List<ProjectionSnapshot> snapshots = new ArrayList<>();
        try (ProjectionRuntime runtime = LoggedFlights.runtime(store, models, projections)) {
            LoggedFlights.catchUp(runtime, store, projections);
            for (Projection projection : projections) {
                snapshots.add(runtime.snapshot(projection.name()));
            }
        }
        return snapshots;
    }

    private static CatchUp again(
            LoggedFlights flights,
            EventStore store,
            Path models,
            List<Projection> projections,
            List<ProjectionSnapshot> snapshots)
            throws IOException, InterruptedException {
        for (ProjectionSnapshot snapshot : snapshots) {
            Folders.delete(readModel(snapshot));
        }
        try (ProjectionRuntime runtime = LoggedFlights.runtime(store, models, projections)) {
            LoggedFlights.Times times = LoggedFlights.catchUp(runtime, store, projections);
            boolean right = flights.isRight(runtime, projections);
            for (ProjectionSnapshot snapshot : snapshots) {
                long from =
                        runtime.status(snapshot.projection()).recovery().orElseThrow().position();
                right &= from == snapshot.position();
            }
            return new CatchUp(times, right);
        }
    }

    /** The folder beside that of its snapshots. */
    private static Path readModel(ProjectionSnapshot snapshot) {
        Path snapshots = snapshot.folders().get(0).getParent();
        String name = snapshots.getFileName().toString();
        if (!name.endsWith(SNAPSHOTS)) {
            throw new IllegalStateException("Snapshots lie elsewhere: folder=" + snapshots);
        }
        return snapshots.resolveSibling(name.substring(0, name.length() - SNAPSHOTS.length()));
    }

    private static void report(
            Workbench<ProjectionSizes> bench,
            String from,
            int count,
            double payload,
            List<CatchUp> runs)
            throws IOException {
        ResultLine line =
                bench.line()
                        .with("from", from)
                        .with("read_models", 2)
                        .with("events", count)
                        .with("codec", FlightCodec.BINARY);
        ProjectionWork.kept(line)
                .with("payload_avg", payload, 1)
                .with("seconds", Spread.of(runs, CatchUp::seconds), 3);
        bench.print(line, runs.stream().allMatch(CatchUp::right));
    }
}
