package io.varve.samples.flights;

import io.varve.projections.query.ReadOnlyKeyValueStore;
import io.varve.samples.terminal.Bar;
import io.varve.samples.terminal.Screen;
import io.varve.samples.terminal.TextTable;
import io.varve.samples.terminal.TextTable.Align;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map.Entry;

/** Prints the read models. */
final class FlightsReport {
    /** A mean over fewer flights says little about an airport. */
    static final int LEAST_FLIGHTS = 100;

    private static final int ROWS = 10;
    private static final int BAR_WIDTH = 30;

    private final Screen screen;

    FlightsReport(Screen screen) {
        this.screen = screen;
    }

    void worstAirports(ReadOnlyKeyValueStore<String, AirportDelays> delays) {
        Comparator<Entry<String, AirportDelays>> byMean =
                Comparator.comparingDouble(row -> row.getValue().meanMinutes());
        List<Entry<String, AirportDelays>> worst =
                delays.all().stream()
                        .filter(row -> row.getValue().flights() >= LEAST_FLIGHTS)
                        .sorted(byMean.reversed().thenComparing(Entry.comparingByKey()))
                        .limit(ROWS)
                        .toList();
        double longest = worst.isEmpty() ? 1 : Math.max(1, worst.get(0).getValue().meanMinutes());
        TextTable table =
                new TextTable(Align.LEFT, Align.RIGHT, Align.RIGHT, Align.RIGHT, Align.LEFT);
        table.row("airport", "flights", "mean min", "worst min", "");
        for (Entry<String, AirportDelays> row : worst) {
            AirportDelays airport = row.getValue();
            table.row(
                    row.getKey(),
                    String.format(Locale.ROOT, "%,d", airport.flights()),
                    String.format(Locale.ROOT, "%.1f", airport.meanMinutes()),
                    String.format(Locale.ROOT, "%,d", airport.worstMinutes()),
                    bar(airport.meanMinutes() / longest));
        }
        print("Worst mean delay, of airports with " + LEAST_FLIGHTS + " flights or more", table);
    }

    void busiestRoutes(ReadOnlyKeyValueStore<Route, Long> flights) {
        List<Entry<Route, Long>> busiest =
                flights.all().stream()
                        .sorted(Entry.<Route, Long>comparingByValue().reversed())
                        .limit(ROWS)
                        .toList();
        double most = busiest.isEmpty() ? 1 : busiest.get(0).getValue();
        TextTable table = new TextTable(Align.LEFT, Align.RIGHT, Align.LEFT);
        table.row("route", "flights", "");
        for (Entry<Route, Long> row : busiest) {
            table.row(
                    row.getKey().origin() + arrow() + row.getKey().destination(),
                    String.format(Locale.ROOT, "%,d", row.getValue()),
                    bar(row.getValue() / most));
        }
        print("Busiest routes", table);
    }

    private String arrow() {
        return screen.unicode() ? " → " : " > ";
    }

    private String bar(double fraction) {
        return Bar.of(fraction, BAR_WIDTH, screen.unicode());
    }

    private void print(String title, TextTable table) {
        screen.out().println();
        screen.out().println(title);
        table.lines().forEach(screen.out()::println);
    }
}
