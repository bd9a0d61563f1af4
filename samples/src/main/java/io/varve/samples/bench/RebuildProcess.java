package io.varve.samples.bench;

import io.varve.projections.Projection;
import io.varve.runtime.ProjectionRuntime;
import io.varve.samples.bench.LoggedFlights.Times;
import io.varve.store.EventStore;
import java.nio.file.Path;
import java.util.List;

/**
 * The process that builds both read models of a log of flights from nothing: {@code STORE MODELS
 * CODEC}. Prints after how many nanoseconds they could be asked, and held everything.
 */
final class RebuildProcess {
    private RebuildProcess() {}

    public static void main(String[] args) throws InterruptedException {
        List<Projection> projections = FlightCodec.valueOf(args[2]).projections();
        try (EventStore store = EventStore.open(Path.of(args[0]));
                ProjectionRuntime runtime =
                        LoggedFlights.runtime(store, Path.of(args[1]), projections)) {
            Times times = LoggedFlights.catchUp(runtime, store, projections);
            System.out.println(times.ready() + " " + times.all());
        }
    }
}
