package io.varve.samples.flights;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.projections.query.RangeQuery;
import io.varve.projections.query.ReadOnlyIndex;
import io.varve.projections.query.ReadOnlyKeyValueStore;
import io.varve.projections.query.RowVisitor;
import io.varve.projections.query.StoreIndex;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PlainTotalsTest {
    private static final LocalDateTime MIDNIGHT = LocalDateTime.of(2001, 1, 1, 0, 0);
    private static final PlainTotals TOTALS =
            PlainTotals.of(
                    List.of(
                            new FlightDeparted(MIDNIGHT, "SFO", "LAX", 1, -7),
                            new FlightDeparted(MIDNIGHT, "SFO", "LAX", 1, 20),
                            new FlightDeparted(MIDNIGHT, "SFO", "ANC", 1, 5),
                            new FlightDeparted(MIDNIGHT, "ANC", "SFO", 1, -3)));

    /** Rows in a map. */
    private record Rows<K, V>(Map<K, V> rows) implements ReadOnlyKeyValueStore<K, V> {
        @Override
        public Optional<V> get(K key) {
            return Optional.ofNullable(rows.get(key));
        }

        @Override
        public void scan(RangeQuery<K> query, RowVisitor<? super K, ? super V> visitor) {
            for (Map.Entry<K, V> row : rows.entrySet()) {
                if (!visitor.row(row.getKey(), row.getValue())) {
                    return;
                }
            }
        }

        @Override
        public long count() {
            return rows.size();
        }

        @Override
        public long count(RangeQuery<K> query) {
            throw new UnsupportedOperationException("count of a range");
        }

        @Override
        public <I> ReadOnlyIndex<I, K, V> index(StoreIndex<K, V, I> index) {
            throw new UnsupportedOperationException("index");
        }
    }

    private static List<String> airports(Map<String, AirportDelays> rows) {
        return TOTALS.airportDifferences(new Rows<>(new TreeMap<>(rows)));
    }

    @Test
    void shouldAcceptTheRightRows() {
        assertEquals(2, TOTALS.airports());
        assertEquals(3, TOTALS.routes());
        assertEquals(
                List.of(),
                airports(
                        Map.of(
                                "SFO", new AirportDelays(3, 18, 20),
                                "ANC", new AirportDelays(1, -3, -3))));
        assertEquals(
                List.of(),
                TOTALS.routeDifferences(
                        new Rows<>(
                                Map.of(
                                        new Route("SFO", "LAX"), 2L,
                                        new Route("SFO", "ANC"), 1L,
                                        new Route("ANC", "SFO"), 1L))));
    }

    @Test
    void shouldSayWhatIsWrongMissingOrTooMuch() {
        assertEquals(
                List.of(
                        "airport=SFO expected: flights=3 totalMinutes=18 worstMinutes=20 found:"
                                + " flights=3 totalMinutes=19 worstMinutes=20",
                        "airport=ANC expected: flights=1 totalMinutes=-3 worstMinutes=-3 found:"
                                + " nothing",
                        "airport=JFK expected: nothing found: flights=1 totalMinutes=1"
                                + " worstMinutes=1"),
                airports(
                                Map.of(
                                        "SFO", new AirportDelays(3, 19, 20),
                                        "JFK", new AirportDelays(1, 1, 1)))
                        .stream()
                        .sorted((a, b) -> order(a) - order(b))
                        .toList());
    }

    private static int order(String line) {
        return List.of("airport=SFO", "airport=ANC", "airport=JFK").indexOf(line.substring(0, 11));
    }
}
