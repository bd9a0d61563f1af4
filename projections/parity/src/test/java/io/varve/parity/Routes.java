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
    /**
     * How records came to a step.
     *
     * @param sources they are from
     * @param isToBeRepartitioned whether their key was changed since they were last partitioned
     * @param isDelayed whether they went by a topic
     * @param kept the steps that keep the rows of which a table is computed
     * @param above all steps that it stands on, and itself
     * @param isRepeated whether one event may change a row more than once
     * @param ticks the steps that tell of something from time to time
     */
    private record Route(
            Set<String> sources,
            boolean isToBeRepartitioned,
            boolean isDelayed,
            Set<Integer> kept,
            Set<Integer> above,
            boolean isRepeated,
            Set<Integer> ticks) {}

    private final List<Route> routes = new ArrayList<>();
    private final Set<String> sources = new HashSet<>();
    private boolean alike = true;

    private Routes(List<Step> steps) {
        for (Step step : steps) {
            if (step instanceof Step.Source source) {
                sources.add(source.category());
            }
        }
    }

    static Routes of(List<Step> steps) {
        Routes routes = new Routes(steps);
        for (Step step : steps) {
            routes.add(step);
            routes.alike &=
                    step.from().stream()
                            .allMatch(
                                    from ->
                                            step instanceof Step.ToStream
                                                    || step instanceof Step.WindowsToStream
                                                    || !Case.isLoose(steps, from)
                                                            && !(steps.get(from)
                                                                    instanceof Step.Suppress));
        }
        return routes;
    }

    /** Whether both systems have one order of records, the same. */
    boolean areAlike() {
        return alike;
    }

    private void add(Step step) {
        if (step instanceof Step.Source source) {
            routes.add(
                    new Route(
                            Set.of(source.category()),
                            false,
                            false,
                            Set.of(),
                            Set.of(),
                            false,
                            Set.of()));
            return;
        }
        Route joined =
                step.from().stream()
                        .map(routes::get)
                        .map(route -> entering(step, route))
                        .reduce((left, right) -> meet(step, left, right))
                        .orElseThrow();
        boolean ticks = step instanceof Step.Process process && process.work().hasTicks();
        if (ticks && (joined.isDelayed || !joined.ticks.isEmpty())) {
            // In Kafka Streams time passes before a record has come by a topic; and it is not said
            // which ticks come first.
            alike = false;
        }
        Set<Integer> itself = Set.of(routes.size());
        routes.add(
                new Route(
                        ticks ? sources : joined.sources,
                        changesKey(step) || joined.isToBeRepartitioned,
                        joined.isDelayed,
                        isComputed(step) ? joined.kept : itself,
                        union(joined.above, itself),
                        joined.isRepeated || repeats(step),
                        ticks ? union(joined.ticks, itself) : joined.ticks));
    }

    /** Whether no store of its own keeps it. */
    private static boolean isComputed(Step step) {
        return step instanceof Step.Filter
                || step instanceof Step.MapValues
                || step instanceof Step.JoinTables join && !join.kept();
    }

    /** A way that leads into a step, by a repartition topic where the step needs one. */
    private static Route entering(Step step, Route route) {
        boolean delayed =
                alwaysRepartitions(step) || needsPartitions(step) && route.isToBeRepartitioned;
        return new Route(
                route.sources,
                route.isToBeRepartitioned && !needsPartitions(step) && !(step instanceof Step.To),
                route.isDelayed || delayed,
                route.kept,
                route.above,
                route.isRepeated,
                route.ticks);
    }

    private Route meet(Step step, Route left, Route right) {
        if (step instanceof Step.Pair pair
                && pair.left() == pair.right()
                && !(step instanceof Step.Cogroup)) {
            alike = false; // Kafka Streams takes a stream merged with itself as one: see parity.md
        }
        if (areShared(left.sources, right.sources) && (left.isDelayed || right.isDelayed)) {
            alike = false;
        }
        if (!left.ticks.isEmpty() && !right.ticks.isEmpty() && !left.ticks.equals(right.ticks)) {
            alike = false; // It is not said which ticks come first.
        }
        if (step instanceof Step.JoinForeign && left.isRepeated) {
            alike = false; // Kafka Streams leaves rows behind: see parity.md
        }
        if (step instanceof Step.JoinTables
                && (areShared(left.kept, right.above) || areShared(left.above, right.kept))) {
            alike = false; // Kafka Streams leaves rows behind: see parity.md
        }
        return new Route(
                union(left.sources, right.sources),
                left.isToBeRepartitioned || right.isToBeRepartitioned,
                left.isDelayed || right.isDelayed,
                union(left.kept, right.kept),
                union(left.above, right.above),
                left.isRepeated || right.isRepeated || areShared(left.sources, right.sources),
                union(left.ticks, right.ticks));
    }

    private static <T> boolean areShared(Set<T> some, Set<T> others) {
        return some.stream().anyMatch(others::contains);
    }

    private static <T> Set<T> union(Set<T> some, Set<T> others) {
        Set<T> all = new HashSet<>(some);
        all.addAll(others);
        return all;
    }

    private static boolean repeats(Step step) {
        return step instanceof Step.FlatMap
                || step instanceof Step.FlatMapValues
                || step instanceof Step.JoinStreams
                || step instanceof Step.JoinTable join && join.grace().isPresent()
                || step instanceof Step.Process process && process.work() == Work.TWICE;
    }

    private static boolean changesKey(Step step) {
        return step instanceof Step.MapBoth
                || step instanceof Step.FlatMap
                || step instanceof Step.SelectKey
                || step instanceof Step.Process process && !process.work().keepsKeys()
                || step instanceof Step.WindowsToStream;
    }

    private static boolean needsPartitions(Step step) {
        return step instanceof Step.Aggregate
                || step instanceof Step.AggregateWindows
                || step instanceof Step.ToTable
                || step instanceof Step.JoinTable
                || step instanceof Step.JoinStreams
                || step instanceof Step.Cogroup;
    }

    private static boolean alwaysRepartitions(Step step) {
        return step instanceof Step.GroupTable
                || step instanceof Step.JoinForeign
                || step instanceof Step.To
                || step instanceof Step.Cogroup cogroup && cogroup.by().isPresent()
                || step instanceof Step.Aggregate aggregate && aggregate.by().isPresent()
                || step instanceof Step.AggregateWindows windows && windows.by().isPresent();
    }
}
