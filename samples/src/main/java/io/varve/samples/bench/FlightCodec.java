package io.varve.samples.bench;

import io.varve.samples.flights.FlightEvent;
import io.varve.store.serde.EventSerde;
import java.util.Locale;
import java.util.function.Supplier;

/** How flights are written. */
enum FlightCodec {
    BINARY(() -> BinaryFlights.EVENTS),
    JSON(() -> FlightEvent.JSON);

    // Made by who asks for it: a process that reads one of them need not load the other's classes.
    private final Supplier<EventSerde<FlightEvent>> serde;

    FlightCodec(Supplier<EventSerde<FlightEvent>> serde) {
        this.serde = serde;
    }

    EventSerde<FlightEvent> serde() {
        return serde.get();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
