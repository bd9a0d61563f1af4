package io.varve.projections;

import io.varve.projections.Due.DueSerde;
import io.varve.projections.VersionedStore.PutResult;
import io.varve.projections.query.VersionedRecord;
import io.varve.store.serde.Serdes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The rows of a versioned store in one task. A version is put in its place in the order of times,
 * and told whether it is the latest.
 *
 * <pre>
 *   NAME            the latest version of each row that is there, with its time
 *   NAME/versions   versions before that, and removals, see {@link VersionKey}, {@link VersionFinder}
 *   NAME/ended      when versions are over, to let go of them: {@link Due}
 *   NAME/time       stream time
 * </pre>
 *
 * <p>There is an entry in {@code ended} for the time of each version that another may come before,
 * or that is a removal: when it falls out of the retention, all before it are over. So a version
 * that comes between two others changes neither of them.
 */
final class VersionedRows<K, V> {
    private final WriteBackStore<K, V> latest;
    private final WriteBackStore<VersionKey<K>, byte[]> older;
    private final TimeQueue<Due<K>, Boolean> ended;
    private final StreamTime streamTime;
    private final TaskContext context;
    private final long retention;
    private final VersionFinder<K, V> finder;

    /** For one task. */
    VersionedRows(StoreDefinition<K, V> store, TaskStores stores) {
        this.latest = stores.get(store);
        this.older = stores.get(older(store));
        this.ended = new TimeQueue<>(stores.get(ended(store)), Due::time);
        this.streamTime = new StreamTime(stores.get(StreamTime.partOf(store)));
        this.context = stores.context();
        this.retention = retention(store);
        this.finder = new VersionFinder<>(store, this::walk);
    }

    static long retention(StoreDefinition<?, ?> store) {
        return store.kind().history().map(Duration::toMillis).orElseThrow();
    }

    /** All tables of a versioned store: that of the latest versions first. */
    static List<StoreDefinition<?, ?>> definitions(StoreDefinition<?, ?> store) {
        return List.of(store, older(store), ended(store), StreamTime.partOf(store));
    }

    static <K> StoreDefinition<VersionKey<K>, byte[]> older(StoreDefinition<K, ?> store) {
        return store.part(
                "versions", VersionKey.serde(store.keySerde()), Serdes.bytes(), StoreKind.walked());
    }

    private static <K> StoreDefinition<Due<K>, Boolean> ended(StoreDefinition<K, ?> store) {
        return TimeQueue.partOf(store, "ended", new DueSerde<>(store.keySerde()));
    }

    private void walk(byte[] from, byte[] to, boolean back, VersionFinder.Visitor visitor) {
        OrderedRows.Visitor<VersionKey<K>, byte[]> each =
                row -> visitor.version(row.key.validFrom(), row.value());
        if (back) {
            older.inOrder().walkBack(from, to, each);
        } else {
            older.inOrder().walk(from, to, each);
        }
    }

    /** The earliest time that can be asked for, and that a version may have. */
    private long edge() {
        return VersionFinder.edge(streamTime.latest(), retention);
    }

    /** The row with its latest version. */
    Row<K, V> row(K key) {
        return latest.row(key);
    }

    /** Other nodes find rows here. */
    void lend() {
        latest.values().lend();
    }

    /** The latest version for a function that may change it; null where there is none. */
    V own(Row<K, V> row) {
        return latest.values().own(row, true);
    }

    /** A version was put that may be changed from now on. */
    void seal(Row<K, V> row) {
        latest.seal(row, true);
    }

    /** A version was put that is an object of somebody else. */
    void keep(Row<K, V> row, V value) {
        latest.keep(row, value);
    }

    /** The bytes of the latest version, to be taken before it may be changed in place. */
    Optional<byte[]> copied(Row<K, V> row) {
        return latest.values().copied(row);
    }

    /** Reads what {@link #copied} has taken. */
    V value(byte[] copied) {
        return finder.value(VersionFinder.version(copied));
    }

    /** Whether a version of a time is not taken any more; counts it then. */
    boolean isExpired(K key, long timestamp) {
        boolean expired = timestamp < edge();
        if (expired) {
            context.late(latest.name(), key, timestamp);
        }
        return expired;
    }

    /** It is this time, or later: versions are over then. */
    void pass(long timestamp) {
        long time = streamTime.advance(timestamp);
        ended.take(VersionFinder.edge(time, retention), this::forgetBefore);
    }

    /**
     * Puts a version that is not expired.
     *
     * @param copied of the row, as it was before
     * @param value null where the row is removed
     */
    PutResult put(Row<K, V> row, Optional<byte[]> copied, V value, long timestamp) {
        OptionalLong newest = row.isThere() ? OptionalLong.of(row.time) : finder.newest(row.key);
        boolean isLatest = newest.isEmpty() || timestamp >= newest.getAsLong();
        if (isLatest) {
            putLast(row, copied, value, timestamp, newest);
        } else {
            putBetween(row, value, timestamp);
        }
        pass(timestamp);
        return isLatest ? PutResult.LATEST : PutResult.OUT_OF_ORDER;
    }

    private void putLast(
            Row<K, V> row, Optional<byte[]> copied, V value, long timestamp, OptionalLong newest) {
        if (newest.isPresent() && newest.getAsLong() < timestamp) {
            copied.ifPresent(bytes -> older(row.key, row.time, VersionFinder.version(bytes)));
            ended.add(new Due<>(timestamp, row.key), true);
        }
        if (value == null) {
            if (row.isThere()) {
                latest.write(row, null, timestamp);
            }
            older(row.key, timestamp, VersionFinder.removed());
            ended.add(new Due<>(timestamp, row.key), true);
            return;
        }
        if (newest.isPresent() && newest.getAsLong() == timestamp && !row.isThere()) {
            older(row.key, timestamp, null); // it was removed at that time
        }
        latest.write(row, value, timestamp);
    }

    private void putBetween(Row<K, V> row, V value, long timestamp) {
        OptionalLong next = finder.next(row.key, timestamp);
        older(row.key, timestamp, value == null ? VersionFinder.removed() : finder.encoded(value));
        ended.add(new Due<>(timestamp, row.key), true);
        ended.add(new Due<>(next.isPresent() ? next.getAsLong() : row.time, row.key), true);
    }

    private void older(K key, long validFrom, byte[] version) {
        older.write(older.row(new VersionKey<>(key, validFrom)), version);
    }

    /** Lets go of the versions before one, and of it too if the row was removed then. */
    private void forgetBefore(Due<K> due, Boolean yes) {
        K key = due.key();
        older.inOrder()
                .walk(
                        finder.prefix(key),
                        finder.bound(key, due.time()),
                        row -> {
                            older.write(row, null);
                            return true;
                        });
        Row<VersionKey<K>, byte[]> row = older.row(new VersionKey<>(key, due.time()));
        if (row.isThere() && VersionFinder.isRemoved(row.value())) {
            older.write(row, null);
        }
    }

    private Dated<V> latest(K key) {
        Row<K, V> row = latest.row(key);
        return row.isThere() ? new Dated<>(row.value(), row.time) : null;
    }

    /** A row as of a time; null where there was none. */
    Dated<V> find(K key, long time) {
        return finder.find(key, latest(key), time, edge());
    }

    /** The same, with when it was over; null where there was none. */
    VersionedRecord<V> record(K key, long time) {
        return finder.record(key, latest(key), time, edge());
    }

    /** The versions of a row that were valid between two times, both included. */
    List<VersionedRecord<V>> between(K key, long from, long to) {
        return finder.between(key, latest(key), from, to, edge());
    }
}
