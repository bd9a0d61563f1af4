package io.varve.samples.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.samples.flights.FlightDeparted;
import io.varve.samples.flights.FlightsFile;
import io.varve.samples.flights.Route;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.SerdeException;
import java.io.IOException;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class CodedFlightTest {
    private final CodedFlightSerde serde = new CodedFlightSerde();

    private void assertSame(FlightDeparted flight) {
        BytesWriter written = new BytesWriter();
        new BinaryFlights().serialize(flight, written);
        CodedFlight coded = serde.deserialize(written.view());
        assertEquals(
                new Route(flight.origin(), flight.destination()), CodedFlight.route(coded.route()));
        assertEquals(flight.departure().toEpochSecond(ZoneOffset.UTC), coded.minute() * 60L);
        assertEquals(flight.distanceMiles(), coded.distanceMiles());
        assertEquals(flight.delayMinutes(), coded.delayMinutes());
        BytesWriter again = new BytesWriter();
        serde.serialize(coded, again);
        assertEquals(written.view(), again.view());
    }

    @Test
    void shouldHoldTheFieldsOfEveryFlightOfTheWeek() throws IOException {
        FlightsFile.week().forEach(this::assertSame);
    }

    @Test
    void shouldRefuseWhatDoesNotFit() {
        CodedFlight wide = new CodedFlight(0, 0, 0, 65_536, 0);
        assertThrows(SerdeException.class, () -> serde.serialize(wide, new BytesWriter()));
        assertThrows(SerdeException.class, () -> serde.deserialize(BytesView.of(new byte[11])));
    }
}
