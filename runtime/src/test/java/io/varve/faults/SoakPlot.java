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

    private record Curve(Measure measure, String label) {}

    /** What is drawn together, on a scale of powers of ten or not. */
    private record Panel(String title, boolean powers, List<Curve> curves) {}

    private static final List<Panel> PANELS =
            List.of(
                    new Panel("Appended", false, List.of(new Curve(Measure.RATE, "events/s"))),
                    new Panel(
                            "Append, from when it was due to when it was on the disk, ms",
                            true,
                            List.of(
                                    new Curve(Measure.APPEND_P50, "p50"),
                                    new Curve(Measure.APPEND_P99, "p99"),
                                    new Curve(Measure.APPEND_MAX, "longest"))),
                    new Panel(
                            "From acknowledged to visible in a read model, ms",
                            true,
                            List.of(
                                    new Curve(Measure.FRESH_P50, "p50"),
                                    new Curve(Measure.FRESH_P99, "p99"),
                                    new Curve(Measure.FRESH_MAX, "longest"))),
                    new Panel(
                            "Events that the slowest projection was behind when it was looked at",
                            false,
                            List.of(new Curve(Measure.LAG, "events"))),
                    new Panel(
                            "Memory, MB",
                            false,
                            List.of(
                                    new Curve(Measure.HEAP, "heap after a collection"),
                                    new Curve(Measure.RSS, "resident, with mapped files"))),
                    new Panel(
                            "Process",
                            false,
                            List.of(
                                    new Curve(Measure.THREADS, "threads"),
                                    new Curve(Measure.DESCRIPTORS, "file descriptors"))),
                    new Panel(
                            "Reader slots held",
                            false,
                            List.of(
                                    new Curve(Measure.SLOTS_LOG, "log"),
                                    new Curve(Measure.SLOTS_INDEX, "index"),
                                    new Curve(Measure.SLOTS_MODELS, "read model with the most"),
                                    new Curve(Measure.SLOTS_STREAMS, "stream snapshots"),
                                    new Curve(Measure.VIEWS, "in use, of all"))),
                    new Panel(
                            "Files, MB",
                            false,
                            List.of(
                                    new Curve(Measure.LOG, "log"),
                                    new Curve(Measure.INDEX, "index"),
                                    new Curve(Measure.MODELS, "read models"),
                                    new Curve(Measure.SNAPSHOTS, "their snapshots"),
                                    new Curve(Measure.STREAMS, "stream snapshots"))));

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
                        .formatted(LEFT + WIDTH + 36, height));
        out.append("<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
        text(LEFT, 16, "start", "#000", title);
        for (int i = 0; i < PANELS.size(); i++) {
            draw(PANELS.get(i), TOP + i * PANEL + 26);
        }
        int ticks = 6;
        for (int i = 0; i <= ticks; i++) {
            double minute = minutes * i / ticks;
            text(x(minute), height - 8, "middle", "#555", "%.3g min".formatted(minute));
        }
        return out.append("</svg>\n").toString();
    }

    private void draw(Panel panel, int top) {
        double most = panel.powers() ? 1 : 0;
        for (Curve curve : panel.curves()) {
            for (SoakFigures one : figures) {
                double value = one.get(curve.measure());
                most = value > most ? value : most; // not where there is none
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
        for (int i = 0; i < panel.curves().size(); i++) {
            curve(panel, panel.curves().get(i).measure(), COLOURS.get(i), top, highest);
        }
    }

    private void title(Panel panel, int top) {
        StringBuilder words = new StringBuilder("<tspan>" + panel.title() + ":</tspan>");
        for (int i = 0; i < panel.curves().size(); i++) {
            words.append("<tspan dx=\"8\" fill=\"%s\">".formatted(COLOURS.get(i)))
                    .append(panel.curves().get(i).label())
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
