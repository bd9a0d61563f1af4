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
        return plus(flight.delayMinutes());
    }

    /**
     * Adds a flight, of which only this counts.
     *
     * @param delayMinutes of a flight from this airport
     * @return a new row
     */
    public AirportDelays plus(int delayMinutes) {
        return new AirportDelays(
                flights + 1, totalMinutes + delayMinutes, Math.max(worstMinutes, delayMinutes));
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
