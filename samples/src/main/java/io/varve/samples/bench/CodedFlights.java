package io.varve.samples.bench;

import io.varve.projections.Consumed;
import io.varve.projections.Grouped;
import io.varve.projections.Materialized;
import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.samples.flights.AirportDelays;
import io.varve.samples.flights.FlightEvent;
import io.varve.samples.flights.FlightProjections;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serdes;
import java.util.List;

/**
 * The read models of {@link FlightProjections} over flights that are left as numbers: the same
 * fields are read of an event, and the same is kept of it, as by the other systems that are
 * measured, none of which makes dates and texts.
 */
final class CodedFlights {
    /** Flights by route, which is {@link CodedFlight#route()}. */
    static final StoreRef<Integer, Long> ROUTES = StoreRef.of("coded-routes");

    private static final EventSerde<CodedFlight> EVENTS =
            EventSerde.of(CodedFlight.class)
                    .type(BinaryFlights.TYPE, CodedFlight.class, new CodedFlightSerde())
                    .build();

    private CodedFlights() {}

    /** Both, under the names they have there. */
    static List<Projection> projections() {
        return List.of(airportDelays(), routes());
    }

    private static Projection airportDelays() {
        return Projection.fold(
                        FlightProjections.AIRPORT_DELAYS,
                        1,
                        FlightEvent.CATEGORY,
                        EVENTS,
                        Materialized.as(
                                FlightProjections.DELAYS,
                                Serdes.utf8(),
                                Serdes.record(AirportDelays.class)),
                        AirportDelays::none)
                .on(CodedFlight.class, (delays, flight) -> delays.plus(flight.delayMinutes()))
                .build();
    }

    private static Projection routes() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(FlightEvent.CATEGORY, Consumed.with(EVENTS))
                .groupBy((airport, flight) -> flight.route(), Grouped.keySerde(Serdes.int32()))
                .count(Materialized.as(ROUTES));
        return Projection.of(FlightProjections.ROUTES, 1, builder.build());
    }
}
