package io.varve.store;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.IncompatibleStoreException;

/**
 * Where a log begins whose beginning was cut off; see {@link BaseRows} for the bytes.
 *
 * @param firstPosition the first position still in the log; 0 in a whole log
 * @param chain hash of the block before it; 0 in a whole log
 * @param commitTimeMillis of the block before it
 * @param streamCount streams whose names were cut off
 * @param typeCount types whose names were cut off
 */
record LogBase(
        long firstPosition, long chain, long commitTimeMillis, int streamCount, int typeCount) {
    /** Of a whole log. */
    static final LogBase WHOLE = new LogBase(0, 0, 0, 0, 0);

    private static final int FORMAT = 1;
    private static final int LENGTH = 36;

    /** Writes all but the checksum. */
    void write(BytesWriter out) {
        out.putInt(FORMAT).putLong(firstPosition).putLong(chain).putLong(commitTimeMillis);
        out.putInt(streamCount).putInt(typeCount);
    }

    static LogBase read(BytesView in) {
        if (in.length() < LENGTH || in.getInt(0) != FORMAT) {
            throw new IncompatibleStoreException(
                    "The row that says where the log begins is of another format: format="
                            + (in.length() < Integer.BYTES ? -1 : in.getInt(0)),
                    "Open the store with a newer version of Varve.");
        }
        return new LogBase(
                in.getLong(4), in.getLong(12), in.getLong(20), in.getInt(28), in.getInt(32));
    }
}
