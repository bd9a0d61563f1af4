package io.varve.samples.flights;

import io.varve.projections.Consumed;
import io.varve.projections.Grouped;
import io.varve.projections.Materialized;
import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serdes;
import java.util.List;

/** What is computed from flights: one projection as a fold, one as a topology. */
public final class FlightProjections {
    /** Delays by airport of origin. */
    public static final StoreRef<String, AirportDelays> DELAYS = StoreRef.of("delays");

    /** Flights by route. */
    public static final StoreRef<Route, Long> FLIGHTS = StoreRef.of("flights");

    /** The name of the projection that fills {@link #DELAYS}. */
    public static final String AIRPORT_DELAYS = "airport-delays";

    /** The name of the projection that fills {@link #FLIGHTS}. */
    public static final String ROUTES = "routes";

    private FlightProjections() {}

    /**
     * Both projections.
     *
     * @param serde reads the events
     * @return {@code airport-delays} and {@code routes}
     */
    public static List<Projection> all(EventSerde<FlightEvent> serde) {
        return List.of(airportDelays(serde), routes(serde));
    }

    /** One row per stream, and a stream is an airport: a fold says it all. */
    private static Projection airportDelays(EventSerde<FlightEvent> serde) {
        return Projection.fold(
                        AIRPORT_DELAYS,
                        2,
                        FlightEvent.CATEGORY,
                        serde,
                        Materialized.as(DELAYS, Serdes.utf8(), Serdes.record(AirportDelays.class)),
                        AirportDelays::none)
                .on(FlightDeparted.class, AirportDelays::plus)
                .build();
    }

    /** One row per pair of airports: grouped by another key than that of the stream. */
    private static Projection routes(EventSerde<FlightEvent> serde) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(FlightEvent.CATEGORY, Consumed.with(serde))
                .filter((airport, event) -> event instanceof FlightDeparted)
                .mapValues(event -> (FlightDeparted) event)
                .groupBy(
                        (airport, flight) -> new Route(flight.origin(), flight.destination()),
                        Grouped.keySerde(Route.SERDE))
                .count(Materialized.as(FLIGHTS));
        return Projection.of(ROUTES, 1, builder.build());
    }
}
