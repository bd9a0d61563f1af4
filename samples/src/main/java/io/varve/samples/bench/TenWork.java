package io.varve.samples.bench;

import io.varve.projections.Projection;
import io.varve.samples.bench.LoggedFlights.CatchUp;
import io.varve.samples.flights.FlightProjections;
import io.varve.store.EventStore;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Ten projections of one kind, all built from nothing at once over the same log, and one alone:
 * from the start of the runtime to the last commit of all.
 */
final class TenWork implements ProjectionWork {
    static final List<String> KINDS =
            List.of(FlightProjections.AIRPORT_DELAYS, FlightProjections.ROUTES);

    private static final List<Integer> COUNTS = List.of(1, 10);

    @Override
    public void run(Workbench<ProjectionSizes> bench) throws IOException, InterruptedException {
        LoggedFlights flights = new LoggedFlights(bench.sizes().flights());
        try (EventStore store = EventStore.open(bench.freshFolder())) {
            flights.append(store, FlightCodec.BINARY, flights.count());
            for (String kind : KINDS) {
                for (int count : COUNTS) {
                    run(bench, flights, store, kind, count);
                }
            }
        }
    }

    private static void run(
            Workbench<ProjectionSizes> bench,
            LoggedFlights flights,
            EventStore store,
            String kind,
            int count)
            throws IOException, InterruptedException {
        List<Projection> projections = copies(kind, count);
        List<CatchUp> runs =
                bench.repeat(
                        "kind=" + kind + " projections=" + count,
                        () -> flights.catchUp(store, bench.aside("read-models"), projections));
        ResultLine line =
                bench.line()
                        .with("kind", kind)
                        .with("projections", count)
                        .with("events", flights.count())
                        .with("codec", FlightCodec.BINARY);
        ProjectionWork.kept(line)
                .with("payload_avg", LoggedFlights.payloadAverage(store), 1)
                .with("seconds", Spread.of(runs, CatchUp::seconds), 3)
                .with(
                        "events/s",
                        Spread.of(runs, run -> flights.count() / run.seconds()).median(),
                        0);
        bench.print(line, runs.stream().allMatch(CatchUp::right));
    }

    private static List<Projection> copies(String kind, int count) {
        Projection first =
                FlightCodec.BINARY.projections().stream()
                        .filter(projection -> projection.name().equals(kind))
                        .findFirst()
                        .orElseThrow();
        return IntStream.range(0, count)
                .mapToObj(i -> Projection.of(kind + "-" + i, 1, first.topology()))
                .toList();
    }
}
