package io.varve.store.snapshot;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.snapshot.Rejection.Reason;
import io.varve.store.state.Checkpoint;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * What a snapshot is of; in front of its state.
 *
 * <pre>
 *   0  u16  format, 1
 *   2  u16  length of the category
 *   4  u32  version of the schema
 *   8  u64  store id, high half
 *  16  u64  store id, low half
 *  24  u64  incarnation
 *  32  u64  position of the last event in the state
 *  40  u64  chain hash of the block that holds that event
 *  48  u64  version of that event in its stream
 *  56  ...  category, UTF-8
 *      ...  state, as its serde wrote it
 * </pre>
 *
 * @param schema version of the schema
 * @param origin history and position
 * @param version of the stream
 * @param category of the stream
 */
record SnapshotHeader(int schema, Checkpoint origin, long version, String category) {
    private static final int FORMAT = 1;
    private static final int LENGTH = 56;

    /** Bytes that are no snapshot of this format. */
    static final class Unreadable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        final Reason reason;

        Unreadable(Reason reason, String what) {
            super(what, null, false, false);
            this.reason = reason;
        }
    }

    /** Refuses a row that begins with another format, or is shorter than its header. */
    static void checkFormat(BytesView row, int header, int known) {
        int format = row.length() < Short.BYTES ? 0 : row.getShort(0) & 0xffff;
        if (format != known || row.length() < header) {
            throw new Unreadable(
                    format > known ? Reason.NEWER_FORMAT : Reason.DAMAGED,
                    "format=" + format + " length=" + row.length());
        }
    }

    void write(BytesWriter out) {
        byte[] name = category.getBytes(StandardCharsets.UTF_8);
        out.putShort(FORMAT).putShort(name.length).putInt(schema);
        out.putLong(origin.storeId().getMostSignificantBits());
        out.putLong(origin.storeId().getLeastSignificantBits());
        out.putLong(origin.incarnation()).putLong(origin.position()).putLong(origin.chainHash());
        out.putLong(version).putBytes(name);
    }

    /** Reads the header, and leaves the view on the state. */
    static SnapshotHeader read(BytesView row) {
        checkFormat(row, LENGTH, FORMAT);
        int name = row.getShort(2) & 0xffff;
        long position = row.getLong(32);
        if (row.length() < LENGTH + name || position < 0) {
            throw new Unreadable(
                    Reason.DAMAGED, "length=" + row.length() + " position=" + position);
        }
        Checkpoint origin =
                new Checkpoint(
                        new UUID(row.getLong(8), row.getLong(16)),
                        row.getLong(24),
                        position,
                        row.getLong(40));
        SnapshotHeader header =
                new SnapshotHeader(
                        row.getInt(4), origin, row.getLong(48), row.getUtf8(LENGTH, name));
        row.wrap(row, LENGTH + name, row.length() - LENGTH - name);
        return header;
    }
}
