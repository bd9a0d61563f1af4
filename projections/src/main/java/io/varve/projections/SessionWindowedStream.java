package io.varve.projections;

import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;
import java.util.Objects;
import java.util.Optional;

/**
 * Records with the same key in the same session together, to be made into one row per key and
 * window.
 *
 * <pre>{@code
 * static final StoreRef<Windowed<String>, Long> VISITS = StoreRef.of("visits");
 *
 * clicks.groupByKey()
 *         .windowedBy(SessionWindows.ofInactivityGapWithNoGrace(Duration.ofMinutes(30)))
 *         .count(Materialized.windowed(VISITS, Serdes.utf8(), Serdes.int64()));
 * }</pre>
 *
 * <p>Time is that of the records, see {@link SessionWindows}; the time of a row is the end of its
 * session. A record that makes a session longer, or one of several, gives it another key: the rows
 * before are removed first. Records without a key are passed over. Rows live for ever, unless
 * {@link Materialized#withTtl} says otherwise.
 *
 * @param <K> keys
 * @param <V> values
 */
public final class SessionWindowedStream<K, V> {
    private final WindowedGroup<K, V> group;
    private final long gap;

    SessionWindowedStream(WindowedGroup<K, V> group, long gap) {
        this.group = group;
        this.gap = gap;
    }

    /**
     * Sets when nodes behind the tables that are made of it are told of their rows.
     *
     * @param strategy at each change, as without this, or when a session closes
     * @return the same groups
     */
    public SessionWindowedStream<K, V> emitStrategy(EmitStrategy strategy) {
        return new SessionWindowedStream<>(group.with(strategy), gap);
    }

    /**
     * Counts the records of each key and session.
     *
     * @param materialized where to; values are written as eight bytes unless it has another serde
     * @return the counts
     * @throws TopologyException if a serde is missing, or the store has a table already
     */
    public Table<Windowed<K>, Long> count(Materialized<Windowed<K>, Long> materialized) {
        return count(Optional.empty(), materialized);
    }

    /**
     * Counts the records of each key and session.
     *
     * @param named name of the node
     * @param materialized where to; values are written as eight bytes unless it has another serde
     * @return the counts
     * @throws TopologyException if a serde is missing, or the store or the name is taken
     */
    public Table<Windowed<K>, Long> count(
            Named named, Materialized<Windowed<K>, Long> materialized) {
        return count(Optional.of(Objects.requireNonNull(named, "named")), materialized);
    }

    private Table<Windowed<K>, Long> count(
            Optional<Named> named, Materialized<Windowed<K>, Long> materialized) {
        return table(
                "KSTREAM-AGGREGATE- count",
                named,
                materialized,
                Optional.of(Serdes.int64()),
                () -> 0L,
                (key, value, old) -> old + 1,
                (key, first, second) -> first + second);
    }

    /**
     * Makes one value of all values of a key and session; the first one is taken as it is.
     *
     * @param reducer makes one of two; null deletes the row, and the next value begins anew
     * @param materialized where to
     * @return the reduced values
     * @throws TopologyException if a serde is missing, or the store has a table already
     */
    public Table<Windowed<K>, V> reduce(
            Reducer<V> reducer, Materialized<Windowed<K>, V> materialized) {
        return reduce(reducer, Optional.empty(), materialized);
    }

    /**
     * Makes one value of all values of a key and session; the first one is taken as it is.
     *
     * @param reducer makes one of two; null deletes the row, and the next value begins anew
     * @param named name of the node
     * @param materialized where to
     * @return the reduced values
     * @throws TopologyException if a serde is missing, or the store or the name is taken
     */
    public Table<Windowed<K>, V> reduce(
            Reducer<V> reducer, Named named, Materialized<Windowed<K>, V> materialized) {
        return reduce(reducer, Optional.of(Objects.requireNonNull(named, "named")), materialized);
    }

    private Table<Windowed<K>, V> reduce(
            Reducer<V> reducer, Optional<Named> named, Materialized<Windowed<K>, V> materialized) {
        Objects.requireNonNull(reducer, "reducer");
        return table(
                "KSTREAM-REDUCE-",
                named,
                materialized,
                group.grouped().valueSerde(),
                () -> null,
                (key, value, old) -> old == null ? value : reducer.apply(old, value),
                (key, first, second) -> first == null ? second : reducer.apply(first, second));
    }

    /**
     * Adds all records of a key and session to an aggregate.
     *
     * @param initializer makes the aggregate that a session begins with
     * @param aggregator adds a record; null deletes the row, and the next record begins anew
     * @param merger makes one aggregate of two, where a record joins sessions
     * @param materialized where to; it needs a serde for values
     * @param <A> aggregates
     * @return the aggregates
     * @throws TopologyException if a serde is missing, or the store has a table already
     */
    public <A> Table<Windowed<K>, A> aggregate(
            Initializer<? extends A> initializer,
            Aggregator<? super K, ? super V, A> aggregator,
            Merger<? super K, A> merger,
            Materialized<Windowed<K>, A> materialized) {
        return aggregate(initializer, aggregator, merger, Optional.empty(), materialized);
    }

    /**
     * Adds all records of a key and session to an aggregate.
     *
     * @param initializer makes the aggregate that a session begins with
     * @param aggregator adds a record; null deletes the row, and the next record begins anew
     * @param merger makes one aggregate of two, where a record joins sessions
     * @param named name of the node
     * @param materialized where to; it needs a serde for values
     * @param <A> aggregates
     * @return the aggregates
     * @throws TopologyException if a serde is missing, or the store or the name is taken
     */
    public <A> Table<Windowed<K>, A> aggregate(
            Initializer<? extends A> initializer,
            Aggregator<? super K, ? super V, A> aggregator,
            Merger<? super K, A> merger,
            Named named,
            Materialized<Windowed<K>, A> materialized) {
        return aggregate(
                initializer,
                aggregator,
                merger,
                Optional.of(Objects.requireNonNull(named, "named")),
                materialized);
    }

    private <A> Table<Windowed<K>, A> aggregate(
            Initializer<? extends A> initializer,
            Aggregator<? super K, ? super V, A> aggregator,
            Merger<? super K, A> merger,
            Optional<Named> named,
            Materialized<Windowed<K>, A> materialized) {
        Objects.requireNonNull(initializer, "initializer");
        Objects.requireNonNull(aggregator, "aggregator");
        Objects.requireNonNull(merger, "merger");
        return table(
                "KSTREAM-AGGREGATE-",
                named,
                materialized,
                Optional.empty(),
                initializer,
                aggregator,
                merger);
    }

    private <A> Table<Windowed<K>, A> table(
            String prefix,
            Optional<Named> named,
            Materialized<Windowed<K>, A> materialized,
            Optional<Serde<A>> valueSerde,
            Initializer<? extends A> initializer,
            Aggregator<? super K, ? super V, A> aggregator,
            Merger<? super K, A> merger) {
        return group.table(
                prefix,
                named,
                materialized,
                valueSerde,
                parts -> new SessionWindowOperator<>(gap, initializer, aggregator, merger, parts));
    }
}
