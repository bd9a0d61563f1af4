package io.varve.samples.flights;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.serde.Serde;

/**
 * From one airport to another.
 *
 * @param origin IATA code
 * @param destination IATA code
 */
public record Route(String origin, String destination) {
    /** Six letters; routes come in the order of origin, then destination. */
    public static final Serde<Route> SERDE = new SixLetters();

    private static final class SixLetters implements Serde<Route> {
        @Override
        public void serialize(Route route, BytesWriter out) {
            // Two codes of three letters each, or two routes could have the same bytes.
            AirportCode.pack(route.origin());
            AirportCode.pack(route.destination());
            out.putUtf8(route.origin()).putUtf8(route.destination());
        }

        @Override
        public Route deserialize(BytesView in) {
            return new Route(in.getUtf8(0, 3), in.getUtf8(3, 3));
        }
    }
}
