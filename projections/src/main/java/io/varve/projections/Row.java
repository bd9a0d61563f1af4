package io.varve.projections;

import io.varve.store.bytes.BytesView;
import io.varve.store.errors.VarveException;
import java.util.OptionalLong;

/**
 * A decoded row of a store; its value is null where there is no such row. A number that is only
 * counted is no object until somebody asks for it.
 */
final class Row<K, V> {
    final K key;
    final byte[] keyBytes;
    private V value;

    /** Reads the value from its bytes when somebody asks for it; null where it was read. */
    private StoreDefinition<?, V> unread;

    /** The value, if it is counted. */
    private long count;

    private boolean counted;
    boolean dirty;

    /** Whether others hold the object, too, so that no function may be given it to change it. */
    boolean shared;

    /** The bytes of its value, if they were taken when it was written. */
    byte[] sealed;

    /** Of the event that has changed it last. */
    long position;

    /** Whether that was by what was due then. */
    boolean byDueWork;

    /** What the indexes hold for it. */
    byte[][][] indexed;

    /** Time of its last change, and as the table has it, which says whether it has the row. */
    long time;

    OptionalLong storedTime = OptionalLong.empty();

    /** What it takes in memory, about. */
    int bytes;

    /** What it counts for in the cache; zero before it was there. */
    int keptWeight;

    Row(K key, byte[] keyBytes, V value, byte[][][] indexed) {
        this.key = key;
        this.keyBytes = keyBytes;
        this.value = value;
        this.indexed = indexed;
    }

    /** What to throw where it cannot be written. */
    VarveException failure(String node, Throwable cause) {
        return byDueWork
                ? new DueWorkException(position, node, cause)
                : new ProjectionException(position, node, cause);
    }

    boolean isThere() {
        return counted || value != null || unread != null;
    }

    // Only rows of numbers are counted.
    @SuppressWarnings("unchecked")
    V value() {
        if (unread != null) {
            value = unread.plainValue(BytesView.of(sealed));
            unread = null;
        }
        return counted ? (V) (Long) count : value;
    }

    /** Sets the value; null where there is to be no row. */
    void value(V next) {
        value = next;
        counted = false;
        shared = false;
        sealed = null;
        unread = null;
    }

    /** Lets go of the object, which others have, and may change. */
    void keep(byte[] bytes, StoreDefinition<?, V> definition) {
        value = null;
        sealed = bytes;
        unread = definition;
    }

    /** Adds one to a value that is a number; one, where there was no row. */
    void count() {
        if (!counted) {
            count = value == null ? 0 : (Long) value;
            value = null;
            counted = true;
        }
        count++;
    }
}
