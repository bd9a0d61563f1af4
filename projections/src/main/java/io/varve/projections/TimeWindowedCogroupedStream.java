package io.varve.projections;

import io.varve.projections.TimeWindowedStream.WindowKind;
import java.util.Objects;
import java.util.Optional;

/**
 * Several groups with the same keys in the same windows, to be made into one row per key and
 * window, to which the records of each are added in a way of their own.
 *
 * <pre>{@code
 * static final StoreRef<Windowed<String>, Activity> ACTIVITY = StoreRef.of("activity");
 *
 * orders.groupByKey()
 *         .<Activity>cogroup((id, order, activity) -> activity.with(order))
 *         .cogroup(visits.groupByKey(), (id, visit, activity) -> activity.with(visit))
 *         .windowedBy(TimeWindows.ofSizeAndGrace(Duration.ofHours(1), Duration.ofMinutes(5)))
 *         .aggregate(Activity::new, Materialized.windowed(ACTIVITY, Serdes.utf8(), ACTIVITY_SERDE));
 * }</pre>
 *
 * <p>Time is that of the records, see {@link TimeWindows}, and the stream time of each group is its
 * own: a record is late if its window is closed by records of its group. The time of a row is the
 * latest of the records in it. Rows live for ever, unless {@link Materialized#withTtl} says
 * otherwise.
 *
 * @param <K> keys
 * @param <A> aggregates
 */
public final class TimeWindowedCogroupedStream<K, A> {
    private final WindowedCogroup<K, A> groups;
    private final WindowKind kind;

    TimeWindowedCogroupedStream(WindowedCogroup<K, A> groups, WindowKind kind) {
        this.groups = groups;
        this.kind = kind;
    }

    /**
     * Adds all records of all groups to the aggregate of their key and window.
     *
     * @param initializer makes the aggregate that a window begins with
     * @param materialized where to; it needs a serde for values
     * @return the aggregates
     * @throws TopologyException if a serde is missing, or the store has a table already
     */
    public Table<Windowed<K>, A> aggregate(
            Initializer<? extends A> initializer, Materialized<Windowed<K>, A> materialized) {
        return aggregate(initializer, Optional.empty(), materialized);
    }

    /**
     * Like {@link #aggregate(Initializer, Materialized)}, with a name for the node behind all
     * groups.
     *
     * @param initializer makes the aggregate that a window begins with
     * @param named name of the node
     * @param materialized where to; it needs a serde for values
     * @return the aggregates
     * @throws TopologyException if a serde is missing, or the store or the name is taken
     */
    public Table<Windowed<K>, A> aggregate(
            Initializer<? extends A> initializer,
            Named named,
            Materialized<Windowed<K>, A> materialized) {
        return aggregate(
                initializer, Optional.of(Objects.requireNonNull(named, "named")), materialized);
    }

    private Table<Windowed<K>, A> aggregate(
            Initializer<? extends A> initializer,
            Optional<Named> named,
            Materialized<Windowed<K>, A> materialized) {
        Objects.requireNonNull(initializer, "initializer");
        return groups.table(
                named,
                materialized,
                new WindowedCogroup.Maker<>() {
                    @Override
                    public <V> Operator<K, V> operator(
                            CogroupPart<K, V, A> part, WindowParts<K, A> window) {
                        return kind.operator(part.update(initializer), window);
                    }
                });
    }
}
