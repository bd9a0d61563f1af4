package io.varve.projections;

import io.varve.store.serde.Serde;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How a stream is joined with a table: what the node is called, and whether records wait until the
 * table has had time. Other records need no serdes, as nothing of the stream is kept.
 *
 * <pre>{@code
 * orders.join(customers, (order, customer) -> customer.name(), Joined.as("with-customers"));
 *
 * orders.join(
 *         rates,
 *         (order, rate) -> rate.of(order),
 *         Joined.withGracePeriod(
 *                 Duration.ofMinutes(5), StoreRef.of("waiting"), Serdes.utf8(), ORDER));
 * }</pre>
 *
 * @param name of the node; empty for an automatic one
 * @param waiting how long records wait, and where; empty if they are joined as they come
 * @param <K> keys of the stream
 * @param <V> values of the stream
 */
public record Joined<K, V>(Optional<Named> name, Optional<Waiting<K, V>> waiting) {
    /**
     * How long records of a stream wait, and where they are kept meanwhile.
     *
     * @param grace how long after their time, 0 to a thousand years; counted in milliseconds
     * @param ref names what is kept, in tables of their own: {@code REF/waiting} and {@code
     *     REF/time}; there is no store of that name to be read
     * @param keySerde for keys; 1 to 495 bytes each
     * @param valueSerde for values
     * @param <K> keys of the stream
     * @param <V> values of the stream
     */
    public record Waiting<K, V>(
            Duration grace, StoreRef<?, ?> ref, Serde<K> keySerde, Serde<V> valueSerde) {
        /**
         * Refuses nulls, and times that cannot be.
         *
         * @param grace how long after their time
         * @param ref names what is kept
         * @param keySerde for keys
         * @param valueSerde for values
         */
        public Waiting {
            WindowTimes.check("grace period", grace, 0);
            Objects.requireNonNull(ref, "ref");
            Objects.requireNonNull(keySerde, "keySerde");
            Objects.requireNonNull(valueSerde, "valueSerde");
        }
    }

    /**
     * Refuses nulls.
     *
     * @param name of the node; empty for an automatic one
     * @param waiting how long records wait, and where; empty if they are joined as they come
     */
    public Joined {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(waiting, "waiting");
    }

    /** Joins records as they come, in a node with an automatic name. */
    static <K, V> Joined<K, V> plain() {
        return new Joined<>(Optional.empty(), Optional.empty());
    }

    /**
     * Names the node.
     *
     * @param name of the node
     * @param <K> keys of the stream
     * @param <V> values of the stream
     * @return how to join
     */
    public static <K, V> Joined<K, V> as(String name) {
        return new Joined<>(Optional.of(Named.as(name)), Optional.empty());
    }

    /**
     * Lets records wait, so that rows that come late are there: a record is joined with the row as
     * of its time when the stream time, which is the latest time of the records that were kept, has
     * come to its own time and the grace period. Those that are due together are joined in the
     * order of their times, then of the bytes of their keys, then as they came; the time of a
     * result and the headers are those of the record. A record that comes after it would have been
     * due is joined at once, and so is one without a key.
     *
     * <p>The table has to have versions, see {@link Materialized#versioned}, and for as long as the
     * grace period at least. The topology cannot be partitioned.
     *
     * @param grace 0 to a thousand years; counted in milliseconds
     * @param ref names what is kept; there is no store of that name to be read
     * @param keySerde for keys; 1 to 495 bytes each
     * @param valueSerde for values
     * @param <K> keys of the stream
     * @param <V> values of the stream
     * @return how to join
     */
    public static <K, V> Joined<K, V> withGracePeriod(
            Duration grace, StoreRef<?, ?> ref, Serde<K> keySerde, Serde<V> valueSerde) {
        return new Joined<>(
                Optional.empty(), Optional.of(new Waiting<>(grace, ref, keySerde, valueSerde)));
    }

    /**
     * The same with a name.
     *
     * @param node name of the node
     * @return a new value
     */
    public Joined<K, V> withName(String node) {
        return new Joined<>(Optional.of(Named.as(node)), waiting);
    }
}
