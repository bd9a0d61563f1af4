package io.varve.store.lmdb;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.Crc;
import io.varve.store.errors.StoreCorruptedException;

/**
 * The checksum in front of each value of derived data: CRC-32C of the value and its key, so that a
 * value under a wrong key is noticed as well. One thread at a time.
 *
 * <pre>
 *   0  u32  CRC-32C of value, then key
 *   4  ...  value
 * </pre>
 */
public final class RowChecksum {
    /** How many bytes it takes. */
    public static final int BYTES = Integer.BYTES;

    private final String remedy;
    private final Crc crc = new Crc();

    /**
     * A checksum for the rows of an environment.
     *
     * @param remedy what to do about a row that does not fit
     */
    public RowChecksum(String remedy) {
        this.remedy = remedy;
    }

    /**
     * The checksum of a row.
     *
     * @param key of the row
     * @param value of the row
     * @return 32 bits
     */
    public int of(BytesView key, BytesView value) {
        return crc.reset().update(value).update(key).value();
    }

    /**
     * Checks a row and points a view at its value.
     *
     * @param table it is in, to be named in the error
     * @param key of the row
     * @param row as it is stored, with the checksum in front
     * @param value is pointed at what follows the checksum; may be {@code row} itself
     * @throws StoreCorruptedException if they do not fit
     */
    public void check(String table, BytesView key, BytesView row, BytesView value) {
        if (row.length() < BYTES || row.getInt(0) != ofStored(key, row)) {
            throw new StoreCorruptedException(
                    "a row does not fit its checksum: table=" + table, remedy);
        }
        value.wrap(row, BYTES, row.length() - BYTES);
    }

    private int ofStored(BytesView key, BytesView row) {
        return crc.reset().update(row, BYTES, row.length() - BYTES).update(key).value();
    }
}
