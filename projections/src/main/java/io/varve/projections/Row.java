package io.varve.projections;

import java.util.OptionalLong;

/** A decoded row of a store; its value is null where there is no such row. */
final class Row<K, V> {
    final K key;
    final byte[] keyBytes;
    V value;
    boolean dirty;

    /** Of the event that has changed it last. */
    long position;

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

    V value() {
        return value;
    }
}
