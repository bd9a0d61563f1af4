package io.varve.projections;

import java.util.Objects;
import java.util.Optional;

/**
 * Several groups with the same keys in the same sessions, to be made into one row per key and
 * session, to which the records of each are added in a way of their own.
 *
 * <pre>{@code
 * static final StoreRef<Windowed<String>, Visit> VISITS = StoreRef.of("visits");
 *
 * clicks.groupByKey()
 *         .<Visit>cogroup((id, click, visit) -> visit.with(click))
 *         .cogroup(orders.groupByKey(), (id, order, visit) -> visit.with(order))
 *         .windowedBy(SessionWindows.ofInactivityGapWithNoGrace(Duration.ofMinutes(30)))
 *         .aggregate(
 *                 Visit::new,
 *                 (id, first, second) -> first.and(second),
 *                 Materialized.windowed(VISITS, Serdes.utf8(), VISIT));
 * }</pre>
 *
 * <p>Time is that of the records, see {@link SessionWindows}, and the stream time of each group is
 * its own: a record is late if its session is closed by records of its group. The time of a row is
 * the end of its session. Rows live for ever, unless {@link Materialized#withTtl} says otherwise.
 *
 * @param <K> keys
 * @param <A> aggregates
 */
public final class SessionWindowedCogroupedStream<K, A> {
    private final WindowedCogroup<K, A> groups;
    private final long gap;

    SessionWindowedCogroupedStream(WindowedCogroup<K, A> groups, long gap) {
        this.groups = groups;
        this.gap = gap;
    }

    /**
     * Adds all records of all groups to the aggregate of their key and session.
     *
     * @param initializer makes the aggregate that a session begins with
     * @param merger makes one aggregate of two, where a record joins sessions
     * @param materialized where to; it needs a serde for values
     * @return the aggregates
     * @throws TopologyException if a serde is missing, or the store has a table already
     */
    public Table<Windowed<K>, A> aggregate(
            Initializer<? extends A> initializer,
            Merger<? super K, A> merger,
            Materialized<Windowed<K>, A> materialized) {
        return aggregate(initializer, merger, Optional.empty(), materialized);
    }

    /**
     * Like {@link #aggregate(Initializer, Merger, Materialized)}, with a name for the node behind
     * all groups.
     *
     * @param initializer makes the aggregate that a session begins with
     * @param merger makes one aggregate of two, where a record joins sessions
     * @param named name of the node
     * @param materialized where to; it needs a serde for values
     * @return the aggregates
     * @throws TopologyException if a serde is missing, or the store or the name is taken
     */
    public Table<Windowed<K>, A> aggregate(
            Initializer<? extends A> initializer,
            Merger<? super K, A> merger,
            Named named,
            Materialized<Windowed<K>, A> materialized) {
        return aggregate(
                initializer,
                merger,
                Optional.of(Objects.requireNonNull(named, "named")),
                materialized);
    }

    private Table<Windowed<K>, A> aggregate(
            Initializer<? extends A> initializer,
            Merger<? super K, A> merger,
            Optional<Named> named,
            Materialized<Windowed<K>, A> materialized) {
        Objects.requireNonNull(initializer, "initializer");
        Objects.requireNonNull(merger, "merger");
        return groups.table(
                named,
                materialized,
                new WindowedCogroup.Maker<>() {
                    @Override
                    public <V> Operator<K, V> operator(
                            CogroupPart<K, V, A> part, WindowParts<K, A> window) {
                        return new SessionWindowOperator<>(
                                gap, initializer, part.aggregator(), merger, window);
                    }
                });
    }
}
