package io.varve.projections;

import io.varve.projections.query.RangeQuery;
import io.varve.projections.query.RangeQuery.Between;
import io.varve.projections.query.RangeQuery.Bounds;
import io.varve.projections.query.RangeQuery.KeyPrefix;
import io.varve.projections.query.RangeQuery.Only;
import io.varve.projections.query.RangeQuery.SerdePrefix;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.serde.Serde;
import io.varve.store.state.ReadOnlyTable;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The bytes of keys between which a query looks; empty for no bound.
 *
 * @param from the first, included
 * @param to the last, excluded
 * @param nothing whether there is no key in between, which bounds alone could not say
 */
record ByteRange(byte[] from, byte[] to, boolean nothing) {
    private static final byte[] OPEN = {};

    /** The range of a store. */
    static <K> ByteRange of(Bounds<K> bounds, Serde<K> serde) {
        return of(bounds, serde, UnaryOperator.identity(), UnaryOperator.identity());
    }

    /**
     * A range.
     *
     * @param bound turns the bytes of a key into those of a bound
     * @param prefix turns the bytes of a prefix into those that rows begin with
     */
    static <K> ByteRange of(
            Bounds<K> bounds,
            Serde<K> serde,
            UnaryOperator<byte[]> bound,
            UnaryOperator<byte[]> prefix) {
        if (bounds instanceof Between<K> between) {
            return between(
                    between.from().map(key -> bound.apply(bytes(key, serde))),
                    between.to().map(key -> bound.apply(bytes(key, serde))));
        }
        if (bounds instanceof Only<K> only) {
            byte[] key = bytes(only.key(), serde);
            return bound.apply(key) == key ? only(key) : prefix(bound.apply(key));
        }
        if (bounds instanceof KeyPrefix<K> keyPrefix) {
            return prefix(prefix.apply(bytes(keyPrefix.prefix(), serde)));
        }
        return prefix(prefix.apply(bytes((SerdePrefix<K, ?>) bounds)));
    }

    private static ByteRange between(Optional<byte[]> from, Optional<byte[]> to) {
        // An empty bound means no bound to a table, and nothing comes before the empty key.
        boolean nothing =
                to.filter(end -> Arrays.compareUnsigned(from.orElse(OPEN), end) >= 0).isPresent();
        return new ByteRange(from.orElse(OPEN), to.orElse(OPEN), nothing);
    }

    private static ByteRange only(byte[] key) {
        if (key.length >= ReadOnlyTable.MAX_KEY_BYTES) {
            return prefix(key); // nothing is longer
        }
        // No row has the empty key.
        return new ByteRange(key, Arrays.copyOf(key, key.length + 1), key.length == 0);
    }

    static ByteRange prefix(byte[] prefix) {
        boolean nothing = prefix.length > ReadOnlyTable.MAX_KEY_BYTES;
        return new ByteRange(prefix, successor(prefix), nothing);
    }

    /** The first key behind all that begin with a prefix; empty if there is none. */
    private static byte[] successor(byte[] prefix) {
        int length = prefix.length;
        while (length > 0 && prefix[length - 1] == -1) {
            length--;
        }
        byte[] next = Arrays.copyOf(prefix, length);
        if (length > 0) {
            next[length - 1]++;
        }
        return next;
    }

    private static <P> byte[] bytes(SerdePrefix<?, P> prefix) {
        return bytes(prefix.prefix(), prefix.serde());
    }

    static <T> byte[] bytes(T value, Serde<T> serde) {
        BytesWriter writer = new BytesWriter();
        write(value, serde, writer);
        return writer.toByteArray();
    }

    /**
     * Writes a key that somebody asks for.
     *
     * @throws TopologyException if it is of another class than the serde writes, which a reference
     *     to a store with other types than it was declared with lets through
     */
    static <T> void write(T key, Serde<T> serde, BytesWriter out) {
        try {
            serde.serialize(key, out);
        } catch (ClassCastException e) {
            TopologyException refused =
                    new TopologyException(
                            "Keys are of another type here: class="
                                    + key.getClass().getName()
                                    + " serde="
                                    + serde.describe(),
                            "Use the StoreRef and the StoreIndex that the topology declares.");
            refused.initCause(e);
            throw refused;
        }
    }

    boolean isAll() {
        return from.length == 0 && to.length == 0 && !nothing;
    }

    /** Whether a key lies in it. */
    boolean contains(byte[] key) {
        return !nothing
                && Arrays.compareUnsigned(key, from) >= 0
                && (to.length == 0 || Arrays.compareUnsigned(key, to) < 0);
    }

    /**
     * Walks the rows of a table that lie in it, as far as the query wants.
     *
     * @param eachRow is run before each row; what it throws ends the walk
     */
    void scan(
            ReadOnlyTable table,
            RangeQuery<?> query,
            Runnable eachRow,
            ReadOnlyTable.RowVisitor visitor) {
        if (nothing || query.limit() == 0) {
            return;
        }
        long[] left = {query.limit()};
        ReadOnlyTable.RowVisitor counting =
                (key, value) -> {
                    eachRow.run();
                    return visitor.row(key, value) && --left[0] > 0;
                };
        if (query.reversed()) {
            table.reverseScan(BytesView.of(from), BytesView.of(to), counting);
        } else {
            table.scan(BytesView.of(from), BytesView.of(to), counting);
        }
    }

    /** Counts them likewise, up to the limit of the query. */
    long count(ReadOnlyTable table, RangeQuery<?> query, Runnable eachRow) {
        if (isAll()) {
            return Math.min(table.count(), query.limit());
        }
        long[] count = {0};
        scan(
                table,
                query,
                eachRow,
                (key, value) -> {
                    count[0]++;
                    return true;
                });
        return count[0];
    }
}
