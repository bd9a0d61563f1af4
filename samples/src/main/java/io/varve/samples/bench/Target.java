package io.varve.samples.bench;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a figure is held against: a figure of another line of the same run, or a number.
 *
 * @param of pairs of the line with the figure
 * @param figure its name
 * @param to pairs of the other line; empty for a number
 * @param toFigure the name of the figure in the other line
 * @param limit what the ratio, or the figure itself, is to be; empty if it is only to be told
 * @param atMost whether it may be no more than the limit; no less otherwise
 */
record Target(
        ResultLine of,
        String figure,
        Optional<ResultLine> to,
        String toFigure,
        OptionalDouble limit,
        boolean atMost) {
    /** A ratio that must not be less. */
    static Target ratioAtLeast(double limit, ResultLine of, String figure, ResultLine to) {
        return new Target(of, figure, Optional.of(to), figure, OptionalDouble.of(limit), false);
    }

    /** A ratio that must not be more. */
    static Target ratioAtMost(double limit, ResultLine of, String figure, ResultLine to) {
        return new Target(of, figure, Optional.of(to), figure, OptionalDouble.of(limit), true);
    }

    /** The ratio to a figure of another name, which must not be more. */
    static Target ratioAtMost(
            double limit, ResultLine of, String figure, ResultLine to, String toFigure) {
        return new Target(of, figure, Optional.of(to), toFigure, OptionalDouble.of(limit), true);
    }

    /** A figure that must not be more. */
    static Target atMost(double limit, ResultLine of, String figure) {
        return new Target(of, figure, Optional.empty(), figure, OptionalDouble.of(limit), true);
    }

    /** A figure that must not be less. */
    static Target atLeast(double limit, ResultLine of, String figure) {
        return new Target(of, figure, Optional.empty(), figure, OptionalDouble.of(limit), false);
    }

    /** A ratio that is told and no more. */
    static Target told(ResultLine of, String figure, ResultLine to) {
        return new Target(of, figure, Optional.of(to), figure, OptionalDouble.empty(), false);
    }

    /** What came of it in the round in the middle; empty where a figure was not measured. */
    Optional<ResultLine> hold(List<List<ResultLine>> rounds) {
        List<Held> held =
                rounds.stream()
                        .map(this::holdOne)
                        .flatMap(Optional::stream)
                        .sorted(Comparator.comparingDouble(Held::value))
                        .toList();
        if (held.isEmpty()) {
            return Optional.empty();
        }
        // Of an even number, the worse of the two in the middle.
        Held middle = held.get(atMost ? held.size() / 2 : (held.size() - 1) / 2);
        if (held.size() > 1) {
            middle.line()
                    .with("rounds", held.size())
                    .with("lowest", held.get(0).value(), 3)
                    .with("highest", held.get(held.size() - 1).value(), 3);
        }
        return Optional.of(verdict(middle));
    }

    /** A figure, or a ratio, and what there is to say of it. */
    private record Held(ResultLine line, double value) {}

    private Optional<Held> holdOne(List<ResultLine> lines) {
        OptionalDouble ours = find(lines, of, figure);
        if (ours.isEmpty()) {
            return Optional.empty();
        }
        ResultLine line =
                new ResultLine()
                        .with("target", words(of))
                        .with("figure", figure)
                        .with("ours", ours.getAsDouble(), 2);
        if (to.isEmpty()) {
            return Optional.of(new Held(line, ours.getAsDouble()));
        }
        OptionalDouble theirs = find(lines, to.get(), toFigure);
        if (theirs.isEmpty()) {
            return Optional.empty();
        }
        if (!toFigure.equals(figure)) {
            line.with("to_figure", toFigure);
        }
        double ratio = ours.getAsDouble() / theirs.getAsDouble();
        line.with("to", words(to.get()))
                .with("theirs", theirs.getAsDouble(), 2)
                .with("ratio", ratio, 3);
        return Optional.of(new Held(line, ratio));
    }

    private ResultLine verdict(Held held) {
        if (limit.isEmpty()) {
            return held.line();
        }
        double bar = limit.getAsDouble();
        boolean met = atMost ? held.value() <= bar : held.value() >= bar;
        return held.line()
                .with(atMost ? "at_most" : "at_least", bar)
                .with("met", met ? "yes" : "no");
    }

    private static OptionalDouble find(List<ResultLine> lines, ResultLine pairs, String figure) {
        return lines.stream()
                .filter(line -> line.has(pairs))
                .map(line -> line.number(figure))
                .filter(OptionalDouble::isPresent)
                .findFirst()
                .orElse(OptionalDouble.empty());
    }

    private static String words(ResultLine pairs) {
        return String.join(" ", pairs.values());
    }
}
