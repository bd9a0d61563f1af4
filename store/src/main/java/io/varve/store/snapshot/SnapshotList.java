package io.varve.store.snapshot;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.snapshot.Rejection.Reason;

/**
 * The row that says which snapshots of a stream there are, so that the newest is found, and a
 * damaged one passed over, without a walk through them.
 *
 * <pre>
 *   0  u16  format, 1
 *   2  u16  how many
 *   4  u64  versions of the stream, the newest first
 * </pre>
 */
final class SnapshotList {
    private static final int FORMAT = 1;
    private static final int HEADER = 4;

    private SnapshotList() {}

    static void write(Iterable<Long> versions, BytesWriter out) {
        out.putShort(FORMAT).putShort(0);
        int count = 0;
        for (long version : versions) {
            out.putLong(version);
            count++;
        }
        out.setShort(2, count);
    }

    static long[] read(BytesView row) {
        SnapshotHeader.checkFormat(row, HEADER, FORMAT);
        int count = row.getShort(2) & 0xffff;
        if (row.length() != HEADER + count * Long.BYTES) {
            throw new SnapshotHeader.Unreadable(Reason.DAMAGED, "length=" + row.length());
        }
        long[] versions = new long[count];
        for (int i = 0; i < count; i++) {
            versions[i] = row.getLong(HEADER + i * Long.BYTES);
        }
        return versions;
    }
}
