package io.varve.store;

import io.varve.store.bytes.BytesWriter;
import io.varve.store.bytes.Crc;

/**
 * The checksums of a block's body as it is written: of the whole, or of its chunks and of those
 * sums. One thread at a time.
 */
final class BlockSums {
    private final Crc crc = new Crc();
    private final BytesWriter table = new BytesWriter(256);
    private boolean chunked;
    private int inChunk;

    void begin(boolean byChunks) {
        chunked = byChunks;
        crc.reset();
        table.reset();
        inChunk = 0;
    }

    void update(byte[] array, int offset, int length) {
        if (!chunked) {
            crc.update(array, offset, length);
            return;
        }
        for (int at = offset, end = offset + length; at < end; ) {
            int part = Math.min(end - at, BlockFormat.CHUNK - inChunk);
            crc.update(array, at, part);
            at += part;
            inChunk += part;
            if (inChunk == BlockFormat.CHUNK) {
                endChunk();
            }
        }
    }

    private void endChunk() {
        table.putInt(crc.value());
        crc.reset();
        inChunk = 0;
    }

    /** The sum that goes into the header. */
    int end() {
        if (!chunked) {
            return crc.value();
        }
        if (inChunk > 0) {
            endChunk();
        }
        return crc.reset().update(table.array(), 0, table.size()).value();
    }

    /** Writes the sums of the chunks; none where there is one sum for all. */
    void copyTo(byte[] target, int offset) {
        System.arraycopy(table.array(), 0, target, offset, table.size());
    }
}
