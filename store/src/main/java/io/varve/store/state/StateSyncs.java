package io.varve.store.state;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.errors.VarveException;
import io.varve.store.lmdb.LmdbReader;
import io.varve.store.lmdb.LmdbTable;
import io.varve.store.lmdb.RowChecksum;
import io.varve.store.lmdb.SyncListener;
import java.util.Optional;
import java.util.UUID;

/**
 * Goes along with the syncs of keyed state: remembers the checkpoint of each, and holds it back
 * until the log is on disk so far.
 *
 * <pre>
 *   tag   0  u8   1
 *         1  ...  the checkpoint as in its row, without checksum; nothing where there is none
 * </pre>
 */
final class StateSyncs implements SyncListener {
    private final LmdbTable meta;
    private final SyncBarrier barrier;
    private final StateDamage damage;
    private volatile Optional<Checkpoint> synced = Optional.empty();

    StateSyncs(LmdbTable meta, SyncBarrier barrier, StateDamage damage) {
        this.meta = meta;
        this.barrier = barrier;
        this.damage = damage;
    }

    @Override
    public byte[] tag(LmdbReader reader) {
        BytesView value = new BytesView();
        BytesWriter out = new BytesWriter();
        out.putByte(1);
        if (reader.get(meta, CheckpointRow.KEY, value)) {
            out.putBytes(value.wrap(value, RowChecksum.BYTES, value.length() - RowChecksum.BYTES));
        }
        return out.view().toByteArray();
    }

    private static Optional<Checkpoint> decode(byte[] tag) {
        BytesView in = BytesView.of(tag);
        return in.length() < 1 + CheckpointRow.LENGTH
                ? Optional.empty()
                : Optional.of(
                        new Checkpoint(
                                new UUID(in.getLong(1), in.getLong(9)),
                                in.getLong(17),
                                in.getLong(25),
                                in.getLong(33)));
    }

    @Override
    public void beforeSync(byte[] tag) {
        Optional<Checkpoint> next = decode(tag);
        if (next.isEmpty() || next.equals(synced)) {
            return;
        }
        try {
            barrier.await(next.get());
        } catch (VarveException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new StoreIoException("A sync was put off: " + next.get(), e);
        }
    }

    @Override
    public void synced(byte[] tag) {
        synced = decode(tag);
    }

    /** The checkpoint that is on disk. */
    Optional<Checkpoint> synced() {
        return synced;
    }

    @Override
    public void failed(VarveException why) {
        // Whoever writes next hears of it; of damage, who is told of that does at once.
        if (why instanceof StoreCorruptedException found) {
            damage.found(found);
        }
    }
}
