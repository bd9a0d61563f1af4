package io.varve.projections;

import io.varve.projections.query.VersionedRecord;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.serde.Serde;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/**
 * Finds versions of rows: the latest is in the store, those before it are beside it.
 *
 * <pre>
 *   u8 1 │ bytes of the value      a version
 *   u8 0                           the row was removed
 * </pre>
 */
final class VersionFinder<K, V> {
    private static final byte[] REMOVED = {0};

    private final StoreDefinition<K, V> store;
    private final Serde<K> keySerde;
    private final Serde<V> valueSerde;
    private final Older older;
    private final BytesWriter writer = new BytesWriter();

    /** Versions that are not the latest, in the order of their keys. */
    @FunctionalInterface
    interface Older {
        /**
         * Walks some.
         *
         * @param from the first key, included
         * @param to the last key, excluded
         * @param back whether from the last to the first
         */
        void walk(byte[] from, byte[] to, boolean back, Visitor visitor);
    }

    /** Takes versions, until it answers false. */
    @FunctionalInterface
    interface Visitor {
        boolean version(long validFrom, byte[] bytes);
    }

    VersionFinder(StoreDefinition<K, V> store, Older older) {
        this.store = store;
        this.keySerde = store.keySerde();
        this.valueSerde = store.valueSerde();
        this.older = older;
    }

    /** The earliest time that a store can be asked for, of all times if it has seen none. */
    static long edge(long streamTime, long retention) {
        return streamTime < Long.MIN_VALUE + retention ? Long.MIN_VALUE : streamTime - retention;
    }

    /** The bytes of a version, by those of its value. */
    static byte[] version(byte[] value) {
        byte[] bytes = new byte[1 + value.length];
        bytes[0] = 1;
        System.arraycopy(value, 0, bytes, 1, value.length);
        return bytes;
    }

    /** The bytes of a version. */
    byte[] encoded(V value) {
        valueSerde.serialize(value, writer.reset().putByte(1));
        return writer.toByteArray();
    }

    /** The bytes of one that has no value. */
    static byte[] removed() {
        return REMOVED;
    }

    static boolean isRemoved(byte[] version) {
        return version[0] == 0;
    }

    /** The value of a version; null where the row was removed. */
    V value(byte[] version) {
        return isRemoved(version)
                ? null
                : store.plainValue(BytesView.of(Arrays.copyOfRange(version, 1, version.length)));
    }

    /** From when the last of the older versions is valid. */
    OptionalLong newest(K key) {
        byte[] prefix = prefix(key);
        return first(prefix, ByteRange.prefix(prefix).to(), true);
    }

    /** From when the first of the older versions is valid that comes behind a time. */
    OptionalLong next(K key, long time) {
        return first(behind(key, time), ByteRange.prefix(prefix(key)).to(), false);
    }

    private OptionalLong first(byte[] from, byte[] to, boolean back) {
        OptionalLong[] found = {OptionalLong.empty()};
        older.walk(
                from,
                to,
                back,
                (validFrom, bytes) -> {
                    found[0] = OptionalLong.of(validFrom);
                    return false;
                });
        return found[0];
    }

    /**
     * A row as of a time, with one look at most.
     *
     * @param latest version; null where there is none
     * @param edge the earliest time of which older versions are known
     * @return null where there was none
     */
    Dated<V> find(K key, Dated<V> latest, long time, long edge) {
        if (latest != null && latest.timestamp() <= time) {
            return latest;
        }
        return time < edge ? null : older(key, time);
    }

    private Dated<V> older(K key, long time) {
        List<Dated<V>> found = new ArrayList<>(1);
        older.walk(
                prefix(key),
                behind(key, time),
                true,
                (validFrom, bytes) -> {
                    V value = value(bytes);
                    if (value != null) {
                        found.add(new Dated<>(value, validFrom));
                    }
                    return false;
                });
        return found.isEmpty() ? null : found.get(0);
    }

    /** The same, with when it was over; null where there was none. */
    VersionedRecord<V> record(K key, Dated<V> latest, long time, long edge) {
        Dated<V> found = find(key, latest, time, edge);
        if (found == null) {
            return null;
        }
        if (found == latest) {
            return new VersionedRecord<>(latest.value(), latest.timestamp(), OptionalLong.empty());
        }
        OptionalLong next = next(key, time);
        OptionalLong end =
                next.isPresent() || latest == null ? next : OptionalLong.of(latest.timestamp());
        return new VersionedRecord<>(found.value(), found.timestamp(), end);
    }

    /** The versions of a row that were valid between two times, both included. */
    List<VersionedRecord<V>> between(K key, Dated<V> latest, long from, long to, long edge) {
        Span span = new Span(to);
        boolean isLatestEnough = latest != null && latest.timestamp() <= from;
        if (to >= edge && from <= to && !isLatestEnough) {
            older.walk(begin(key, from), ByteRange.prefix(prefix(key)).to(), false, span::version);
        }
        if (latest != null) {
            span.next(latest.timestamp());
            if (latest.timestamp() <= to && from <= to) {
                span.found.add(
                        new VersionedRecord<>(
                                latest.value(), latest.timestamp(), OptionalLong.empty()));
            }
        }
        return span.found;
    }

    /** Where the version is that was valid at a time, or would be. */
    private byte[] begin(K key, long time) {
        OptionalLong valid = first(prefix(key), behind(key, time), true);
        return bound(key, valid.orElse(time));
    }

    /** What was found so far; of the last, it is not known yet when it was over. */
    private final class Span {
        private final long to;
        private final List<VersionedRecord<V>> found = new ArrayList<>();
        private Dated<V> last;

        Span(long to) {
            this.to = to;
        }

        boolean version(long validFrom, byte[] bytes) {
            next(validFrom);
            V value = value(bytes);
            last = value == null || validFrom > to ? null : new Dated<>(value, validFrom);
            return validFrom <= to;
        }

        void next(long validFrom) {
            if (last != null) {
                found.add(
                        new VersionedRecord<>(
                                last.value(), last.timestamp(), OptionalLong.of(validFrom)));
                last = null;
            }
        }
    }

    /** What the keys of all older versions of a row begin with. */
    byte[] prefix(K key) {
        VersionKey.writePrefix(key, keySerde, writer.reset());
        return writer.toByteArray();
    }

    /** The key of the version of a time. */
    byte[] bound(K key, long time) {
        VersionKey.writePrefix(key, keySerde, writer.reset());
        return writer.putOrderedLong(time).toByteArray();
    }

    /** Behind the versions up to a time. */
    private byte[] behind(K key, long time) {
        return time == Long.MAX_VALUE ? ByteRange.prefix(prefix(key)).to() : bound(key, time + 1);
    }
}
