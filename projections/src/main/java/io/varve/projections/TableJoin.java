package io.varve.projections;

import java.util.Objects;

/**
 * How rows of two tables make one, seen from one of them.
 *
 * @param joiner makes the value
 * @param needed whether there is no result without a row of this side
 * @param otherNeeded whether there is none without a row of the other
 */
record TableJoin<V, V2, R>(
        ValueJoiner<? super V, ? super V2, ? extends R> joiner,
        boolean needed,
        boolean otherNeeded) {
    TableJoin {
        Objects.requireNonNull(joiner, "joiner");
    }

    /** The same seen from the other side. */
    TableJoin<V2, V, R> reversed() {
        return new TableJoin<>((other, value) -> joiner.apply(value, other), otherNeeded, needed);
    }

    /** Which join it is, for {@link TopologyBuilder#name}. */
    String kind() {
        return needed && otherNeeded ? " inner" : needed || otherNeeded ? " left" : " outer";
    }

    /** The result; null where there is none. */
    R apply(V value, V2 other) {
        boolean none = value == null && (needed || other == null) || other == null && otherNeeded;
        return none ? null : joiner.apply(value, other);
    }

    /** The rows of the result, computed whenever one is needed. */
    <K> TableLookup.Factory<K, R> rows(
            TableLookup.Factory<K, V> these, TableLookup.Factory<K, V2> others) {
        return stores -> {
            TableLookup<K, V> left = these.create(stores);
            TableLookup<K, V2> right = others.create(stores);
            return key -> row(left.find(key), right.find(key));
        };
    }

    private Dated<R> row(Dated<V> row, Dated<V2> other) {
        R result = apply(row == null ? null : row.value(), other == null ? null : other.value());
        if (result == null) {
            return null;
        }
        long time = row == null ? other.timestamp() : row.timestamp();
        return new Dated<>(result, other == null ? time : Math.max(time, other.timestamp()));
    }
}
