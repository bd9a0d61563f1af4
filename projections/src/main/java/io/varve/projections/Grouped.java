package io.varve.projections;

import io.varve.store.serde.Serde;
import java.util.Objects;
import java.util.Optional;

/**
 * How records are grouped: the serdes that stores behind the group use where {@link Materialized}
 * has none, and a name for the node that selects the key.
 *
 * <pre>{@code
 * flights.groupBy((key, flight) -> flight.airport(), Grouped.with(Serdes.utf8(), FLIGHT))
 *         .reduce((first, next) -> next, Materialized.as(LAST_FLIGHT));
 * }</pre>
 *
 * @param keySerde for the keys of the group
 * @param valueSerde for the values of the group
 * @param name of the node that selects the key; empty for an automatic one
 * @param <K> keys
 * @param <V> values
 */
public record Grouped<K, V>(
        Optional<Serde<K>> keySerde, Optional<Serde<V>> valueSerde, Optional<Named> name) {
    /**
     * Refuses nulls.
     *
     * @param keySerde for the keys of the group
     * @param valueSerde for the values of the group
     * @param name of the node that selects the key; empty for an automatic one
     */
    public Grouped {
        Objects.requireNonNull(keySerde, "keySerde");
        Objects.requireNonNull(valueSerde, "valueSerde");
        Objects.requireNonNull(name, "name");
    }

    /**
     * Groups with serdes.
     *
     * @param keySerde for the keys of the group
     * @param valueSerde for the values of the group
     * @param <K> keys
     * @param <V> values
     * @return how to group
     */
    public static <K, V> Grouped<K, V> with(Serde<K> keySerde, Serde<V> valueSerde) {
        return new Grouped<>(
                Optional.of(Objects.requireNonNull(keySerde, "keySerde")),
                Optional.of(Objects.requireNonNull(valueSerde, "valueSerde")),
                Optional.empty());
    }

    /**
     * Groups with a serde for keys, which is all that counts and aggregates need.
     *
     * @param keySerde for the keys of the group
     * @param <K> keys
     * @param <V> values
     * @return how to group
     */
    public static <K, V> Grouped<K, V> keySerde(Serde<K> keySerde) {
        return new Grouped<>(
                Optional.of(Objects.requireNonNull(keySerde, "keySerde")),
                Optional.empty(),
                Optional.empty());
    }

    /**
     * Groups with a name and without serdes.
     *
     * @param name of the node that selects the key
     * @param <K> keys
     * @param <V> values
     * @return how to group
     */
    public static <K, V> Grouped<K, V> as(String name) {
        return new Grouped<>(Optional.empty(), Optional.empty(), Optional.of(Named.as(name)));
    }

    /**
     * The same with a name.
     *
     * @param newName of the node that selects the key
     * @return a new value
     */
    public Grouped<K, V> withName(String newName) {
        return new Grouped<>(keySerde, valueSerde, Optional.of(Named.as(newName)));
    }
}
