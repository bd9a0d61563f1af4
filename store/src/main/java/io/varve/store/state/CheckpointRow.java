package io.varve.store.state;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.lmdb.RowChecksum;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * The row that holds a checkpoint.
 *
 * <pre>
 *   0  u32  checksum, see RowChecksum
 *   4  u64  store id, high half
 *  12  u64  store id, low half
 *  20  u64  incarnation
 *  28  u64  position
 *  36  u64  chain hash
 * </pre>
 */
final class CheckpointRow {
    static final BytesView KEY = BytesView.of("checkpoint".getBytes(StandardCharsets.UTF_8));
    static final int LENGTH = 40;

    private CheckpointRow() {}

    static void write(Checkpoint checkpoint, BytesWriter out) {
        out.reset();
        out.putLong(checkpoint.storeId().getMostSignificantBits());
        out.putLong(checkpoint.storeId().getLeastSignificantBits());
        out.putLong(checkpoint.incarnation());
        out.putLong(checkpoint.position());
        out.putLong(checkpoint.chainHash());
    }

    static Checkpoint read(RowChecksum checksum, BytesView row) {
        BytesView value = new BytesView();
        checksum.check("varve", KEY, row, value);
        if (value.length() != LENGTH) {
            throw new StoreCorruptedException(
                    "a checkpoint of the wrong length: length=" + value.length(),
                    LmdbStateEnvironment.REMEDY);
        }
        return new Checkpoint(
                new UUID(value.getLong(0), value.getLong(8)),
                value.getLong(16),
                value.getLong(24),
                value.getLong(32));
    }
}
