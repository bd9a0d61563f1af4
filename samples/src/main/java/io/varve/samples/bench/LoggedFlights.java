package io.varve.samples.bench;

import io.varve.projections.Projection;
import io.varve.runtime.PositionBound;
import io.varve.runtime.ProjectionRuntime;
import io.varve.runtime.ProjectionRuntimeBuilder;
import io.varve.runtime.ReadView;
import io.varve.samples.flights.FlightDeparted;
import io.varve.samples.flights.FlightProjections;
import io.varve.samples.flights.FlightsLog;
import io.varve.samples.flights.Folders;
import io.varve.samples.flights.PlainTotals;
import io.varve.samples.flights.Route;
import io.varve.store.EventQuery;
import io.varve.store.EventStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Flights in a log, and what their read models must hold. One thread. */
final class LoggedFlights {
    private static final int BATCH_EVENTS = 10_000;

    private final List<FlightDeparted> flights;
    private final PlainTotals totals;

    LoggedFlights(List<FlightDeparted> flights) {
        this.flights = flights;
        this.totals = PlainTotals.of(flights);
    }

    int count() {
        return flights.size();
    }

    /** Makes a log of the first so many, or of those that it lacks. */
    void append(EventStore store, FlightCodec codec, int until) {
        FlightsLog log =
                new FlightsLog(store, codec.serde(), flights.subList(0, until), BATCH_EVENTS);
        Optional<String> mismatch = log.mismatch();
        if (mismatch.isPresent()) {
            throw new IllegalStateException("Another log is there: " + mismatch.get());
        }
        log.append(batch -> {});
    }

    /** Bytes of a payload, on average. */
    static double payloadAverage(EventStore store) {
        long[] bytes = {0};
        store.read(
                EventQuery.all(),
                event -> {
                    bytes[0] += event.payload().length();
                    return true;
                });
        return (double) bytes[0] / (store.head() + 1);
    }

    /** A runtime that has not started. */
    static ProjectionRuntime runtime(EventStore store, Path folder, List<Projection> projections) {
        ProjectionRuntimeBuilder builder = ProjectionRuntime.builder(store, folder);
        projections.forEach(builder::add);
        return builder.build();
    }

    /** Starts a runtime, and waits until all projections have committed the last event. */
    static Times catchUp(ProjectionRuntime runtime, EventStore store, List<Projection> projections)
            throws InterruptedException {
        long startedAt = System.nanoTime();
        runtime.start();
        long readyAt = System.nanoTime();
        for (Projection projection : projections) {
            await(runtime, projection.name(), store.head());
        }
        return new Times(readyAt - startedAt, System.nanoTime() - startedAt);
    }

    static void await(ProjectionRuntime runtime, String projection, long position)
            throws InterruptedException {
        if (!runtime.awaitPosition(projection, position, ProjectionWork.PATIENCE)) {
            throw new IllegalStateException(
                    "Not complete after an hour: " + runtime.status(projection));
        }
    }

    /**
     * How long a rebuild took, from the start of the runtime.
     *
     * @param ready nanoseconds until it had started: read models were open, and could be asked
     * @param all nanoseconds until all was committed
     */
    record Times(long ready, long all) {}

    /** A rebuild of read models. */
    record CatchUp(Times times, boolean right) {
        double seconds() {
            return times.all() / 1e9;
        }

        double readySeconds() {
            return times.ready() / 1e9;
        }

        /** In a second, without the start. */
        double rate(int events) {
            return events / (seconds() - readySeconds());
        }
    }

    /** Builds read models from nothing, and compares every row. */
    CatchUp catchUp(EventStore store, Path folder, List<Projection> projections)
            throws IOException, InterruptedException {
        Folders.delete(folder);
        try (ProjectionRuntime runtime = runtime(store, folder, projections)) {
            Times times = catchUp(runtime, store, projections);
            return new CatchUp(times, isRight(runtime, projections));
        }
    }

    /** Whether each row of these read models is as in a plain loop over all flights. */
    boolean isRight(ProjectionRuntime runtime, List<Projection> projections)
            throws InterruptedException {
        boolean right = true;
        for (Projection projection : projections) {
            right &= isRight(runtime, projection);
        }
        return right;
    }

    private boolean isRight(ProjectionRuntime runtime, Projection projection)
            throws InterruptedException {
        PositionBound complete = PositionBound.at(flights.size() - 1L);
        try (ReadView view =
                runtime.readView(projection.name(), complete, ProjectionWork.PATIENCE)) {
            return differences(view, projection.topology().stores()).isEmpty();
        }
    }

    private List<String> differences(ReadView view, Set<String> stores) {
        if (stores.contains(FlightProjections.DELAYS.name())) {
            return totals.airportDifferences(view.store(FlightProjections.DELAYS));
        }
        if (stores.contains(FlightProjections.FLIGHTS.name())) {
            return totals.routeDifferences(view.store(FlightProjections.FLIGHTS));
        }
        Map<Route, Long> routes = new HashMap<>();
        view.store(CodedFlights.ROUTES)
                .forEach((route, flights) -> routes.put(CodedFlight.route(route), flights));
        return totals.routeDifferences(routes);
    }
}
