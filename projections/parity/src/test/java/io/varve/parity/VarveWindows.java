package io.varve.parity;

import io.varve.projections.CogroupedStream;
import io.varve.projections.EmitStrategy;
import io.varve.projections.GroupedStream;
import io.varve.projections.Initializer;
import io.varve.projections.Materialized;
import io.varve.projections.SessionWindowedStream;
import io.varve.projections.SessionWindows;
import io.varve.projections.SlidingWindows;
import io.varve.projections.Table;
import io.varve.projections.TimeWindowedStream;
import io.varve.projections.TimeWindows;
import io.varve.projections.Windowed;

/** Windows of Varve. */
final class VarveWindows {
    private VarveWindows() {}

    static Table<Windowed<String>, Long> aggregated(
            GroupedStream<String, Long> group,
            Step.AggregateWindows step,
            Materialized<Windowed<String>, Long> store) {
        Windowing windows = step.windows();
        EmitStrategy strategy =
                windows.onClose() ? EmitStrategy.onWindowClose() : EmitStrategy.onWindowUpdate();
        if (windows.shape() == Windowing.Shape.SESSION) {
            return sessions(
                    group.windowedBy(gap(windows)).emitStrategy(strategy), step.folding(), store);
        }
        TimeWindowedStream<String, Long> windowed =
                switch (windows.shape()) {
                    case TUMBLING -> group.windowedBy(tumbling(windows));
                    case HOPPING -> group.windowedBy(hopping(windows));
                    default -> group.windowedBy(sliding(windows));
                };
        return aggregated(windowed.emitStrategy(strategy), step.folding(), store);
    }

    static Table<Windowed<String>, Long> cogrouped(
            CogroupedStream<String, Long> groups,
            Windowing windows,
            Materialized<Windowed<String>, Long> store) {
        Initializer<Long> initial = () -> Folding.INITIAL;
        return switch (windows.shape()) {
            case TUMBLING -> groups.windowedBy(tumbling(windows)).aggregate(initial, store);
            case HOPPING -> groups.windowedBy(hopping(windows)).aggregate(initial, store);
            case SLIDING -> groups.windowedBy(sliding(windows)).aggregate(initial, store);
            case SESSION ->
                    groups.windowedBy(gap(windows))
                            .aggregate(
                                    initial,
                                    (key, first, second) -> Folding.merged(first, second),
                                    store);
        };
    }

    private static TimeWindows tumbling(Windowing windows) {
        return TimeWindows.ofSizeAndGrace(windows.sizeTime(), windows.graceTime());
    }

    private static TimeWindows hopping(Windowing windows) {
        return tumbling(windows).advanceBy(windows.advanceTime());
    }

    private static SlidingWindows sliding(Windowing windows) {
        return SlidingWindows.ofTimeDifferenceAndGrace(windows.sizeTime(), windows.graceTime());
    }

    private static SessionWindows gap(Windowing windows) {
        return SessionWindows.ofInactivityGapAndGrace(windows.sizeTime(), windows.graceTime());
    }

    private static Table<Windowed<String>, Long> sessions(
            SessionWindowedStream<String, Long> group,
            Folding folding,
            Materialized<Windowed<String>, Long> store) {
        if (folding == Folding.COUNT) {
            return group.count(store);
        }
        return folding.isReduce()
                ? group.reduce(folding::of, store)
                : group.aggregate(
                        () -> Folding.INITIAL,
                        (key, value, aggregate) -> folding.of(aggregate, value),
                        (key, first, second) -> Folding.merged(first, second),
                        store);
    }

    static String text(Windowed<String> key) {
        return Outcome.windowed(key.key(), key.window().startMillis(), key.window().endMillis());
    }

    private static Table<Windowed<String>, Long> aggregated(
            TimeWindowedStream<String, Long> group,
            Folding folding,
            Materialized<Windowed<String>, Long> store) {
        if (folding == Folding.COUNT) {
            return group.count(store);
        }
        return folding.isReduce()
                ? group.reduce(folding::of, store)
                : group.aggregate(
                        () -> Folding.INITIAL,
                        (key, value, aggregate) -> folding.of(aggregate, value),
                        store);
    }
}
