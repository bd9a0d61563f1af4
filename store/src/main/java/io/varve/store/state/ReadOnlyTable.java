package io.varve.store.state;

import io.varve.store.bytes.BytesView;

/** Reads rows of bytes, in the unsigned order of their keys. Belongs to one thread at a time. */
public interface ReadOnlyTable {
    /** The longest key, in bytes. */
    int MAX_KEY_BYTES = 511;

    /**
     * Finds a row.
     *
     * @param key 1 to {@value #MAX_KEY_BYTES} bytes
     * @param value is pointed at the row's value, lent until the next call on the same view or
     *     transaction
     * @return whether there is such a row; if not, {@code value} is empty
     * @throws io.varve.store.errors.StoreCorruptedException if the row is damaged
     */
    boolean get(BytesView key, BytesView value);

    /**
     * Walks rows in key order.
     *
     * @param from the first key, included; empty for the beginning
     * @param to the last key, excluded; empty for the end
     * @param visitor is called with each row until it returns false
     * @throws io.varve.store.errors.StoreCorruptedException if a row is damaged
     */
    void scan(BytesView from, BytesView to, RowVisitor visitor);

    /**
     * Walks rows against key order, from the last to the first.
     *
     * @param from the first key, included; empty for the beginning
     * @param to the last key, excluded; empty for the end
     * @param visitor is called with each row until it returns false
     * @throws io.varve.store.errors.StoreCorruptedException if a row is damaged
     */
    void reverseScan(BytesView from, BytesView to, RowVisitor visitor);

    /**
     * Counts the rows; takes no longer for many than for few.
     *
     * @return 0 or more
     */
    long count();

    /** Takes rows, one by one. */
    @FunctionalInterface
    interface RowVisitor {
        /**
         * Takes a row.
         *
         * @param key lent for the time of the call
         * @param value lent for the time of the call
         * @return whether to go on
         */
        boolean row(BytesView key, BytesView value);
    }
}
