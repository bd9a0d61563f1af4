package io.varve.parity;

import io.varve.projections.EmitStrategy;
import io.varve.projections.GroupedStream;
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
        TimeWindows tumbling = TimeWindows.ofSizeAndGrace(windows.sizeTime(), windows.graceTime());
        EmitStrategy strategy =
                windows.onClose() ? EmitStrategy.onWindowClose() : EmitStrategy.onWindowUpdate();
        if (windows.shape() == Windowing.Shape.SESSION) {
            SessionWindows gap =
                    SessionWindows.ofInactivityGapAndGrace(windows.sizeTime(), windows.graceTime());
            return sessions(group.windowedBy(gap).emitStrategy(strategy), step.folding(), store);
        }
        TimeWindowedStream<String, Long> windowed =
                switch (windows.shape()) {
                    case TUMBLING -> group.windowedBy(tumbling);
                    case HOPPING -> group.windowedBy(tumbling.advanceBy(windows.advanceTime()));
                    default ->
                            group.windowedBy(
                                    SlidingWindows.ofTimeDifferenceAndGrace(
                                            windows.sizeTime(), windows.graceTime()));
                };
        return aggregated(windowed.emitStrategy(strategy), step.folding(), store);
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
