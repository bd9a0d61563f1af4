package io.varve.store;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.Crc;
import io.varve.store.errors.StoreCorruptedException;

/**
 * A block, read where it lies; see {@link BlockFormat}. One thread at a time, pointed anew at each
 * block. Nothing is believed before {@link #check} has seen the checksums.
 */
final class BlockView {
    private final BytesView bytes = new BytesView();
    private final Crc crc = new Crc();
    private int table;
    private int count;
    private long firstPosition;
    private long commitTimeMillis;

    /** The window to be pointed at the block, before {@link #check}. */
    BytesView bytes() {
        return bytes;
    }

    /**
     * Checks the header.
     *
     * @param lastPosition what the block's key says
     */
    void checkHeader(long lastPosition) {
        if (bytes.length() < BlockFormat.HEADER
                || bytes.getInt(0) != BlockFormat.MAGIC
                || bytes.getInt(BlockFormat.LENGTH) != bytes.length()
                || bytes.getInt(BlockFormat.HEADER_CRC) != headerCrc()) {
            throw damaged("its header does not fit its checksum", lastPosition);
        }
        if (bytes.getByte(BlockFormat.FORMAT_VERSION) != BlockFormat.VERSION
                || bytes.getByte(BlockFormat.FLAGS) != 0) {
            throw new StoreCorruptedException(
                    "a block of an unknown format: version="
                            + bytes.getByte(BlockFormat.FORMAT_VERSION)
                            + " flags="
                            + bytes.getByte(BlockFormat.FLAGS),
                    "Open the store with a newer version of Varve.");
        }
        count = bytes.getInt(BlockFormat.COUNT);
        firstPosition = bytes.getLong(BlockFormat.FIRST_POSITION);
        commitTimeMillis = bytes.getLong(BlockFormat.COMMIT_TIME);
        table = headerLength() + bytes.getInt(BlockFormat.PREAMBLE_LENGTH);
        if (firstPosition + count - 1 != lastPosition) {
            throw damaged("it lies in the place of another", lastPosition);
        }
    }

    /**
     * Checks header and body.
     *
     * @param lastPosition what the block's key says
     */
    void check(long lastPosition) {
        checkHeader(lastPosition);
        int from = headerLength();
        int sum = crc.reset().update(bytes, from, bytes.length() - from).value();
        if (sum != bytes.getInt(BlockFormat.BODY_CRC)) {
            throw damaged("its events do not fit their checksum", lastPosition);
        }
    }

    private StoreCorruptedException damaged(String how, long lastPosition) {
        return new StoreCorruptedException(
                "a block of the log: " + how + ": lastPosition=" + lastPosition, Log.REMEDY);
    }

    private int headerCrc() {
        return crc.reset().update(bytes, BlockFormat.LENGTH, BlockFormat.HEADER - 8).value();
    }

    private int headerLength() {
        return bytes.getShort(BlockFormat.HEADER_LENGTH);
    }

    int count() {
        return count;
    }

    long firstPosition() {
        return firstPosition;
    }

    long lastPosition() {
        return firstPosition + count - 1;
    }

    long commitTimeMillis() {
        return commitTimeMillis;
    }

    long chain() {
        return bytes.getLong(BlockFormat.CHAIN);
    }

    long previousChain() {
        return bytes.getLong(BlockFormat.PREVIOUS_CHAIN);
    }

    /** Tells the names this block brings. */
    void names(PreambleCodec.Visitor visitor) {
        int from = headerLength();
        PreambleCodec.read(new BytesView().wrap(bytes, from, table - from), visitor);
    }

    /** Where record {@code i} begins, 0 to {@link #count()} - 1. */
    int record(int i) {
        return bytes.getShort(table + i * BlockFormat.TABLE_ENTRY) & 0xffff;
    }

    /** Where record {@code i} ends. */
    int recordEnd(int i) {
        return i + 1 < count ? record(i + 1) : bytes.length();
    }

    int stream(int record) {
        return bytes.getInt(record);
    }

    int type(int record) {
        return bytes.getShort(record + BlockFormat.RECORD_TYPE) & 0xffff;
    }

    int headersLength(int record) {
        return bytes.getShort(record + BlockFormat.RECORD_HEADERS) & 0xffff;
    }

    long version(int record) {
        return bytes.getLong(record + BlockFormat.RECORD_VERSION) & BlockFormat.MAX_VERSION;
    }

    long eventTimeMillis(int record) {
        return bytes.getLong(record + BlockFormat.RECORD_TIME) >> 16;
    }

    void release() {
        bytes.release();
    }
}
