package io.varve.projections;

import io.varve.projections.query.StoreIndex;
import io.varve.store.serde.Serde;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Where a table is kept: the store, and how its rows become bytes. Serdes that are missing here are
 * taken from the group, if it has them.
 *
 * <pre>{@code
 * Materialized.as(COUNTS, Serdes.utf8(), Serdes.int64())
 * }</pre>
 *
 * <p>Keys need {@code equals} and {@code hashCode} that agree with the bytes of their serde:
 * records, text and numbers do, arrays do not and are refused when the first one comes.
 *
 * @param ref names the store
 * @param keySerde for keys; 1 to 511 bytes each
 * @param valueSerde for values
 * @param indexes of the store
 * @param <K> keys
 * @param <V> values
 */
public record Materialized<K, V>(
        StoreRef<K, V> ref,
        Optional<Serde<K>> keySerde,
        Optional<Serde<V>> valueSerde,
        List<StoreIndex<K, V, ?>> indexes) {
    /**
     * Refuses nulls, and two indexes of one name.
     *
     * @param ref names the store
     * @param keySerde for keys; 1 to 511 bytes each
     * @param valueSerde for values
     * @param indexes of the store
     */
    public Materialized {
        Objects.requireNonNull(ref, "ref");
        Objects.requireNonNull(keySerde, "keySerde");
        Objects.requireNonNull(valueSerde, "valueSerde");
        indexes = List.copyOf(indexes);
        Set<String> names = new HashSet<>();
        for (StoreIndex<K, V, ?> index : indexes) {
            if (!names.add(Names.check("index", index.name(), 100))) {
                throw new IllegalArgumentException(
                        "Two indexes of one name: store="
                                + ref.name()
                                + " index="
                                + index.name()
                                + ". Give one of them another name.");
            }
        }
    }

    /**
     * Keeps a table in a store.
     *
     * @param ref names the store
     * @param keySerde for keys; 1 to 511 bytes each
     * @param valueSerde for values
     * @param <K> keys
     * @param <V> values
     * @return where to keep the table
     */
    public static <K, V> Materialized<K, V> as(
            StoreRef<K, V> ref, Serde<K> keySerde, Serde<V> valueSerde) {
        return Materialized.as(ref).withKeySerde(keySerde).withValueSerde(valueSerde);
    }

    /**
     * Keeps a table in a store, with the serdes of the group.
     *
     * @param ref names the store
     * @param <K> keys
     * @param <V> values
     * @return where to keep the table
     */
    public static <K, V> Materialized<K, V> as(StoreRef<K, V> ref) {
        return new Materialized<>(ref, Optional.empty(), Optional.empty(), List.of());
    }

    /**
     * The same with a serde for keys.
     *
     * @param serde for keys
     * @return a new value
     */
    public Materialized<K, V> withKeySerde(Serde<K> serde) {
        return new Materialized<>(ref, Optional.of(required("key", serde)), valueSerde, indexes);
    }

    /**
     * The same with a serde for values.
     *
     * @param serde for values
     * @return a new value
     */
    public Materialized<K, V> withValueSerde(Serde<V> serde) {
        return new Materialized<>(ref, keySerde, Optional.of(required("value", serde)), indexes);
    }

    /**
     * The same with one index more. It is kept in the same transactions as the rows.
     *
     * @param index finds rows by something else than their key
     * @return a new value
     * @throws IllegalArgumentException if there is an index of that name already
     */
    public Materialized<K, V> withIndex(StoreIndex<K, V, ?> index) {
        List<StoreIndex<K, V, ?>> all = new ArrayList<>(indexes);
        all.add(Objects.requireNonNull(index, "index"));
        return new Materialized<>(ref, keySerde, valueSerde, all);
    }

    private <T> Serde<T> required(String what, Serde<T> serde) {
        if (serde == null) {
            throw new IllegalArgumentException(
                    "The "
                            + what
                            + " serde is null: store="
                            + ref.name()
                            + ". Give one of Serdes, or leave it out to use the group's.");
        }
        return serde;
    }
}
