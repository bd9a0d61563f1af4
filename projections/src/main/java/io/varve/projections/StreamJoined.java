package io.varve.projections;

import io.varve.store.serde.Serde;
import java.util.Objects;
import java.util.Optional;

/**
 * Where a join of two streams keeps the records that others may come for, and how they become
 * bytes.
 *
 * <pre>{@code
 * StreamJoined.with(StoreRef.of("paid-orders"), Serdes.utf8(), ORDER, PAYMENT)
 * }</pre>
 *
 * @param ref names what is kept, in tables of their own: {@code REF/left}, {@code REF/right} and so
 *     on; there is no store of that name to be read
 * @param keySerde for keys; empty for that of the streams; 1 to 483 bytes each
 * @param valueSerde for values of this side
 * @param otherValueSerde for values of the other side
 * @param <K> keys
 * @param <V1> values of this side
 * @param <V2> values of the other side
 */
public record StreamJoined<K, V1, V2>(
        StoreRef<?, ?> ref,
        Optional<Serde<K>> keySerde,
        Optional<Serde<V1>> valueSerde,
        Optional<Serde<V2>> otherValueSerde) {
    /**
     * Refuses nulls.
     *
     * @param ref names what is kept
     * @param keySerde for keys; empty for that of the streams
     * @param valueSerde for values of this side
     * @param otherValueSerde for values of the other side
     */
    public StreamJoined {
        Objects.requireNonNull(ref, "ref");
        Objects.requireNonNull(keySerde, "keySerde");
        Objects.requireNonNull(valueSerde, "valueSerde");
        Objects.requireNonNull(otherValueSerde, "otherValueSerde");
    }

    /**
     * Joins with serdes.
     *
     * @param ref names what is kept
     * @param keySerde for keys; 1 to 483 bytes each
     * @param valueSerde for values of this side
     * @param otherValueSerde for values of the other side
     * @param <K> keys
     * @param <V1> values of this side
     * @param <V2> values of the other side
     * @return how to join
     */
    public static <K, V1, V2> StreamJoined<K, V1, V2> with(
            StoreRef<?, ?> ref,
            Serde<K> keySerde,
            Serde<V1> valueSerde,
            Serde<V2> otherValueSerde) {
        return StreamJoined.<K, V1, V2>as(ref)
                .withKeySerde(Objects.requireNonNull(keySerde, "keySerde"))
                .withValueSerde(Objects.requireNonNull(valueSerde, "valueSerde"))
                .withOtherValueSerde(Objects.requireNonNull(otherValueSerde, "otherValueSerde"));
    }

    /**
     * Joins with the key serde of the streams; those for values are to be added.
     *
     * @param ref names what is kept
     * @param <K> keys
     * @param <V1> values of this side
     * @param <V2> values of the other side
     * @return how to join
     */
    public static <K, V1, V2> StreamJoined<K, V1, V2> as(StoreRef<?, ?> ref) {
        return new StreamJoined<>(ref, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /**
     * The same with a serde for keys.
     *
     * @param serde for keys
     * @return a new value
     */
    public StreamJoined<K, V1, V2> withKeySerde(Serde<K> serde) {
        return new StreamJoined<>(
                ref,
                Optional.of(Objects.requireNonNull(serde, "serde")),
                valueSerde,
                otherValueSerde);
    }

    /**
     * The same with a serde for values of this side.
     *
     * @param serde for values
     * @return a new value
     */
    public StreamJoined<K, V1, V2> withValueSerde(Serde<V1> serde) {
        return new StreamJoined<>(
                ref,
                keySerde,
                Optional.of(Objects.requireNonNull(serde, "serde")),
                otherValueSerde);
    }

    /**
     * The same with a serde for values of the other side.
     *
     * @param serde for values
     * @return a new value
     */
    public StreamJoined<K, V1, V2> withOtherValueSerde(Serde<V2> serde) {
        return new StreamJoined<>(
                ref, keySerde, valueSerde, Optional.of(Objects.requireNonNull(serde, "serde")));
    }

    /** One of its serdes. */
    <T> Serde<T> needed(String what, Optional<Serde<T>> serde) {
        return serde.orElseThrow(
                () ->
                        new TopologyException(
                                "A join has no " + what + " serde: store=" + ref.name(),
                                "Use StreamJoined.with(ref, keySerde, valueSerde,"
                                        + " otherValueSerde)."));
    }
}
