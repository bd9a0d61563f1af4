package io.varve.samples.bench;

import io.varve.samples.flights.AirportCode;
import io.varve.samples.flights.FlightDeparted;
import io.varve.samples.flights.FlightEvent;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.SerdeException;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serde;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * Flights in twelve bytes, written and read in place; little-endian:
 *
 * <pre>
 *   0        4         6              8          10      12
 *   +--------+---------+--------------+----------+-------+
 *   | minute | origin  | destination  | distance | delay |
 *   +--------+---------+--------------+----------+-------+
 *    int32    uint16    uint16         uint16     int16
 * </pre>
 *
 * <p>The minute counts from 1970-01-01T00:00; airports as in {@link AirportCode}.
 */
final class BinaryFlights implements Serde<FlightDeparted> {
    static final String TYPE = "FlightDeparted";

    static final EventSerde<FlightEvent> EVENTS =
            EventSerde.of(FlightEvent.class)
                    .type(TYPE, FlightDeparted.class, new BinaryFlights())
                    .build();

    private static final int LENGTH = 12;
    private static final int SECONDS = 60;
    static final int UINT16 = 0xffff;

    @Override
    public void serialize(FlightDeparted flight, BytesWriter out) {
        int distance = flight.distanceMiles();
        int delay = flight.delayMinutes();
        checkFits(distance, delay, flight);
        out.putInt((int) (flight.departure().toEpochSecond(ZoneOffset.UTC) / SECONDS));
        out.putShort(AirportCode.pack(flight.origin()));
        out.putShort(AirportCode.pack(flight.destination()));
        out.putShort(distance);
        out.putShort(delay);
    }

    @Override
    public FlightDeparted deserialize(BytesView in) {
        checkLength(in);
        long second = (long) in.getInt(0) * SECONDS;
        return new FlightDeparted(
                LocalDateTime.ofEpochSecond(second, 0, ZoneOffset.UTC),
                AirportCode.unpack(in.getShort(4) & UINT16),
                AirportCode.unpack(in.getShort(6) & UINT16),
                in.getShort(8) & UINT16,
                in.getShort(10));
    }

    static void checkFits(int distance, int delay, Object flight) {
        if (distance < 0 || distance > UINT16 || delay != (short) delay) {
            throw new SerdeException(
                    "A flight does not fit into 12 bytes: flight=" + flight,
                    "Distances are 0 to 65,535 miles, delays 16 bits of minutes.",
                    null);
        }
    }

    static void checkLength(BytesView in) {
        if (in.length() != LENGTH) {
            throw new SerdeException(
                    "A flight has 12 bytes: actual=" + in.length(),
                    "Read the log with the serde that wrote it.",
                    null);
        }
    }
}
