package io.varve.parity;

import io.varve.projections.GroupedStream;
import io.varve.projections.Materialized;
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
        return switch (windows.shape()) {
            case TUMBLING -> aggregated(group.windowedBy(tumbling), step.folding(), store);
            case HOPPING ->
                    aggregated(
                            group.windowedBy(tumbling.advanceBy(windows.advanceTime())),
                            step.folding(),
                            store);
        };
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
