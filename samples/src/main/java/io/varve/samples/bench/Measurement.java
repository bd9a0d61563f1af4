package io.varve.samples.bench;

import io.varve.projections.Projection;
import io.varve.runtime.PositionBound;
import io.varve.runtime.ProjectionRuntime;
import io.varve.runtime.ProjectionRuntimeBuilder;
import io.varve.runtime.ReadView;
import io.varve.samples.flights.FlightDeparted;
import io.varve.samples.flights.FlightEvent;
import io.varve.samples.flights.FlightProjections;
import io.varve.samples.flights.FlightsLog;
import io.varve.samples.flights.Folders;
import io.varve.samples.flights.PlainTotals;
import io.varve.store.EventQuery;
import io.varve.store.EventStore;
import io.varve.store.serde.EventSerde;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;

/** Measures one codec, work by work, each on what the one before left. One thread at a time. */
final class Measurement {
    private static final int BATCH_EVENTS = 10_000;
    private static final Duration PATIENCE = Duration.ofHours(1);

    /** In this order: catch-up reads the log that append has written. */
    enum Work {
        APPEND,
        CATCH_UP,
        LIVE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private final List<FlightDeparted> flights;
    private final PlainTotals totals;
    private final String codec;
    private final EventSerde<FlightEvent> serde;
    private final int run;
    private final Path scratch;
    private double payloadBytes;

    Measurement(
            List<FlightDeparted> flights,
            PlainTotals totals,
            String codec,
            EventSerde<FlightEvent> serde,
            int run,
            Path scratch) {
        this.flights = flights;
        this.totals = totals;
        this.codec = codec;
        this.serde = serde;
        this.run = run;
        this.scratch = scratch;
    }

    Result measure(Work work) throws IOException, InterruptedException {
        return switch (work) {
            case APPEND -> append();
            case CATCH_UP -> catchUp();
            case LIVE -> live();
        };
    }

    void clear() throws IOException {
        Folders.delete(scratch.resolve("store"));
        Folders.delete(scratch.resolve("read-models"));
    }

    private Result append() throws IOException {
        long nanos;
        boolean checked;
        try (EventStore store = EventStore.open(scratch.resolve("store"))) {
            nanos = append(store);
            checked = checkLog(store);
        }
        return result(Work.APPEND, nanos, Folders.bytes(scratch), checked);
    }

    private Result catchUp() throws IOException, InterruptedException {
        long nanos;
        boolean checked;
        try (EventStore store = EventStore.open(scratch.resolve("store"));
                ProjectionRuntime runtime = runtime(store)) {
            long startedAt = System.nanoTime();
            runtime.start();
            awaitAll(runtime);
            nanos = System.nanoTime() - startedAt;
            checked = checkReadModels(runtime);
        }
        long bytes = Folders.bytes(scratch.resolve("read-models"));
        return result(Work.CATCH_UP, nanos, bytes, checked);
    }

    private Result live() throws IOException, InterruptedException {
        clear();
        long nanos;
        boolean checked;
        try (EventStore store = EventStore.open(scratch.resolve("store"));
                ProjectionRuntime runtime = runtime(store)) {
            runtime.start();
            long startedAt = System.nanoTime();
            append(store);
            awaitAll(runtime);
            nanos = System.nanoTime() - startedAt;
            checked = checkLog(store) && checkReadModels(runtime);
        }
        return result(Work.LIVE, nanos, Folders.bytes(scratch), checked);
    }

    private long append(EventStore store) {
        FlightsLog log = new FlightsLog(store, serde, flights, BATCH_EVENTS);
        long startedAt = System.nanoTime();
        log.append(batch -> {});
        return System.nanoTime() - startedAt;
    }

    private ProjectionRuntime runtime(EventStore store) {
        ProjectionRuntimeBuilder builder =
                ProjectionRuntime.builder(store, scratch.resolve("read-models"));
        for (Projection projection : FlightProjections.all(serde)) {
            builder.add(projection);
        }
        return builder.build();
    }

    private void awaitAll(ProjectionRuntime runtime) throws InterruptedException {
        for (Projection projection : FlightProjections.all(serde)) {
            if (!runtime.awaitPosition(projection.name(), flights.size() - 1L, PATIENCE)) {
                throw new IllegalStateException(
                        "Not complete after an hour: " + runtime.status(projection.name()));
            }
        }
    }

    /** Every stream has its events; and while at it, how long the payloads are. */
    private boolean checkLog(EventStore store) {
        AtomicLong bytes = new AtomicLong();
        store.read(
                EventQuery.all(),
                event -> {
                    bytes.setPlain(bytes.getPlain() + event.payload().length());
                    return true;
                });
        payloadBytes = (double) bytes.get() / flights.size();
        FlightsLog log = new FlightsLog(store, serde, flights, BATCH_EVENTS);
        return log.recorded() == flights.size() && log.mismatch().isEmpty();
    }

    private boolean checkReadModels(ProjectionRuntime runtime) throws InterruptedException {
        PositionBound complete = PositionBound.at(flights.size() - 1L);
        try (ReadView delays =
                        runtime.readView(FlightProjections.AIRPORT_DELAYS, complete, PATIENCE);
                ReadView routes = runtime.readView(FlightProjections.ROUTES, complete, PATIENCE)) {
            return totals.airportDifferences(delays.store(FlightProjections.DELAYS)).isEmpty()
                    && totals.routeDifferences(routes.store(FlightProjections.FLIGHTS)).isEmpty();
        }
    }

    private Result result(Work work, long nanos, long diskBytes, boolean checked) {
        OptionalInt batch =
                work == Work.CATCH_UP ? OptionalInt.empty() : OptionalInt.of(BATCH_EVENTS);
        return new Result(
                work.toString(),
                codec,
                run,
                flights.size(),
                batch,
                payloadBytes,
                nanos,
                diskBytes,
                checked);
    }
}
