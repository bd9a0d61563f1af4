package io.varve.faults;

import io.varve.faults.SoakFigures.Measure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Whether what was measured has stayed as it was. Medians are compared, of the second and the last
 * quarter: of each life of a process for what dies with it, of the whole for files. What grows all
 * the time is found by that; a slow machine, or a peak, is not.
 */
final class SoakFlat {
    /**
     * What may not grow by more.
     *
     * @param part of what there was
     * @param more beside that
     */
    private record Bound(Measure measure, double part, double more) {
        boolean isBroken(double early, double late) {
            return late > early * (1 + part) + more;
        }
    }

    private static final List<Bound> OF_LIFE =
            List.of(
                    new Bound(Measure.HEAP, 0.1, 6),
                    new Bound(Measure.THREADS, 0.1, 4),
                    new Bound(Measure.DESCRIPTORS, 0.1, 6),
                    new Bound(Measure.SLOTS_LOG, 0.1, 6),
                    new Bound(Measure.SLOTS_INDEX, 0.1, 6),
                    new Bound(Measure.SLOTS_STREAMS, 0.1, 6),
                    new Bound(Measure.SLOTS_MODELS, 0.1, 6),
                    new Bound(Measure.VIEWS, 0.1, 10));

    private static final List<Bound> OF_ALL =
            List.of(
                    new Bound(Measure.HEAP, 0.1, 6),
                    new Bound(Measure.LOG, 0.5, 3),
                    new Bound(Measure.INDEX, 0.5, 2),
                    new Bound(Measure.STREAMS, 0.2, 2),
                    new Bound(Measure.MODELS, 0.5, 12), // one more generation, or two
                    new Bound(Measure.SNAPSHOTS, 0.2, 0.25));

    private static final int LEAST = 8;

    private final List<SoakFigures> figures;

    SoakFlat(List<SoakFigures> figures) {
        this.figures = figures;
    }

    /** What has grown; nothing in a sound run. */
    List<String> grown() {
        List<String> found = new ArrayList<>();
        for (Bound bound : OF_LIFE) {
            List<double[]> lives = lives().stream().map(one -> quarters(one, bound)).toList();
            double early = median(lives.stream().mapToDouble(one -> one[0]).toArray());
            double late = median(lives.stream().mapToDouble(one -> one[1]).toArray());
            add(found, bound, early, late, "in a life");
        }
        for (Bound bound : OF_ALL) {
            double[] quarters = quarters(figures, bound);
            add(found, bound, quarters[0], quarters[1], "over all");
        }
        return found;
    }

    private static void add(
            List<String> found, Bound bound, double early, double late, String when) {
        if (bound.isBroken(early, late)) {
            found.add(
                    "%s %s, from %.1f to %.1f %s"
                            .formatted(
                                    bound.measure().name, when, early, late, bound.measure().unit));
        }
    }

    /** Those that were long enough to be judged. */
    private List<List<SoakFigures>> lives() {
        Map<Integer, List<SoakFigures>> lives = new TreeMap<>();
        figures.forEach(one -> lives.computeIfAbsent(one.life, any -> new ArrayList<>()).add(one));
        return lives.values().stream().filter(life -> life.size() >= LEAST).toList();
    }

    private static double[] quarters(List<SoakFigures> of, Bound bound) {
        int size = of.size();
        return new double[] {
            median(of.subList(size / 4, size / 2), bound.measure()),
            median(of.subList(size - size / 4, size), bound.measure())
        };
    }

    static double median(List<SoakFigures> of, Measure measure) {
        return median(of.stream().mapToDouble(one -> one.get(measure)).toArray());
    }

    /** Of those that are numbers; not a number where there are none. */
    static double median(double[] values) {
        double[] sorted =
                Arrays.stream(values).filter(one -> !Double.isNaN(one)).sorted().toArray();
        return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
    }
}
