package io.varve.faults;

import io.varve.faults.SoakFigures.Measure;
import java.util.List;
import java.util.Locale;

/** Draws a soak: a panel for what belongs together, over the minutes, and when it was killed. */
final class SoakPlot {
    private static final int LEFT = 70;
    private static final int WIDTH = 800;
    private static final int TOP = 34;
    private static final int HEIGHT = 84;
    private static final int PANEL = HEIGHT + 40;
    private static final double LEAST = 0.01;
    private static final List<String> COLOURS =
            List.of("#1b6ca8", "#d1661f", "#3b8f3b", "#8a4fa3", "#7a7a7a");

    /** What is drawn together, on a scale of powers of ten or not. */
    private record Panel(String title, boolean powers, Measure... measures) {}

    private static final List<Panel> PANELS =
            List.of(
                    new Panel("Rate", false, Measure.RATE),
                    new Panel(
                            "Append, scheduled to on the disk",
                            true,
                            Measure.APPEND_P50,
                            Measure.APPEND_P99,
                            Measure.APPEND_MAX),
                    new Panel(
                            "Acknowledged to visible",
                            true,
                            Measure.FRESH_P50,
                            Measure.FRESH_P99,
                            Measure.FRESH_MAX),
                    new Panel("Lag when looked at", false, Measure.LAG),
                    new Panel("Memory", false, Measure.HEAP, Measure.RSS),
                    new Panel("Process", false, Measure.THREADS, Measure.DESCRIPTORS),
                    new Panel(
                            "Readers",
                            false,
                            Measure.SLOTS_LOG,
                            Measure.SLOTS_INDEX,
                            Measure.SLOTS_MODELS,
                            Measure.SLOTS_STREAMS,
                            Measure.VIEWS),
                    new Panel(
                            "Files",
                            false,
                            Measure.LOG,
                            Measure.INDEX,
                            Measure.MODELS,
                            Measure.SNAPSHOTS,
                            Measure.STREAMS));

    private final List<SoakFigures> figures;
    private final List<Double> kills;
    private final List<Double> stops;
    private final double minutes;
    private final StringBuilder out = new StringBuilder();

    /**
     * @param kills when it was killed, in minutes
     * @param stops when the machine had stopped it
     * @param minutes of all
     */
    SoakPlot(List<SoakFigures> figures, List<Double> kills, List<Double> stops, double minutes) {
        this.figures = figures;
        this.kills = kills;
        this.stops = stops;
        this.minutes = minutes;
    }

    String draw(String title) {
        int height = TOP + PANELS.size() * PANEL + 24;
        out.append(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"11\">%n"
                        .formatted(LEFT + WIDTH + 20, height));
        out.append("<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
        text(LEFT, 16, "start", "#000", title);
        for (int i = 0; i < PANELS.size(); i++) {
            draw(PANELS.get(i), TOP + i * PANEL + 26);
        }
        int ticks = 6;
        for (int i = 0; i <= ticks; i++) {
            double minute = minutes * i / ticks;
            text(x(minute), height - 8, "middle", "#555", number(minute) + " min");
        }
        return out.append("</svg>\n").toString();
    }

    private void draw(Panel panel, int top) {
        double most = panel.powers() ? 1 : 0;
        for (Measure measure : panel.measures()) {
            for (SoakFigures one : figures) {
                most = Math.max(most, one.get(measure)); // stays as it is for what is no number
            }
        }
        double highest = panel.powers() ? Math.pow(10, Math.ceil(Math.log10(most))) : most * 1.05;
        lines(kills, top, "#c00", "4 3");
        lines(stops, top, "#999", "1 2");
        out.append(
                "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"none\" stroke=\"#bbb\"/>%n"
                        .formatted(LEFT, top, WIDTH, HEIGHT));
        text(LEFT - 6, top + 9, "end", "#555", number(highest));
        text(LEFT - 6, top + HEIGHT, "end", "#555", panel.powers() ? number(LEAST) : "0");
        title(panel, top);
        for (int i = 0; i < panel.measures().length; i++) {
            curve(panel, panel.measures()[i], COLOURS.get(i), top, highest);
        }
    }

    private void title(Panel panel, int top) {
        StringBuilder words = new StringBuilder("<tspan>" + panel.title() + ":</tspan>");
        for (int i = 0; i < panel.measures().length; i++) {
            Measure one = panel.measures()[i];
            String unit = one.unit.isEmpty() ? "" : " (" + one.unit + ")";
            words.append("<tspan dx=\"8\" fill=\"%s\">".formatted(COLOURS.get(i)))
                    .append(one.name)
                    .append(unit)
                    .append("</tspan>");
        }
        text(LEFT, top - 6, "start", "#000", words.toString());
    }

    private void lines(List<Double> when, int top, String colour, String dashes) {
        StringBuilder path = new StringBuilder();
        when.forEach(minute -> path.append("M%d %dv%d".formatted(x(minute), top, HEIGHT)));
        if (!when.isEmpty()) {
            out.append(
                    "<path d=\"%s\" stroke=\"%s\" stroke-dasharray=\"%s\"/>%n"
                            .formatted(path, colour, dashes));
        }
    }

    /** Not joined over a kill. */
    private void curve(Panel panel, Measure measure, String colour, int top, double highest) {
        StringBuilder path = new StringBuilder();
        int life = -1;
        for (SoakFigures one : figures) {
            double value = one.get(measure);
            if (!Double.isNaN(value)) {
                long y = top + Math.round(HEIGHT * (1 - height(panel, value, highest)));
                path.append(one.life == life ? 'L' : 'M').append(x(one.minute) + " " + y);
                life = one.life;
            }
        }
        out.append(
                "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.3\"/>%n"
                        .formatted(path, colour));
    }

    private static double height(Panel panel, double value, double highest) {
        if (!panel.powers()) {
            return highest == 0 ? 0 : value / highest;
        }
        double least = Math.log10(LEAST);
        return (Math.log10(Math.max(value, LEAST)) - least) / (Math.log10(highest) - least);
    }

    private int x(double minute) {
        return LEFT + (int) Math.round(WIDTH * minute / minutes);
    }

    private void text(int x, int y, String anchor, String colour, String words) {
        out.append(
                "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\" fill=\"%s\">%s</text>%n"
                        .formatted(x, y, anchor, colour, words));
    }

    private static String number(double value) {
        String digits = value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, digits, value);
    }
}
