package io.varve.samples.flights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import java.time.LocalDateTime;
import org.junit.jupiter.api.Test;

class FlightProjectionsTest {
    private static final FlightDeparted FLIGHT =
            new FlightDeparted(LocalDateTime.of(2001, 1, 1, 0, 1), "ANC", "LAX", 2345, -13);

    @Test
    void shouldAddFlightsToARow() {
        AirportDelays row = AirportDelays.none().plus(FLIGHT).plus(FLIGHT);

        assertEquals(new AirportDelays(2, -26, -13), row);
        assertEquals(-13.0, row.meanMinutes());
    }

    @Test
    void shouldWriteEventsAsReadableJson() {
        BytesWriter bytes = new BytesWriter();
        FlightEvent.JSON.serialize(FLIGHT, bytes);

        assertEquals(
                "{\"departure\":\"2001-01-01T00:01\",\"origin\":\"ANC\",\"destination\":\"LAX\","
                        + "\"distanceMiles\":2345,\"delayMinutes\":-13}",
                bytes.view().getUtf8(0, bytes.size()));
        assertEquals("FlightDeparted", FlightEvent.JSON.typeOf(FLIGHT));
        assertEquals(FLIGHT, FlightEvent.JSON.deserialize("FlightDeparted", bytes.view()));
    }

    @Test
    void shouldTakeLocalTimeAsUtc() {
        assertEquals(978_307_260_000L, FLIGHT.eventTimeMillis());
    }

    @Test
    void shouldWriteRoutesAsSixLetters() {
        BytesWriter bytes = new BytesWriter();
        Route.SERDE.serialize(new Route("SFO", "ANC"), bytes);

        assertEquals("SFOANC", bytes.view().getUtf8(0, bytes.size()));
        assertEquals(
                new Route("SFO", "ANC"),
                Route.SERDE.deserialize(BytesView.of(bytes.toByteArray())));
        assertThrows(
                IllegalArgumentException.class,
                () -> Route.SERDE.serialize(new Route("SF", "OANC"), new BytesWriter()));
    }
}
