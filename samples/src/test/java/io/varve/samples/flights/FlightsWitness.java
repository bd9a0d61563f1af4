package io.varve.samples.flights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Projection;
import io.varve.projections.query.ReadOnlyKeyValueStore;
import io.varve.runtime.PositionBound;
import io.varve.runtime.ProjectionRuntime;
import io.varve.runtime.ReadView;
import io.varve.store.EventQuery;
import io.varve.store.EventStore;
import io.varve.store.EventView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.StateConfig;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Looks at what a killed process has left, on a copy, so that the next process finds it as it was:
 * the log is the beginning of the file, without a hole; each read model, as found, is the fold of
 * the log up to its checkpoint; and carried on from there it is the fold of the whole log.
 */
final class FlightsWitness {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final List<FlightDeparted> flights;
    private final byte[][] payloads;
    private final List<Projection> projections = FlightProjections.all(FlightEvent.JSON);

    FlightsWitness(List<FlightDeparted> flights) {
        this.flights = flights;
        this.payloads = flights.stream().map(FlightsWitness::payload).toArray(byte[][]::new);
    }

    private static byte[] payload(FlightDeparted flight) {
        BytesWriter bytes = new BytesWriter();
        FlightEvent.JSON.serialize(flight, bytes);
        return bytes.toByteArray();
    }

    int flights() {
        return flights.size();
    }

    /**
     * How many events are in the log, and in the read model that has fewer; and how many read
     * models there were to compare.
     */
    record Found(int logged, int projected, int compared) {}

    Found examine(Path data, Path scratch, long acknowledged)
            throws IOException, InterruptedException {
        copy(data, scratch);
        try (EventStore store = EventStore.open(scratch.resolve("store"))) {
            int logged = examineLog(store);
            assertTrue(
                    logged >= acknowledged,
                    "lost: acknowledged=" + acknowledged + " log=" + logged);
            int projected = logged;
            Set<String> there = new HashSet<>();
            for (Projection projection : projections) {
                OptionalInt applied = examineAsFound(projection, scratch, logged);
                projected = Math.min(projected, applied.orElse(0));
                applied.ifPresent(some -> there.add(projection.name()));
            }
            if (logged > 0) {
                examineContinued(store, scratch, logged, there);
            }
            return new Found(logged, projected, there.size());
        } finally {
            Folders.delete(scratch);
        }
    }

    private int examineLog(EventStore store) {
        Map<String, Long> versions = new HashMap<>();
        int[] next = {0};
        store.read(
                EventQuery.all(),
                event -> {
                    examineEvent(event, next[0]++, versions);
                    return true;
                });
        assertEquals(store.head() + 1, next[0], "events of the log");
        return next[0];
    }

    private void examineEvent(EventView event, int index, Map<String, Long> versions) {
        FlightDeparted flight = flights.get(index);
        long version = versions.merge(flight.origin(), 0L, (old, zero) -> old + 1);
        assertEquals(index, event.position());
        assertEquals(flight.origin(), event.stream().key());
        assertEquals(version, event.version(), "version at position=" + index);
        assertEquals("FlightDeparted", event.type());
        assertEquals(flight.eventTimeMillis(), event.eventTimeMillis());
        assertArrayEquals(payloads[index], event.payload().toByteArray());
    }

    /** Reads the files of a read model without an engine that would carry it on. */
    private OptionalInt examineAsFound(Projection projection, Path data, int logged) {
        Path folder =
                data.resolve("read-models")
                        .resolve(projection.name())
                        .resolve("generation-1-v" + projection.version());
        if (!Files.exists(folder)) {
            return OptionalInt.empty();
        }
        String[] tables = projection.topology().tables().toArray(String[]::new);
        try (StateEnvironment state =
                        StateEnvironment.open(StateConfig.at(folder).withTables(tables));
                StateView view = state.view()) {
            int applied = view.checkpoint().map(Checkpoint::position).orElse(-1L).intValue() + 1;
            assertTrue(applied <= logged, projection + " is ahead of the log");
            compare(PlainTotals.of(flights.subList(0, applied)), projection, view);
            return OptionalInt.of(applied);
        }
    }

    private static void compare(PlainTotals totals, Projection projection, StateView view) {
        if (projection.name().equals(FlightProjections.AIRPORT_DELAYS)) {
            compareDelays(totals, projection.topology().store(FlightProjections.DELAYS, view));
        } else {
            compareRoutes(totals, projection.topology().store(FlightProjections.FLIGHTS, view));
        }
    }

    private static void compareDelays(
            PlainTotals totals, ReadOnlyKeyValueStore<String, AirportDelays> delays) {
        assertEquals(List.of(), totals.airportDifferences(delays));
    }

    private static void compareRoutes(
            PlainTotals totals, ReadOnlyKeyValueStore<Route, Long> routes) {
        assertEquals(List.of(), totals.routeDifferences(routes));
    }

    private void examineContinued(EventStore store, Path data, int logged, Set<String> there)
            throws InterruptedException {
        PlainTotals totals = PlainTotals.of(flights.subList(0, logged));
        try (ProjectionRuntime runtime =
                ProjectionRuntime.builder(store, data.resolve("read-models"))
                        .add(projections.get(0))
                        .add(projections.get(1))
                        .build()) {
            runtime.start();
            try (ReadView view = view(runtime, FlightProjections.AIRPORT_DELAYS, logged)) {
                compareDelays(totals, view.store(FlightProjections.DELAYS));
            }
            try (ReadView view = view(runtime, FlightProjections.ROUTES, logged)) {
                compareRoutes(totals, view.store(FlightProjections.FLIGHTS));
            }
            for (String projection : there) {
                assertTrue(runtime.status(projection).recovery().isEmpty(), "begun anew");
            }
        }
    }

    private static ReadView view(ProjectionRuntime runtime, String projection, int logged)
            throws InterruptedException {
        return runtime.readView(projection, PositionBound.at(logged - 1L), PATIENCE);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path copied = to.resolve(from.relativize(file).toString());
                // What was said of the disk was said of another file. A copy that was made while
                // the machine ran on is whole: only the process had died. So the copy is not opened
                // as what a killed process left; that is what the next process does.
                if (file.endsWith("varve.mark")) {
                    Files.writeString(copied, "clean");
                } else if (!file.endsWith("varve.sync")) {
                    Files.copy(file, copied);
                }
            }
        }
    }
}
