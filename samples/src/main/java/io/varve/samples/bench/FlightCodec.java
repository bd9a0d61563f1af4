package io.varve.samples.bench;

import io.varve.projections.Projection;
import io.varve.samples.flights.FlightEvent;
import io.varve.samples.flights.FlightProjections;
import io.varve.store.serde.EventSerde;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** How flights are written, and what projections are given of them. */
enum FlightCodec {
    /** Twelve bytes, of which the numbers are read: what other systems do with theirs. */
    BINARY(() -> BinaryFlights.EVENTS, CodedFlights::projections),
    /** The same bytes, read as records with a date and texts. */
    OBJECTS(() -> BinaryFlights.EVENTS, () -> FlightProjections.all(BinaryFlights.EVENTS)),
    /** The same records as JSON. */
    JSON(() -> FlightEvent.JSON, () -> FlightProjections.all(FlightEvent.JSON));

    // Made by who asks for it: a process that reads one of them need not load the other's classes.
    private final Supplier<EventSerde<FlightEvent>> serde;
    private final Supplier<List<Projection>> projections;

    FlightCodec(Supplier<EventSerde<FlightEvent>> serde, Supplier<List<Projection>> projections) {
        this.serde = serde;
        this.projections = projections;
    }

    /** What writes them. */
    EventSerde<FlightEvent> serde() {
        return serde.get();
    }

    /** Both read models. */
    List<Projection> projections() {
        return projections.get();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
