package io.varve.parity;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The ways of records through a topology. In Kafka Streams one that goes by a repartition topic
 * arrives some time later. So where such a way meets another one of the same source, it does not
 * say which record comes first, and nothing can be compared.
 */
final class Routes {
    private record Route(Set<String> sources, boolean isToBeRepartitioned, boolean isDelayed) {}

    private final List<Route> routes = new ArrayList<>();
    private boolean alike = true;

    private Routes() {}

    static Routes of(List<Step> steps) {
        Routes routes = new Routes();
        steps.forEach(routes::add);
        return routes;
    }

    /** Whether both systems have one order of records, the same. */
    boolean areAlike() {
        return alike;
    }

    private void add(Step step) {
        if (step instanceof Step.Source source) {
            routes.add(new Route(Set.of(source.category()), false, false));
            return;
        }
        List<Route> from = step.from().stream().map(routes::get).toList();
        Route first = from.get(0);
        Route joined = from.stream().skip(1).reduce(first, (left, right) -> meet(left, right));
        routes.add(
                new Route(
                        joined.sources,
                        changesKey(step) || joined.isToBeRepartitioned && !isKept(step),
                        joined.isDelayed || isKept(step) && isRepartitioned(step, joined)));
    }

    private Route meet(Route left, Route right) {
        if (left == right) {
            alike = false; // Kafka Streams takes a stream merged with itself as one: see parity.md
        }
        Set<String> both = new HashSet<>(left.sources);
        both.retainAll(right.sources);
        if (!both.isEmpty() && (left.isDelayed || right.isDelayed)) {
            alike = false;
        }
        Set<String> all = new HashSet<>(left.sources);
        all.addAll(right.sources);
        return new Route(
                all,
                left.isToBeRepartitioned || right.isToBeRepartitioned,
                left.isDelayed || right.isDelayed);
    }

    private static boolean changesKey(Step step) {
        return step instanceof Step.MapBoth
                || step instanceof Step.SelectKey
                || step instanceof Step.WindowsToStream;
    }

    private static boolean isKept(Step step) {
        return step instanceof Step.Aggregate
                || step instanceof Step.AggregateWindows
                || step instanceof Step.ToTable;
    }

    private static boolean isRepartitioned(Step step, Route route) {
        return route.isToBeRepartitioned
                || step instanceof Step.Aggregate aggregate && aggregate.by().isPresent()
                || step instanceof Step.AggregateWindows windows && windows.by().isPresent();
    }
}
