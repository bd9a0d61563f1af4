package io.varve.runtime;

import java.util.List;
import java.util.Map;

/**
 * What a subscriber of {@link ProjectionRuntime#publisher} is told. The first is {@link Rows}.
 *
 * @param <K> keys
 * @param <V> values
 */
public sealed interface WatchUpdate<K, V> {
    /**
     * Up to where it is told.
     *
     * @return position of the log; -1 if nothing was applied yet
     */
    long position();

    /**
     * All rows that are watched, instead of what was told before.
     *
     * @param position that they are as of; -1 if nothing was applied yet
     * @param rows in the order of keys; perhaps none
     * @param <K> keys
     * @param <V> values
     */
    record Rows<K, V>(long position, List<Map.Entry<K, V>> rows) implements WatchUpdate<K, V> {
        /**
         * Keeps the rows.
         *
         * @param position see the record
         * @param rows see the record
         */
        public Rows {
            rows = List.copyOf(rows);
        }
    }

    /**
     * How rows have changed since the last update, by one commit or several: each has its newest
     * value.
     *
     * @param position of the newest commit among them
     * @param changes one or more, in the order of keys
     * @param <K> keys
     * @param <V> values
     */
    record Changes<K, V>(long position, List<RowChange<K, V>> changes)
            implements WatchUpdate<K, V> {
        /**
         * Keeps the changes.
         *
         * @param position see the record
         * @param changes see the record
         */
        public Changes {
            changes = List.copyOf(changes);
        }
    }
}
