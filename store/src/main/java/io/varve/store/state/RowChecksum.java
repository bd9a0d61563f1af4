package io.varve.store.state;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.Crc;
import io.varve.store.errors.StoreCorruptedException;

/**
 * The checksum in front of each value: CRC-32C of the value and its key, so that a value under a
 * wrong key is noticed as well. One thread at a time.
 *
 * <pre>
 *   0  u32  CRC-32C of value, then key
 *   4  ...  value
 * </pre>
 */
final class RowChecksum {
    static final int BYTES = Integer.BYTES;

    private final Crc crc = new Crc();
    private final BytesView body = new BytesView();

    int of(BytesView key, BytesView value) {
        return crc.reset().update(value).update(key).value();
    }

    /** Checks a row. */
    void check(String table, BytesView key, BytesView row) {
        if (row.length() < BYTES
                || row.getInt(0) != of(key, body.wrap(row, BYTES, row.length() - BYTES))) {
            throw new StoreCorruptedException(
                    "a row does not fit its checksum: table=" + table,
                    "Delete the folder of the projection: it is built again from the log.");
        }
        body.release();
    }

    /** Checks a row and points a view at its value. */
    void checkInto(String table, BytesView key, BytesView row, BytesView value) {
        check(table, key, row);
        value.wrap(row, BYTES, row.length() - BYTES);
    }
}
