package io.varve.store;

import io.varve.store.bytes.BytesWriter;
import io.varve.store.bytes.Crc;
import io.varve.store.bytes.Memory;

/**
 * Collects events into a block; see {@link BlockFormat}. One thread at a time, used again and
 * again.
 *
 * <p>Headers and payloads are not copied: a batch holds them as a block does, so a block is made of
 * slices of batches, which are left alone until it is written.
 */
final class BlockBuilder {
    private final BytesWriter head = new BytesWriter(4096);
    private final BytesWriter preamble = new BytesWriter(1024);
    private final BlockRows rows = new BlockRows();
    private final BlockSlices bodies = new BlockSlices();
    private final BlockSums sums = new BlockSums();
    private final ShaChain sha;
    private final Crc crc = new Crc();

    BlockBuilder(ShaChain sha) {
        this.sha = sha;
    }

    void reset() {
        preamble.reset();
        rows.reset();
        bodies.reset();
    }

    int count() {
        return rows.count();
    }

    /** Where the preamble of this block is written to, by {@link PreambleCodec}. */
    BytesWriter preamble() {
        return preamble;
    }

    /**
     * Adds as many events of a run as fit behind the others. One event alone always does.
     *
     * @param run of events to be added
     * @param preambleBytes what the preamble is about to grow by
     * @return how many; 0 if none
     */
    int add(EventRun run, int preambleBytes) {
        int own = rows.ownWith(run);
        int row = RowFormat.length(own);
        long room =
                (long) BlockFormat.MAX_BODY
                        - preamble.size()
                        - preambleBytes
                        - bodies.length()
                        - rows.count() * (long) row;
        int fit = run.fit(room, row);
        if (fit == 0 && rows.count() == 0) {
            fit = 1;
        }
        if (fit > 0) {
            rows.add(run, fit, own, bodies.length());
            run.bodies(fit, bodies);
        }
        return fit;
    }

    private int bodyLength() {
        return preamble.size() + rows.length() + bodies.length();
    }

    /** Where the body begins. */
    private int headerLength() {
        int body = bodyLength();
        boolean chunked = BlockFormat.isChunked(rows.count(), body);
        return BlockFormat.SHA + sha.headerBytes() + (chunked ? BlockFormat.chunkTable(body) : 0);
    }

    /** How long the block is now. */
    int length() {
        return headerLength() + bodyLength();
    }

    /**
     * Writes header, preamble and rows, so that {@link #copyTo} can follow.
     *
     * @return the block's chain hash
     */
    long seal(long firstPosition, long commitTimeMillis, long previousChain, int nonce) {
        int header = headerLength();
        int count = rows.count();
        head.reset().skip(BlockFormat.SHARED);
        rows.writeShared(head);
        head.skip(header - head.size());
        head.putBytes(preamble.array(), 0, preamble.size());
        rows.write(head, length() - bodies.length());
        int flags = flags();
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
        crc.reset().update(head.array(), from, BlockFormat.checkedHeader(flags) - from);
        head.setInt(BlockFormat.HEADER_CRC, crc.value());
        if (sha.isOn()) {
            sha.link(head.array(), head.size(), bodies);
        }
        return chain;
    }

    private int flags() {
        return BlockFormat.ROWS
                | (sha.isOn() ? BlockFormat.SEALED : 0)
                | (BlockFormat.isChunked(rows.count(), bodyLength()) ? BlockFormat.CHUNKED : 0);
    }

    /** Sums the body, and writes the sums of its chunks behind the header's fixed part. */
    private int sumBody(int header, int flags) {
        sums.begin((flags & BlockFormat.CHUNKED) != 0);
        sums.update(head.array(), header, head.size() - header);
        bodies.forEach(sums::update);
        int sum = sums.end();
        sums.copyTo(head.array(), BlockFormat.SHA + sha.headerBytes());
        return sum;
    }

    /** Copies the sealed block to memory that has room for {@link #length()} bytes. */
    void copyTo(long address) {
        Memory.copy(head.array(), 0, address, head.size());
        bodies.copyTo(address + head.size());
    }
}
