package io.varve.store;

import io.varve.store.bytes.BytesWriter;
import io.varve.store.bytes.Crc;
import io.varve.store.bytes.Memory;
import java.util.Arrays;

/**
 * Collects events into a block; see {@link BlockFormat}. One thread at a time, used again and
 * again.
 */
final class BlockBuilder {
    private final BytesWriter head = new BytesWriter(1024);
    private final BytesWriter preamble = new BytesWriter(1024);
    private final BytesWriter records = new BytesWriter(BlockFormat.MAX_BLOCK);
    private final Crc crc = new Crc();
    private int[] starts = new int[64];
    private int count;

    void reset() {
        preamble.reset();
        records.reset();
        count = 0;
    }

    int count() {
        return count;
    }

    /** Where the preamble of this block is written to, by {@link PreambleCodec}. */
    BytesWriter preamble() {
        return preamble;
    }

    /** Whether an event fits behind the others. One event alone always does. */
    boolean fits(int preambleBytes, int bodyBytes) {
        long length =
                (long) BlockFormat.HEADER
                        + preamble.size()
                        + preambleBytes
                        + (count + 1L) * BlockFormat.TABLE_ENTRY
                        + records.size()
                        + BlockFormat.RECORD
                        + bodyBytes;
        return count == 0 || length <= BlockFormat.MAX_BLOCK;
    }

    /** Adds event {@code i} of a batch. */
    void add(EventBatch batch, int i, int stream, int type, long version, long timeMillis) {
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, count * 2);
        }
        starts[count++] = records.size();
        records.ensure(BlockFormat.RECORD + batch.bodyLength(i));
        records.putInt(stream);
        records.putShort(type);
        records.putShort(batch.headersLength(i));
        // Two numbers of 48 bits, as three words of 32.
        records.putInt((int) version);
        records.putInt((int) (version >>> 32 & 0xffff) | (int) timeMillis << 16);
        records.putInt((int) (timeMillis >> 16));
        records.putBytes(batch.bytes(), batch.start(i), batch.bodyLength(i));
    }

    /** How long the block is now. */
    int length() {
        return BlockFormat.HEADER
                + preamble.size()
                + count * BlockFormat.TABLE_ENTRY
                + records.size();
    }

    /**
     * Writes header and offset table, so that {@link #copyTo} can follow.
     *
     * @return the block's chain hash
     */
    long seal(long firstPosition, long commitTimeMillis, long previousChain, int nonce) {
        int length = length();
        int recordsAt = length - records.size();
        head.reset();
        for (int at = 0; at < BlockFormat.HEADER; at += Long.BYTES) {
            head.putLong(0);
        }
        head.putBytes(preamble.array(), 0, preamble.size());
        head.ensure(count * BlockFormat.TABLE_ENTRY);
        for (int i = 0; i < count; i++) {
            head.putShort(recordsAt + starts[i]);
        }
        int bodyCrc =
                crc.reset()
                        .update(head.array(), BlockFormat.HEADER, head.size() - BlockFormat.HEADER)
                        .update(records.array(), 0, records.size())
                        .value();
        long chain = BlockFormat.chain(previousChain, bodyCrc, nonce, firstPosition, count);
        head.setInt(0, BlockFormat.MAGIC);
        head.setInt(BlockFormat.LENGTH, length);
        head.setInt(BlockFormat.FORMAT_VERSION, BlockFormat.VERSION | BlockFormat.HEADER << 16);
        head.setLong(BlockFormat.FIRST_POSITION, firstPosition);
        head.setInt(BlockFormat.COUNT, count);
        head.setInt(BlockFormat.PREAMBLE_LENGTH, preamble.size());
        head.setLong(BlockFormat.COMMIT_TIME, commitTimeMillis);
        head.setLong(BlockFormat.PREVIOUS_CHAIN, previousChain);
        head.setLong(BlockFormat.CHAIN, chain);
        head.setInt(BlockFormat.NONCE, nonce);
        head.setInt(BlockFormat.BODY_CRC, bodyCrc);
        int headCrc =
                crc.reset()
                        .update(head.array(), BlockFormat.LENGTH, BlockFormat.HEADER - 8)
                        .value();
        head.setInt(BlockFormat.HEADER_CRC, headCrc);
        return chain;
    }

    /** Copies the sealed block to memory that has room for {@link #length()} bytes. */
    void copyTo(long address) {
        Memory.copy(head.array(), 0, address, head.size());
        Memory.copy(records.array(), 0, address + head.size(), records.size());
    }
}
