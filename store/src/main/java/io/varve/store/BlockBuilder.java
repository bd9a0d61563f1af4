package io.varve.store;

import io.varve.store.bytes.BytesWriter;
import io.varve.store.bytes.Crc;
import io.varve.store.bytes.Memory;
import java.util.Arrays;

/**
 * Collects events into a block; see {@link BlockFormat}. One thread at a time, used again and
 * again.
 *
 * <p>Records are not copied: a batch holds them as a block does, so a block is made of slices of
 * batches, which are left alone until it is written.
 */
final class BlockBuilder {
    private final BytesWriter head = new BytesWriter(4096);
    private final BytesWriter preamble = new BytesWriter(1024);
    private final BlockSlices records = new BlockSlices();
    private final BlockSums sums = new BlockSums();
    private final ShaChain sha;
    private final Crc crc = new Crc();
    private int[] starts = new int[64];
    private int count;

    BlockBuilder(ShaChain sha) {
        this.sha = sha;
    }

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
                (long) preamble.size()
                        + preambleBytes
                        + (count + 1L) * BlockFormat.TABLE_ENTRY
                        + records.length()
                        + BlockFormat.RECORD
                        + bodyBytes;
        return count == 0 || length <= BlockFormat.MAX_BODY;
    }

    /** Adds event {@code i} of a batch. */
    void add(EventBatch batch, int i, int stream, int type, long version, long timeMillis) {
        batch.stamp(i, stream, type, version, timeMillis);
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, count * 2);
        }
        starts[count++] = records.length();
        records.add(batch.bytes(), batch.recordStart(i), batch.recordLength(i));
    }

    private int bodyLength() {
        return preamble.size() + count * BlockFormat.TABLE_ENTRY + records.length();
    }

    /** Where the body begins. */
    private int headerLength() {
        int body = bodyLength();
        boolean chunked = BlockFormat.isChunked(count, body);
        return BlockFormat.HEADER
                + sha.headerBytes()
                + (chunked ? BlockFormat.chunkTable(body) : 0);
    }

    /** How long the block is now. */
    int length() {
        return headerLength() + bodyLength();
    }

    /**
     * Writes header and offset table, so that {@link #copyTo} can follow.
     *
     * @return the block's chain hash
     */
    long seal(long firstPosition, long commitTimeMillis, long previousChain, int nonce) {
        int header = headerLength();
        head.reset().skip(header);
        head.putBytes(preamble.array(), 0, preamble.size());
        writeOffsets(length() - records.length());
        int flags = BlockFormat.isChunked(count, bodyLength()) ? BlockFormat.CHUNKED : 0;
        flags |= sha.isOn() ? BlockFormat.SEALED : 0;
        int sum = sumBody(header, flags);
        long chain = BlockFormat.chain(previousChain, sum, nonce, firstPosition, count);
        head.setInt(0, BlockFormat.MAGIC);
        head.setInt(BlockFormat.LENGTH, length());
        head.setInt(BlockFormat.FORMAT_VERSION, BlockFormat.VERSION | flags << 8 | header << 16);
        head.setLong(BlockFormat.FIRST_POSITION, firstPosition);
        head.setInt(BlockFormat.COUNT, count);
        head.setInt(BlockFormat.PREAMBLE_LENGTH, preamble.size());
        head.setLong(BlockFormat.COMMIT_TIME, commitTimeMillis);
        head.setLong(BlockFormat.PREVIOUS_CHAIN, previousChain);
        head.setLong(BlockFormat.CHAIN, chain);
        head.setInt(BlockFormat.NONCE, nonce);
        head.setInt(BlockFormat.BODY_CRC, sum);
        int from = BlockFormat.LENGTH;
        crc.reset().update(head.array(), from, BlockFormat.HEADER - from);
        head.setInt(BlockFormat.HEADER_CRC, crc.value());
        if (sha.isOn()) {
            sha.link(head.array(), head.size(), records);
        }
        return chain;
    }

    private void writeOffsets(int recordsAt) {
        head.ensure(count * BlockFormat.TABLE_ENTRY);
        for (int i = 0; i < count; i++) {
            head.putShort(recordsAt + starts[i]);
        }
    }

    /** Sums the body, and writes the sums of its chunks behind the header's fixed part. */
    private int sumBody(int header, int flags) {
        sums.begin((flags & BlockFormat.CHUNKED) != 0);
        sums.update(head.array(), header, head.size() - header);
        records.forEach(sums::update);
        int sum = sums.end();
        sums.copyTo(head.array(), BlockFormat.HEADER + sha.headerBytes());
        return sum;
    }

    /** Copies the sealed block to memory that has room for {@link #length()} bytes. */
    void copyTo(long address) {
        Memory.copy(head.array(), 0, address, head.size());
        records.copyTo(address + head.size());
    }
}
