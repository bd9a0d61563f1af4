package io.varve.samples.bench;

import io.varve.projections.Projection;
import io.varve.runtime.ProjectionRuntime;
import io.varve.samples.flights.FlightProjections;
import io.varve.store.EventStore;
import java.nio.file.Path;
import java.util.List;

/**
 * The process that builds both read models of a log of flights from nothing: {@code STORE MODELS
 * CODEC}. Prints in how many nanoseconds.
 */
final class RebuildProcess {
    private RebuildProcess() {}

    public static void main(String[] args) throws InterruptedException {
        List<Projection> projections = FlightProjections.all(FlightCodec.valueOf(args[2]).serde());
        try (EventStore store = EventStore.open(Path.of(args[0]));
                ProjectionRuntime runtime =
                        LoggedFlights.runtime(store, Path.of(args[1]), projections)) {
            System.out.println(LoggedFlights.catchUp(runtime, store, projections));
        }
    }
}
