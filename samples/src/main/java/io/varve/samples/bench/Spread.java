package io.varve.samples.bench;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What several runs of the same yielded.
 *
 * @param median the one in the middle; of an even number, the larger of the two
 * @param min the smallest
 * @param max the largest
 */
record Spread(double median, double min, double max) {
    static <T> Spread of(List<T> runs, ToDoubleFunction<T> figure) {
        double[] sorted = runs.stream().mapToDouble(figure).sorted().toArray();
        return new Spread(sorted[sorted.length / 2], sorted[0], sorted[sorted.length - 1]);
    }
}
