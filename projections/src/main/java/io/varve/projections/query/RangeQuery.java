package io.varve.projections.query;

import io.varve.store.serde.Serde;
import java.util.Objects;
import java.util.Optional;

/**
 * Which rows of a store, or of an index, and in which order. Immutable; each method returns
 * another.
 *
 * <pre>{@code
 * RangeQuery.between("A", "C")                      // A <= key < C
 * RangeQuery.prefix("SF").reverse().limit(10)       // the last ten that begin with SF
 * RangeQuery.prefix("SFO", Serdes.utf8())           // of keys of another type, see below
 * }</pre>
 *
 * <p>Order is the unsigned order of the bytes that the serde makes of keys; with the serdes of
 * {@code Serdes} for text and numbers it is the order of the keys themselves.
 *
 * <p>A prefix is one of bytes: rows match whose key's bytes begin with the bytes that the serde
 * makes of the prefix. That is what one expects for text, and for keys that are written part by
 * part, with a serde that writes the first parts only. For numbers of fixed length only the same
 * number matches.
 *
 * @param bounds between which keys
 * @param reversed whether from the last row to the first
 * @param limit the most rows, 0 or more
 * @param <K> keys
 */
public record RangeQuery<K>(Bounds<K> bounds, boolean reversed, long limit) {
    /**
     * Refuses nulls and negative limits.
     *
     * @param bounds between which keys
     * @param reversed whether from the last row to the first
     * @param limit the most rows, 0 or more
     */
    public RangeQuery {
        Objects.requireNonNull(bounds, "bounds");
        if (limit < 0) {
            throw new IllegalArgumentException("A limit is 0 or more: limit=" + limit + ".");
        }
    }

    /**
     * Where the keys lie.
     *
     * @param <K> keys
     */
    public sealed interface Bounds<K> {}

    /**
     * From a key to a key.
     *
     * @param from the first, included; empty for the beginning
     * @param to the last, excluded; empty for the end
     * @param <K> keys
     */
    public record Between<K>(Optional<K> from, Optional<K> to) implements Bounds<K> {
        /**
         * Refuses nulls.
         *
         * @param from the first, included; empty for the beginning
         * @param to the last, excluded; empty for the end
         */
        public Between {
            Objects.requireNonNull(from, "from");
            Objects.requireNonNull(to, "to");
        }
    }

    /**
     * One key.
     *
     * @param key of the row
     * @param <K> keys
     */
    public record Only<K>(K key) implements Bounds<K> {
        /**
         * Refuses null.
         *
         * @param key of the row
         */
        public Only {
            Objects.requireNonNull(key, "key");
        }
    }

    /**
     * Behind a prefix that is itself a key.
     *
     * @param prefix written with the serde of the keys
     * @param <K> keys
     */
    public record KeyPrefix<K>(K prefix) implements Bounds<K> {
        /**
         * Refuses null.
         *
         * @param prefix written with the serde of the keys
         */
        public KeyPrefix {
            Objects.requireNonNull(prefix, "prefix");
        }
    }

    /**
     * Behind a prefix with a serde of its own.
     *
     * @param prefix what the keys begin with
     * @param serde writes it
     * @param <K> keys
     * @param <P> prefixes
     */
    public record SerdePrefix<K, P>(P prefix, Serde<P> serde) implements Bounds<K> {
        /**
         * Refuses nulls.
         *
         * @param prefix what the keys begin with
         * @param serde writes it
         */
        public SerdePrefix {
            Objects.requireNonNull(prefix, "prefix");
            Objects.requireNonNull(serde, "serde");
        }
    }

    private static <K> RangeQuery<K> of(Bounds<K> bounds) {
        return new RangeQuery<>(bounds, false, Long.MAX_VALUE);
    }

    /**
     * All rows.
     *
     * @param <K> keys
     * @return the query
     */
    public static <K> RangeQuery<K> all() {
        return of(new Between<>(Optional.empty(), Optional.empty()));
    }

    /**
     * The row of a key, if there is one.
     *
     * @param key of the row
     * @param <K> keys
     * @return the query
     */
    public static <K> RangeQuery<K> only(K key) {
        return of(new Only<>(key));
    }

    /**
     * Rows from a key to before another.
     *
     * @param from the first, included
     * @param to the last, excluded; no rows if it does not come behind {@code from}
     * @param <K> keys
     * @return the query
     */
    public static <K> RangeQuery<K> between(K from, K to) {
        return of(
                new Between<>(
                        Optional.of(Objects.requireNonNull(from, "from")),
                        Optional.of(Objects.requireNonNull(to, "to"))));
    }

    /**
     * Rows from a key to the end.
     *
     * @param from the first, included
     * @param <K> keys
     * @return the query
     */
    public static <K> RangeQuery<K> from(K from) {
        return of(
                new Between<>(Optional.of(Objects.requireNonNull(from, "from")), Optional.empty()));
    }

    /**
     * Rows from the beginning to before a key.
     *
     * @param to the last, excluded
     * @param <K> keys
     * @return the query
     */
    public static <K> RangeQuery<K> before(K to) {
        return of(new Between<>(Optional.empty(), Optional.of(Objects.requireNonNull(to, "to"))));
    }

    /**
     * Rows whose key's bytes begin with those of another key.
     *
     * @param prefix written with the serde of the keys; one without bytes means all rows
     * @param <K> keys
     * @return the query
     */
    public static <K> RangeQuery<K> prefix(K prefix) {
        return of(new KeyPrefix<>(prefix));
    }

    /**
     * Rows whose key's bytes begin with those of a prefix.
     *
     * @param prefix what the keys begin with; one without bytes means all rows
     * @param serde writes it
     * @param <K> keys
     * @param <P> prefixes
     * @return the query
     */
    public static <K, P> RangeQuery<K> prefix(P prefix, Serde<P> serde) {
        return of(new SerdePrefix<>(prefix, serde));
    }

    /**
     * The same rows in the opposite order.
     *
     * @return a new query
     */
    public RangeQuery<K> reverse() {
        return new RangeQuery<>(bounds, !reversed, limit);
    }

    /**
     * The first rows of it only.
     *
     * @param most of them, 0 or more
     * @return a new query
     */
    public RangeQuery<K> limit(long most) {
        return new RangeQuery<>(bounds, reversed, most);
    }
}
