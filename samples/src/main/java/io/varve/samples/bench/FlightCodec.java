package io.varve.samples.bench;

import io.varve.samples.flights.FlightEvent;
import io.varve.store.serde.EventSerde;
import java.util.Locale;

/** How flights are written. */
enum FlightCodec {
    BINARY(BinaryFlights.EVENTS),
    JSON(FlightEvent.JSON);

    private final EventSerde<FlightEvent> serde;

    FlightCodec(EventSerde<FlightEvent> serde) {
        this.serde = serde;
    }

    EventSerde<FlightEvent> serde() {
        return serde;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
