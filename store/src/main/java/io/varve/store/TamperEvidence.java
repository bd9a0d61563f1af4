package io.varve.store;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.lmdb.LmdbReader;
import io.varve.store.lmdb.LmdbTable;
import io.varve.store.lmdb.LmdbWriter;
import io.varve.store.lmdb.RowChecksum;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalLong;

/**
 * Whether the blocks of a log carry hashes: once on, for ever on.
 *
 * <pre>
 *   table varve   key "sealed"   u32 CRC of value and key, i64 position of the first block with a hash
 * </pre>
 */
final class TamperEvidence {
    static final BytesView KEY = BytesView.of("sealed".getBytes(StandardCharsets.UTF_8));

    private final Log log;
    private final EventView.Names names;

    TamperEvidence(Log log, EventView.Names names) {
        this.log = log;
        this.names = names;
    }

    /** From which position on blocks have hashes; empty where they have none. */
    OptionalLong from() {
        try (LmdbReader reader = log.metaReader()) {
            return from(reader, log.meta());
        }
    }

    /** From which position on blocks have hashes, as a table of rows beside the blocks says. */
    static OptionalLong from(LmdbReader reader, LmdbTable rows) {
        BytesView row = new BytesView();
        if (!reader.get(rows, KEY, row)) {
            return OptionalLong.empty();
        }
        new RowChecksum(Log.REMEDY).check("varve", KEY, row, row);
        return OptionalLong.of(row.getLong(0));
    }

    /** Whether there is no hash yet. */
    static boolean isNone(byte[] sha) {
        return Arrays.equals(sha, new byte[ShaChain.BYTES]);
    }

    /** Begins to hash behind the end of the log, if that was asked for now or ever. */
    void begin(ShaChain chain, boolean wanted) {
        try (LogReader reader = log.reader(names)) {
            boolean any = reader.last();
            if (any && reader.block().isSealed()) {
                chain.begin(lastHash(reader));
                return;
            }
            OptionalLong from = from();
            long next = any ? reader.block().lastPosition() + 1 : 0;
            if (from.isPresent() && from.getAsLong() != next) {
                throw new StoreCorruptedException(
                        "the newest block has no hash, but all must have: from=" + from.getAsLong(),
                        "Somebody has taken the hashes away: restore a backup.");
            }
            if (from.isEmpty() && !wanted) {
                return;
            }
            if (from.isEmpty()) {
                write(next);
            }
            chain.begin(new byte[ShaChain.BYTES]);
        }
    }

    private void write(long from) {
        BytesView value = new BytesWriter(8).putLong(from).view();
        try (LmdbWriter writer = log.writer()) {
            writer.put(log.meta(), KEY, new RowChecksum(Log.REMEDY).of(KEY, value), value);
            writer.commit();
        }
    }

    /** The hash of the last block, which no checksum covers: computed again, and compared. */
    private byte[] lastHash(LogReader reader) {
        BlockView block = reader.block();
        long first = block.firstPosition();
        byte[] previous = new byte[ShaChain.BYTES];
        if (first == log.base().firstPosition()) {
            previous = log.base().shaBytes();
        } else if (first > 0) {
            reader.previous();
            if (block.isSealed()) {
                block.sha(previous);
            }
            reader.next();
        }
        byte[] stored = new byte[ShaChain.BYTES];
        block.sha(stored);
        if (!Arrays.equals(stored, block.computeSha(previous, ShaChain.digest()))) {
            throw new StoreCorruptedException(
                    "the newest block does not fit its hash: lastPosition=" + block.lastPosition(),
                    Log.REMEDY);
        }
        return stored;
    }
}
