package io.varve.samples.flights;

/**
 * A row of the read model of delays: what is known of the flights from an airport.
 *
 * @param flights how many
 * @param totalMinutes sum of all delays; early flights count negative
 * @param worstMinutes the longest delay
 */
public record AirportDelays(long flights, long totalMinutes, int worstMinutes) {
    /**
     * What is known before the first flight.
     *
     * @return no flights
     */
    public static AirportDelays none() {
        return new AirportDelays(0, 0, Integer.MIN_VALUE);
    }

    /**
     * Adds a flight.
     *
     * @param flight from this airport
     * @return a new row
     */
    public AirportDelays plus(FlightDeparted flight) {
        return new AirportDelays(
                flights + 1,
                totalMinutes + flight.delayMinutes(),
                Math.max(worstMinutes, flight.delayMinutes()));
    }

    /**
     * The mean delay.
     *
     * @return minutes; not a number where there are no flights
     */
    public double meanMinutes() {
        return (double) totalMinutes / flights;
    }
}
