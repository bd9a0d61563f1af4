package io.varve.parity;

import io.varve.projections.EventStream;
import io.varve.projections.JoinWindows;
import io.varve.projections.Joined;
import io.varve.projections.Materialized;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamJoined;
import io.varve.projections.Table;
import io.varve.store.serde.Serdes;
import java.time.Duration;
import java.util.Optional;

/** Joins of Varve. */
final class VarveJoins {
    private VarveJoins() {}

    static EventStream<String, Long> withTable(
            EventStream<String, Long> from,
            Table<String, Long> table,
            Step.JoinTable step,
            String name) {
        Joined<String, Long> named = Joined.as(name + "-join");
        if (step.grace().isEmpty()) {
            return step.joining() == Joining.INNER
                    ? from.join(table, Joining::of, named)
                    : from.leftJoin(table, Joining::of, named);
        }
        Joined<String, Long> waiting =
                Joined.withGracePeriod(
                                Duration.ofMillis(step.grace().get()),
                                StoreRef.of(name + "-waiting"),
                                Serdes.utf8(),
                                Serdes.int64())
                        .withName(name + "-join");
        EventStream<String, Long> keyed = from.filter((key, value) -> key != null);
        return step.joining() == Joining.INNER
                ? keyed.join(table, Joining::of, waiting)
                : keyed.leftJoin(table, Joining::of, waiting);
    }

    static Table<String, Long> tables(
            Table<String, Long> left,
            Table<String, Long> right,
            Joining joining,
            Optional<Materialized<String, Long>> store) {
        return switch (joining) {
            case INNER ->
                    store.map(s -> left.join(right, Joining::of, s))
                            .orElseGet(() -> left.join(right, Joining::of));
            case LEFT ->
                    store.map(s -> left.leftJoin(right, Joining::of, s))
                            .orElseGet(() -> left.leftJoin(right, Joining::of));
            case OUTER ->
                    store.map(s -> left.outerJoin(right, Joining::of, s))
                            .orElseGet(() -> left.outerJoin(right, Joining::of));
        };
    }

    static EventStream<String, Long> streams(
            EventStream<String, Long> left,
            EventStream<String, Long> right,
            Step.JoinStreams step,
            String name) {
        JoinWindows windows =
                new JoinWindows(
                        step.span().beforeTime(), step.span().afterTime(), step.span().graceTime());
        StreamJoined<String, Long, Long> joined =
                StreamJoined.with(StoreRef.of(name), Serdes.utf8(), Serdes.int64(), Serdes.int64());
        return switch (step.joining()) {
            case INNER -> left.join(right, Joining::ofRecords, windows, joined);
            case LEFT -> left.leftJoin(right, Joining::ofRecords, windows, joined);
            case OUTER -> left.outerJoin(right, Joining::ofRecords, windows, joined);
        };
    }
}
