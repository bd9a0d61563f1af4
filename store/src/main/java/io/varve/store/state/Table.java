package io.varve.store.state;

import io.varve.store.bytes.BytesView;

/** Changes rows, inside a transaction. */
public interface Table extends ReadOnlyTable {
    /**
     * Writes a row over the one with the same key, if there is one.
     *
     * @param key 1 to {@value #MAX_KEY_BYTES} bytes; copied
     * @param value 0 bytes or more; copied
     */
    void put(BytesView key, BytesView value);

    /**
     * Removes a row.
     *
     * @param key of the row
     * @return whether there was one
     */
    boolean delete(BytesView key);

    /** Removes all rows; their number makes no difference to what it takes in memory. */
    void clear();
}
