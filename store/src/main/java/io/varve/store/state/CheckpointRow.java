package io.varve.store.state;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.StoreCorruptedException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * The row that holds a checkpoint.
 *
 * <pre>
 *   0  u32  CRC-32C of the rest, and of the key
 *   4  u64  store id, high half
 *  12  u64  store id, low half
 *  20  u64  incarnation
 *  28  u64  position
 *  36  u64  chain hash
 * </pre>
 */
final class CheckpointRow {
    static final BytesView KEY = BytesView.of("checkpoint".getBytes(StandardCharsets.UTF_8));
    private static final int LENGTH = 44;

    private CheckpointRow() {}

    static void write(Checkpoint checkpoint, BytesWriter out) {
        out.reset();
        out.putLong(checkpoint.storeId().getMostSignificantBits());
        out.putLong(checkpoint.storeId().getLeastSignificantBits());
        out.putLong(checkpoint.incarnation());
        out.putLong(checkpoint.position());
        out.putLong(checkpoint.chainHash());
    }

    static Checkpoint read(BytesView row) {
        new RowChecksum().check("varve", KEY, row);
        if (row.length() != LENGTH) {
            throw new StoreCorruptedException(
                    "a checkpoint of the wrong length: length=" + row.length(),
                    "Delete the folder of the projection: it is built again from the log.");
        }
        return new Checkpoint(
                new UUID(row.getLong(4), row.getLong(12)),
                row.getLong(20),
                row.getLong(28),
                row.getLong(36));
    }
}
