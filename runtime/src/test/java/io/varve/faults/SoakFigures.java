package io.varve.faults;

import java.util.EnumMap;
import java.util.Map;

/** What was measured at one moment of a soak. */
final class SoakFigures {
    /** What is measured: by the process itself, or by who looks at it from outside. */
    enum Measure {
        HEAP("heap in use after a collection", "MB"),
        RSS("resident memory, with what is mapped of the files", "MB"),
        THREADS("threads", ""),
        DESCRIPTORS("open file descriptors", ""),
        SLOTS_LOG("reader slots held, log", ""),
        SLOTS_INDEX("reader slots held, index", ""),
        SLOTS_STREAMS("reader slots held, stream snapshots", ""),
        SLOTS_MODELS("reader slots held, read model with the most", ""),
        VIEWS("views and reads open", ""),
        LOG("log", "MB"),
        INDEX("index", "MB"),
        STREAMS("stream snapshots", "MB"),
        MODELS("read models", "MB"),
        SNAPSHOTS("snapshots of read models", "MB"),
        RATE("events appended a second", ""),
        APPEND_P50("append, p50", "ms"),
        APPEND_P99("append, p99", "ms"),
        APPEND_MAX("append, max", "ms"),
        FRESH_P50("acknowledged to visible, p50", "ms"),
        FRESH_P99("acknowledged to visible, p99", "ms"),
        FRESH_MAX("acknowledged to visible, max", "ms"),
        LAG("events behind, slowest projection", "");

        final String name;
        final String unit;

        Measure(String name, String unit) {
            this.name = name;
            this.unit = unit;
        }
    }

    private final Map<Measure, Double> values = new EnumMap<>(Measure.class);

    /** Minutes since the soak began, those apart in which the machine was stopped. */
    double minute;

    /** Of which process, from 0. */
    int life;

    void set(Measure measure, double value) {
        values.put(measure, value);
    }

    /** Not a number where it was not measured. */
    double get(Measure measure) {
        return values.getOrDefault(measure, Double.NaN);
    }

    /** What a process writes down. */
    String line() {
        StringBuilder line = new StringBuilder();
        values.forEach((one, value) -> line.append(one).append('=').append(value).append(' '));
        return line.append('\n').toString();
    }

    static SoakFigures of(String line) {
        SoakFigures figures = new SoakFigures();
        for (String field : line.trim().split(" ")) {
            int at = field.indexOf('=');
            figures.set(
                    Measure.valueOf(field.substring(0, at)),
                    Double.parseDouble(field.substring(at + 1)));
        }
        return figures;
    }
}
