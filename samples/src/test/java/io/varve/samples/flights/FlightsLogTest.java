package io.varve.samples.flights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.EventStore;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlightsLogTest {
    @TempDir Path folder;

    private EventStore store;

    @BeforeEach
    void open() {
        store = EventStore.open(folder);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static FlightDeparted flight(int minute, String origin) {
        LocalDateTime departure = LocalDateTime.of(2001, 1, 1, 0, 0).plusMinutes(minute);
        return new FlightDeparted(departure, origin, "LAX", 100, minute);
    }

    private static List<FlightDeparted> flights(int count) {
        List<FlightDeparted> flights = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            flights.add(flight(i, i % 3 == 0 ? "SFO" : "ANC"));
        }
        return flights;
    }

    private FlightsLog log(List<FlightDeparted> flights) {
        return new FlightsLog(store, FlightEvent.JSON, flights, 4);
    }

    private List<Long> append(List<FlightDeparted> flights) {
        List<Long> batches = new ArrayList<>();
        FlightsLog log = log(flights);
        assertEquals(Optional.empty(), log.mismatch());
        log.append(batch -> batches.add(batch.count()));
        return batches;
    }

    @Test
    void shouldAppendInBatches() {
        assertEquals(List.of(4L, 4L, 2L), append(flights(10)));
        assertEquals(10, log(flights(10)).recorded());
    }

    @Test
    void shouldAppendOnlyWhatIsMissing() {
        append(flights(5));

        assertEquals(List.of(4L, 1L), append(flights(10)));
        assertEquals(List.of(), append(flights(10)));
        assertEquals(Optional.empty(), log(flights(10)).mismatch());
    }

    @Test
    void shouldNoticeALogOfOtherFlights() {
        append(flights(5));
        List<FlightDeparted> otherFirst = flights(5);
        otherFirst.set(0, flight(99, "SFO"));
        List<FlightDeparted> otherLast = flights(5);
        otherLast.set(4, flight(99, "ANC"));
        List<FlightDeparted> otherAirport = flights(5);
        otherAirport.set(2, flight(2, "JFK"));

        assertTrue(log(otherFirst).mismatch().orElse("").startsWith("position=0"));
        assertTrue(log(otherLast).mismatch().orElse("").startsWith("position=4"));
        assertTrue(log(otherAirport).mismatch().orElse("").startsWith("stream="));
        assertEquals(Optional.of("events=5 flights=4"), log(flights(4)).mismatch());
    }
}
