package io.varve.samples.flights;

import io.varve.store.serde.EventSerde;

/** What happens at an airport; the stream is the airport. */
public sealed interface FlightEvent permits FlightDeparted {
    /** The category of the streams: {@code airport/SFO} and its like. */
    String CATEGORY = "airport";

    /** Events as JSON. */
    EventSerde<FlightEvent> JSON =
            EventSerde.of(FlightEvent.class).json("FlightDeparted", FlightDeparted.class).build();
}
