package io.varve.samples.bench;

import io.varve.samples.flights.AirportCode;
import io.varve.samples.flights.Route;

/**
 * A flight with its fields as they lie in the log: numbers, of which no date and no text is made
 * until somebody asks.
 *
 * @param minute of departure, from 1970-01-01T00:00
 * @param origin as {@link AirportCode} packs it
 * @param destination likewise
 * @param distanceMiles between the two
 * @param delayMinutes at the destination; less than 0 when early
 */
record CodedFlight(int minute, int origin, int destination, int distanceMiles, int delayMinutes) {
    private static final int BITS = 15;

    /** Both airports in one number; the order of the numbers is that of the routes. */
    int route() {
        return origin << BITS | destination;
    }

    /** The route that a number stands for. */
    static Route route(int coded) {
        return new Route(
                AirportCode.unpack(coded >> BITS), AirportCode.unpack(coded & (1 << BITS) - 1));
    }
}
