package io.varve.projections;

import io.varve.projections.AggregateOperator.Update;
import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;
import java.util.Objects;
import java.util.Optional;

/**
 * Records with the same key in the same window together, to be made into one row per key and
 * window.
 *
 * <pre>{@code
 * static final StoreRef<Windowed<String>, Long> VIEWS = StoreRef.of("views");
 *
 * views.groupByKey()
 *         .windowedBy(TimeWindows.ofSizeAndGrace(Duration.ofMinutes(5), Duration.ofSeconds(30)))
 *         .count(Materialized.windowed(VIEWS, Serdes.utf8(), Serdes.int64()));
 * }</pre>
 *
 * <p>Time is that of the records, see {@link TimeWindows}; the time of a row is the latest of the
 * records in it. Records without a key are passed over. Rows live for ever, unless {@link
 * Materialized#withTtl} says otherwise.
 *
 * @param <K> keys
 * @param <V> values
 */
public final class TimeWindowedStream<K, V> {
    private final WindowedGroup<K, V> group;
    private final WindowKind kind;

    TimeWindowedStream(WindowedGroup<K, V> group, WindowKind kind) {
        this.group = group;
        this.kind = kind;
    }

    /** Makes the operator of a kind of windows. */
    @FunctionalInterface
    interface WindowKind {
        <K, V, A> Operator<K, V> operator(Update<K, V, A> update, WindowParts<K, A> parts);
    }

    /**
     * Sets when nodes behind the tables that are made of it are told of their rows.
     *
     * @param strategy at each change, as without this, or when a window closes
     * @return the same groups
     */
    public TimeWindowedStream<K, V> emitStrategy(EmitStrategy strategy) {
        return new TimeWindowedStream<>(group.with(strategy), kind);
    }

    /**
     * Counts the records of each key and window.
     *
     * @param materialized where to; values are written as eight bytes unless it has another serde
     * @return the counts
     * @throws TopologyException if a serde is missing, or the store has a table already
     */
    public Table<Windowed<K>, Long> count(Materialized<Windowed<K>, Long> materialized) {
        return count(Optional.empty(), materialized);
    }

    /**
     * Counts the records of each key and window.
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
                (key, value, old) -> old == null ? 1 : old + 1);
    }

    /**
     * Makes one value of all values of a key and window; the first one is taken as it is.
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
     * Makes one value of all values of a key and window; the first one is taken as it is.
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
                (key, value, old) -> old == null ? value : reducer.apply(old, value));
    }

    /**
     * Adds all records of a key and window to an aggregate.
     *
     * @param initializer makes the aggregate that a window begins with
     * @param aggregator adds a record; null deletes the row, and the next record begins anew
     * @param materialized where to; it needs a serde for values
     * @param <A> aggregates
     * @return the aggregates
     * @throws TopologyException if a serde is missing, or the store has a table already
     */
    public <A> Table<Windowed<K>, A> aggregate(
            Initializer<? extends A> initializer,
            Aggregator<? super K, ? super V, A> aggregator,
            Materialized<Windowed<K>, A> materialized) {
        return aggregate(initializer, aggregator, Optional.empty(), materialized);
    }

    /**
     * Adds all records of a key and window to an aggregate.
     *
     * @param initializer makes the aggregate that a window begins with
     * @param aggregator adds a record; null deletes the row, and the next record begins anew
     * @param named name of the node
     * @param materialized where to; it needs a serde for values
     * @param <A> aggregates
     * @return the aggregates
     * @throws TopologyException if a serde is missing, or the store or the name is taken
     */
    public <A> Table<Windowed<K>, A> aggregate(
            Initializer<? extends A> initializer,
            Aggregator<? super K, ? super V, A> aggregator,
            Named named,
            Materialized<Windowed<K>, A> materialized) {
        return aggregate(
                initializer,
                aggregator,
                Optional.of(Objects.requireNonNull(named, "named")),
                materialized);
    }

    private <A> Table<Windowed<K>, A> aggregate(
            Initializer<? extends A> initializer,
            Aggregator<? super K, ? super V, A> aggregator,
            Optional<Named> named,
            Materialized<Windowed<K>, A> materialized) {
        Objects.requireNonNull(initializer, "initializer");
        Objects.requireNonNull(aggregator, "aggregator");
        return table(
                "KSTREAM-AGGREGATE-",
                named,
                materialized,
                Optional.empty(),
                (key, value, old) ->
                        aggregator.apply(key, value, old == null ? initializer.apply() : old));
    }

    private <A> Table<Windowed<K>, A> table(
            String prefix,
            Optional<Named> named,
            Materialized<Windowed<K>, A> materialized,
            Optional<Serde<A>> valueSerde,
            Update<K, V, A> update) {
        return group.table(
                prefix, named, materialized, valueSerde, parts -> kind.operator(update, parts));
    }
}
