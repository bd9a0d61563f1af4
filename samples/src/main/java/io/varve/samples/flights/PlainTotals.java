package io.varve.samples.flights;

import io.varve.projections.query.ReadOnlyKeyValueStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the read models must hold, computed in the plainest way: a loop and two maps, with nothing
 * of Varve in it.
 */
public final class PlainTotals {
    private final Map<String, long[]> airports = new HashMap<>();
    private final Map<String, Long> routes = new HashMap<>();

    private PlainTotals() {}

    /**
     * Counts.
     *
     * @param flights all of them
     * @return the totals
     */
    public static PlainTotals of(List<FlightDeparted> flights) {
        PlainTotals totals = new PlainTotals();
        for (FlightDeparted flight : flights) {
            long delay = flight.delayMinutes();
            long[] row = totals.airports.get(flight.origin());
            if (row == null) {
                totals.airports.put(flight.origin(), new long[] {1, delay, delay});
            } else {
                row[0]++;
                row[1] += delay;
                row[2] = Math.max(row[2], delay);
            }
            totals.routes.merge(flight.origin() + flight.destination(), 1L, Long::sum);
        }
        return totals;
    }

    /**
     * How many airports have flights.
     *
     * @return 0 or more
     */
    public int airports() {
        return airports.size();
    }

    /**
     * How many pairs of airports have flights.
     *
     * @return 0 or more
     */
    public int routes() {
        return routes.size();
    }

    /**
     * Compares every airport.
     *
     * @param delays the read model
     * @return a line for each that is missing, wrong or too many
     */
    public List<String> airportDifferences(ReadOnlyKeyValueStore<String, AirportDelays> delays) {
        Map<String, String> actual = new HashMap<>();
        delays.forEach(
                (code, row) ->
                        actual.put(
                                code, text(row.flights(), row.totalMinutes(), row.worstMinutes())));
        Map<String, String> expected = new HashMap<>();
        airports.forEach((code, row) -> expected.put(code, text(row[0], row[1], row[2])));
        return differences("airport", expected, actual);
    }

    /**
     * Compares every route.
     *
     * @param flights the read model
     * @return a line for each that is missing, wrong or too many
     */
    public List<String> routeDifferences(ReadOnlyKeyValueStore<Route, Long> flights) {
        Map<Route, Long> rows = new HashMap<>();
        flights.forEach(rows::put);
        return routeDifferences(rows);
    }

    /**
     * Compares every route.
     *
     * @param flights all rows of a read model
     * @return a line for each that is missing, wrong or too many
     */
    public List<String> routeDifferences(Map<Route, Long> flights) {
        Map<String, String> actual = new HashMap<>();
        flights.forEach(
                (route, count) ->
                        actual.put(route.origin() + route.destination(), "flights=" + count));
        Map<String, String> expected = new HashMap<>();
        routes.forEach((route, count) -> expected.put(route, "flights=" + count));
        return differences("route", expected, actual);
    }

    private static String text(long flights, long total, long worst) {
        return "flights=" + flights + " totalMinutes=" + total + " worstMinutes=" + worst;
    }

    private static List<String> differences(
            String what, Map<String, String> expected, Map<String, String> actual) {
        List<String> lines = new ArrayList<>();
        expected.forEach(
                (key, row) -> {
                    String found = actual.getOrDefault(key, "nothing");
                    if (!found.equals(row)) {
                        lines.add(what + "=" + key + " expected: " + row + " found: " + found);
                    }
                });
        actual.forEach(
                (key, row) -> {
                    if (!expected.containsKey(key)) {
                        lines.add(what + "=" + key + " expected: nothing found: " + row);
                    }
                });
        return lines;
    }
}
