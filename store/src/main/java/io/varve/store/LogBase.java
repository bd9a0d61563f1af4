package io.varve.store;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.IncompatibleStoreException;
import java.util.HexFormat;

/**
 * Where a log begins whose beginning was cut off; see {@link BaseRows} for the bytes.
 *
 * @param firstPosition the first position still in the log; 0 in a whole log
 * @param chain hash of the block before it; 0 in a whole log
 * @param commitTimeMillis of the block before it
 * @param streamCount streams whose names were cut off
 * @param typeCount types whose names were cut off
 * @param sha hash of the block before it, in hexadecimal; empty where it has none
 */
record LogBase(
        long firstPosition,
        long chain,
        long commitTimeMillis,
        int streamCount,
        int typeCount,
        String sha) {
    /** Of a whole log. */
    static final LogBase WHOLE = new LogBase(0, 0, 0, 0, 0, "");

    private static final int FORMAT = 1;
    private static final int LENGTH = 36;

    /** Writes all but the checksum. */
    void write(BytesWriter out) {
        out.putInt(FORMAT).putLong(firstPosition).putLong(chain).putLong(commitTimeMillis);
        out.putInt(streamCount).putInt(typeCount).putBytes(HexFormat.of().parseHex(sha));
    }

    static LogBase read(BytesView in) {
        if (in.length() < LENGTH || in.getInt(0) != FORMAT) {
            throw new IncompatibleStoreException(
                    "The row that says where the log begins is of another format: format="
                            + (in.length() < Integer.BYTES ? -1 : in.getInt(0)),
                    "Open the store with a newer version of Varve.");
        }
        return new LogBase(
                in.getLong(4),
                in.getLong(12),
                in.getLong(20),
                in.getInt(28),
                in.getInt(32),
                sha(in));
    }

    private static String sha(BytesView in) {
        byte[] bytes = new byte[in.length() - LENGTH];
        in.copyTo(LENGTH, bytes, 0, bytes.length);
        return ShaChain.hex(bytes);
    }

    /** What the first block follows: zeros where the block before it has no hash. */
    byte[] shaBytes() {
        return sha.isEmpty() ? new byte[ShaChain.BYTES] : HexFormat.of().parseHex(sha);
    }
}
