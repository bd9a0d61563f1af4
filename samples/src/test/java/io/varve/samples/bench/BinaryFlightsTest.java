package io.varve.samples.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.samples.flights.FlightDeparted;
import io.varve.samples.flights.FlightsFile;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.SerdeException;
import java.io.IOException;
import java.time.LocalDateTime;
import org.junit.jupiter.api.Test;

class BinaryFlightsTest {
    private final BinaryFlights serde = new BinaryFlights();

    private static FlightDeparted flight(int distance, int delay) {
        return new FlightDeparted(
                LocalDateTime.of(1969, 12, 31, 23, 59), "AAA", "ZZZ", distance, delay);
    }

    private void assertRoundTrip(FlightDeparted flight) {
        BytesWriter bytes = new BytesWriter();
        serde.serialize(flight, bytes);
        assertEquals(12, bytes.size());
        assertEquals(flight, serde.deserialize(bytes.view()));
    }

    @Test
    void shouldReadEveryFlightOfTheWeekAsItWasWritten() throws IOException {
        FlightsFile.week().forEach(this::assertRoundTrip);
    }

    @Test
    void shouldReadTheExtremesAsTheyWereWritten() {
        assertRoundTrip(flight(0, Short.MIN_VALUE));
        assertRoundTrip(flight(65_535, Short.MAX_VALUE));
    }

    @Test
    void shouldRefuseWhatDoesNotFit() {
        assertThrows(SerdeException.class, () -> serde.serialize(flight(-1, 0), new BytesWriter()));
        assertThrows(
                SerdeException.class, () -> serde.serialize(flight(65_536, 0), new BytesWriter()));
        assertThrows(
                SerdeException.class, () -> serde.serialize(flight(0, 32_768), new BytesWriter()));
        assertThrows(SerdeException.class, () -> serde.deserialize(BytesView.of(new byte[11])));
    }
}
