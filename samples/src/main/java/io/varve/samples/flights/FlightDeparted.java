package io.varve.samples.flights;

import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * A flight has left, or was left by its passengers waiting.
 *
 * @param departure as scheduled, in the time of the airport, to the minute
 * @param origin IATA code of the airport it left
 * @param destination IATA code of the airport it went to
 * @param distanceMiles between the two
 * @param delayMinutes at the destination; less than 0 when early
 */
public record FlightDeparted(
        LocalDateTime departure,
        String origin,
        String destination,
        int distanceMiles,
        int delayMinutes)
        implements FlightEvent {
    /**
     * The time of the event in the log. The source has no time zones, so local time is taken as if
     * it were UTC.
     *
     * @return milliseconds since 1970-01-01T00:00Z
     */
    public long eventTimeMillis() {
        return departure.toEpochSecond(ZoneOffset.UTC) * 1000;
    }
}
