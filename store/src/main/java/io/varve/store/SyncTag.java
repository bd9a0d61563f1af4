package io.varve.store;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Where the log ended at a sync.
 *
 * <pre>
 *   0  i64 position of the last event, or -1
 *   8  u64 chain hash of its block, or 0
 * </pre>
 */
record SyncTag(long position, long chain) {
    private static final int BYTES = 16;

    /** Nothing is known to be on disk. */
    static final SyncTag NONE = new SyncTag(-1, 0);

    byte[] encode() {
        ByteBuffer out = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        return out.putLong(position).putLong(chain).array();
    }

    static SyncTag decode(byte[] bytes) {
        if (bytes.length != BYTES) {
            return NONE;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        return new SyncTag(in.getLong(), in.getLong());
    }
}
