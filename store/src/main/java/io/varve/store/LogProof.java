package io.varve.store;

import io.varve.store.bytes.BytesView;
import io.varve.store.lmdb.LmdbCursor;
import io.varve.store.lmdb.LmdbEnvironment;
import io.varve.store.lmdb.LmdbReader;
import io.varve.store.lmdb.LmdbTable;

/**
 * Proves that a log is whole from the block that was last on disk for certain to its end: each
 * block follows the one before, and fits its checksums.
 */
final class LogProof {
    private LogProof() {}

    /** Whether it is; throws where it comes to damage. */
    static boolean holds(LmdbEnvironment environment, byte[] tag) {
        SyncTag synced = SyncTag.decode(tag);
        if (!environment.tableNames().contains(Log.BLOCKS)) {
            return synced.position() < 0;
        }
        LmdbTable blocks = environment.existingTable(Log.BLOCKS);
        try (LmdbReader reader = environment.reader();
                LmdbCursor cursor = reader.openCursor(blocks)) {
            return isWhole(cursor, synced);
        }
    }

    private static boolean isWhole(LmdbCursor cursor, SyncTag synced) {
        BlockView block = new BlockView();
        if (!cursor.seek(Math.max(0, synced.position()))) {
            return synced.position() < 0;
        }
        look(cursor, block);
        if (synced.position() >= 0
                && block.firstPosition() <= synced.position()
                && (block.lastPosition() != synced.position() || block.chain() != synced.chain())) {
            return false;
        }
        long next = block.lastPosition() + 1;
        long chain = block.chain();
        while (cursor.next()) {
            look(cursor, block);
            if (block.firstPosition() != next || block.previousChain() != chain) {
                return false;
            }
            next = block.lastPosition() + 1;
            chain = block.chain();
        }
        return true;
    }

    private static void look(LmdbCursor cursor, BlockView block) {
        BytesView bytes = block.bytes();
        cursor.value(bytes);
        block.check(cursor.longKey());
    }
}
