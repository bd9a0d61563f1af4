package io.varve.store;

import io.varve.store.bytes.BytesView;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.StoreFailedException;
import io.varve.store.errors.VarveException;
import io.varve.store.lmdb.LmdbCursor;
import io.varve.store.lmdb.LmdbEnvironment;
import io.varve.store.lmdb.LmdbReader;
import io.varve.store.lmdb.LmdbTable;
import io.varve.store.lmdb.SyncListener;
import java.time.Duration;

/** How far a log is on disk that is synced some time after its commits. Thread-safe. */
final class DurablePosition implements SyncListener, AutoCloseable {
    private final LmdbEnvironment environment;
    private final LmdbTable blocks;
    private final CommitSignal signal = new CommitSignal("log");
    private volatile VarveException failure;

    /** Begins with all on disk that there is. */
    DurablePosition(LmdbEnvironment environment, LmdbTable blocks) {
        this.environment = environment;
        this.blocks = blocks;
        environment.listenToSyncs(this);
        environment.sync();
    }

    @Override
    public byte[] tag(LmdbReader reader) {
        try (LmdbCursor cursor = reader.openCursor(blocks)) {
            if (!cursor.last()) {
                return SyncTag.NONE.encode();
            }
            BytesView block = new BytesView();
            cursor.value(block);
            return new SyncTag(cursor.longKey(), block.getLong(BlockFormat.CHAIN)).encode();
        }
    }

    @Override
    public void synced(byte[] tag) {
        signal.advance(SyncTag.decode(tag).position());
    }

    @Override
    public void failed(VarveException why) {
        failure = why;
        signal.close();
    }

    /** The last position that is on disk, or -1. */
    long position() {
        return signal.head();
    }

    /** Brings everything up to a position to the disk, if it is not there. */
    void ensure(long position) {
        if (signal.head() < position) {
            environment.sync();
        }
    }

    /** Waits until a position is on disk; false when the time is up. */
    boolean await(long position, Duration timeout) throws InterruptedException {
        try {
            return signal.await(position, timeout);
        } catch (StoreClosedException e) {
            if (failure != null) {
                throw new StoreFailedException(environment.folder(), failure);
            }
            throw e;
        }
    }

    @Override
    public void close() {
        signal.close();
    }
}
