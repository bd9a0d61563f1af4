package io.varve.projections.query;

import io.varve.store.PlainName;
import io.varve.store.serde.Serde;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;

/**
 * A secondary index: finds rows of a store by something else than their key. One constant for the
 * declaration and for queries.
 *
 * <pre>{@code
 * static final StoreIndex<String, Flight, String> BY_AIRLINE =
 *         StoreIndex.of("by-airline", (key, flight) -> flight.airline(), Serdes.utf8());
 *
 * Materialized.as(FLIGHTS, Serdes.utf8(), Serdes.json(Flight.class)).withIndex(BY_AIRLINE)
 *
 * view.store(FLIGHTS).index(BY_AIRLINE).get("LH")
 * }</pre>
 *
 * <p>The function must give the same index keys for the same row, always: it is asked again to find
 * what has to be removed. One that does not is found out, and fails the projection, when a row
 * changes that was read from the read model since; not while the row stays in the cache, so perhaps
 * only after a restart. A function that was changed needs a new version of the projection, as any
 * other.
 *
 * <p>Bytes of the index key and of the row's key together are at most 509; a zero byte inside an
 * index key counts twice.
 *
 * @param name 1 to 100 characters of letters, digits, {@code . _ -}; unique within its store
 * @param keys finds the index keys of a row: none, one or several; equal ones count once
 * @param serde writes index keys; its order is the order of the index
 * @param <K> keys of the store
 * @param <V> values of the store
 * @param <I> index keys
 */
public record StoreIndex<K, V, I>(
        String name,
        BiFunction<? super K, ? super V, ? extends Collection<? extends I>> keys,
        Serde<I> serde) {
    /**
     * Refuses nulls, and a name that could not be the name of a table.
     *
     * @param name 1 to 100 characters of letters, digits, {@code . _ -}; unique within its store
     * @param keys finds the index keys of a row
     * @param serde writes index keys
     */
    public StoreIndex {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(keys, "keys");
        Objects.requireNonNull(serde, "serde");
        PlainName.check("index", name, 100);
    }

    /**
     * An index with one key for each row at most.
     *
     * @param name 1 to 100 characters of letters, digits, {@code . _ -}; unique within its store
     * @param key finds the index key of a row; null where the row is not to be in the index
     * @param serde writes index keys; its order is the order of the index
     * @param <K> keys of the store
     * @param <V> values of the store
     * @param <I> index keys
     * @return the index
     */
    public static <K, V, I> StoreIndex<K, V, I> of(
            String name, BiFunction<? super K, ? super V, ? extends I> key, Serde<I> serde) {
        Objects.requireNonNull(key, "key");
        return new StoreIndex<>(name, new OneKey<K, V, I>(key), serde);
    }

    private record OneKey<K, V, I>(BiFunction<? super K, ? super V, ? extends I> key)
            implements BiFunction<K, V, List<I>> {
        @Override
        public List<I> apply(K rowKey, V value) {
            I found = key.apply(rowKey, value);
            return found == null ? List.of() : List.of(found);
        }
    }

    /**
     * Whether it was made by {@link #of}.
     *
     * @return false if a row may have several keys
     */
    public boolean hasOneKey() {
        return keys instanceof OneKey;
    }

    /**
     * An index with any number of keys for each row.
     *
     * @param name 1 to 100 characters of letters, digits, {@code . _ -}; unique within its store
     * @param keys finds the index keys of a row; never null, and without nulls
     * @param serde writes index keys; its order is the order of the index
     * @param <K> keys of the store
     * @param <V> values of the store
     * @param <I> index keys
     * @return the index
     */
    public static <K, V, I> StoreIndex<K, V, I> ofMany(
            String name,
            BiFunction<? super K, ? super V, ? extends Collection<? extends I>> keys,
            Serde<I> serde) {
        return new StoreIndex<>(name, keys, serde);
    }
}
