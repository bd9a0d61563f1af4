package io.varve.store;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.Crc;
import io.varve.store.errors.StoreCorruptedException;
import java.security.MessageDigest;

/**
 * A block, read where it lies; see {@link BlockFormat}. One thread at a time, pointed anew at each
 * block. Nothing is believed before {@link #check} has seen the checksums.
 */
final class BlockView {
    private final BytesView bytes = new BytesView();
    private final Crc crc = new Crc();
    private int table;
    private int count;
    private int headerLength;
    private long firstPosition;
    private long commitTimeMillis;

    /** Chunks of this block that were found right, a bit each; see {@link #checkRecord}. */
    private long goodChunks;

    private boolean goodTable;

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
                || bytes.getInt(BlockFormat.HEADER_CRC) != headerCrc()) {
            throw damaged("its header does not fit its checksum", lastPosition);
        }
        open(lastPosition);
    }

    /**
     * Reads a header that was found right before.
     *
     * @param lastPosition what the block's key says
     */
    void open(long lastPosition) {
        if (bytes.length() < BlockFormat.HEADER
                || bytes.getInt(0) != BlockFormat.MAGIC
                || bytes.getInt(BlockFormat.LENGTH) != bytes.length()) {
            throw damaged("its header does not fit its checksum", lastPosition);
        }
        checkFormat();
        count = bytes.getInt(BlockFormat.COUNT);
        firstPosition = bytes.getLong(BlockFormat.FIRST_POSITION);
        commitTimeMillis = bytes.getLong(BlockFormat.COMMIT_TIME);
        headerLength = bytes.getShort(BlockFormat.HEADER_LENGTH);
        table = headerLength + bytes.getInt(BlockFormat.PREAMBLE_LENGTH);
        goodChunks = 0;
        goodTable = false;
        if (firstPosition + count - 1 != lastPosition) {
            throw damaged("it lies in the place of another", lastPosition);
        }
    }

    private void checkFormat() {
        int version = bytes.getByte(BlockFormat.FORMAT_VERSION);
        int flags = bytes.getByte(BlockFormat.FLAGS);
        if (version != BlockFormat.VERSION || (flags & ~BlockFormat.KNOWN_FLAGS) != 0) {
            throw new StoreCorruptedException(
                    "a block of an unknown format: version=" + version + " flags=" + flags,
                    "Open the store with a newer version of Varve.");
        }
    }

    /** Whether single events can be checked without checking all. */
    boolean isChunked() {
        return (bytes.getByte(BlockFormat.FLAGS) & BlockFormat.CHUNKED) != 0;
    }

    /** Whether it has a hash. */
    boolean isSealed() {
        return (bytes.getByte(BlockFormat.FLAGS) & BlockFormat.SEALED) != 0;
    }

    /** Copies its hash. */
    void sha(byte[] target) {
        bytes.copyTo(BlockFormat.SHA, target, 0, ShaChain.BYTES);
    }

    /** Computes its hash anew; see {@link ShaChain#link}. */
    byte[] computeSha(byte[] previous, MessageDigest digest) {
        byte[] part = new byte[8192];
        digest.update(previous);
        bytes.copyTo(0, part, 0, BlockFormat.SHA);
        digest.update(part, 0, BlockFormat.SHA);
        for (int at = BlockFormat.SHA + ShaChain.BYTES; at < bytes.length(); at += part.length) {
            int length = Math.min(part.length, bytes.length() - at);
            bytes.copyTo(at, part, 0, length);
            digest.update(part, 0, length);
        }
        return digest.digest();
    }

    /**
     * Checks header and body.
     *
     * @param lastPosition what the block's key says
     */
    void check(long lastPosition) {
        checkHeader(lastPosition);
        if (isChunked()) {
            checkTable(lastPosition);
            checkChunks(headerLength, bytes.length(), lastPosition);
        } else {
            int body = bytes.length() - headerLength;
            if (crc.reset().update(bytes, headerLength, body).value()
                    != bytes.getInt(BlockFormat.BODY_CRC)) {
                throw damagedEvents(lastPosition);
            }
        }
    }

    /** Checks what is read of event {@code i} of a block that {@link #isChunked}. */
    void checkRecord(int i, long lastPosition) {
        if (!goodTable) {
            checkTable(lastPosition);
        }
        int entry = table + i * BlockFormat.TABLE_ENTRY;
        int entries = i + 1 < count ? 2 : 1;
        checkChunks(entry, entry + entries * BlockFormat.TABLE_ENTRY, lastPosition);
        checkChunks(record(i), recordEnd(i), lastPosition);
    }

    private void checkTable(long lastPosition) {
        int from = headerLength - BlockFormat.chunkTable(bytes.length() - headerLength);
        int sum = crc.reset().update(bytes, from, headerLength - from).value();
        if (sum != bytes.getInt(BlockFormat.BODY_CRC)) {
            throw damagedEvents(lastPosition);
        }
        goodTable = true;
    }

    /** Checks the chunks that hold the bytes {@code from} to {@code to}, excluded. */
    private void checkChunks(int from, int to, long lastPosition) {
        int last = (to - 1 - headerLength) / BlockFormat.CHUNK;
        for (int chunk = (from - headerLength) / BlockFormat.CHUNK; chunk <= last; chunk++) {
            if ((goodChunks & 1L << chunk) == 0) {
                checkChunk(chunk, lastPosition);
            }
        }
    }

    private void checkChunk(int chunk, long lastPosition) {
        int body = bytes.length() - headerLength;
        int at = headerLength + chunk * BlockFormat.CHUNK;
        int length = Math.min(BlockFormat.CHUNK, bytes.length() - at);
        int sums = headerLength - BlockFormat.chunkTable(body);
        if (crc.reset().update(bytes, at, length).value()
                != bytes.getInt(sums + chunk * Integer.BYTES)) {
            throw damagedEvents(lastPosition);
        }
        goodChunks |= 1L << chunk;
    }

    private StoreCorruptedException damagedEvents(long lastPosition) {
        return damaged("its events do not fit their checksum", lastPosition);
    }

    private StoreCorruptedException damaged(String how, long lastPosition) {
        return new StoreCorruptedException(
                "a block of the log: " + how + ": lastPosition=" + lastPosition, Log.REMEDY);
    }

    private int headerCrc() {
        return crc.reset().update(bytes, BlockFormat.LENGTH, BlockFormat.HEADER - 8).value();
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

    /** What its chain hash must be. */
    long expectedChain() {
        return BlockFormat.chain(
                previousChain(),
                bytes.getInt(BlockFormat.BODY_CRC),
                bytes.getInt(BlockFormat.NONCE),
                firstPosition,
                count);
    }

    /** Tells the names this block brings. */
    void names(PreambleCodec.Visitor visitor) {
        PreambleCodec.read(
                new BytesView().wrap(bytes, headerLength, table - headerLength), visitor);
    }

    /** Where record {@code i} begins, 0 to {@link #count()} - 1. */
    int record(int i) {
        return bytes.getShort(table + i * BlockFormat.TABLE_ENTRY) & 0xffff;
    }

    /** Where record {@code i} ends. */
    int recordEnd(int i) {
        return i + 1 < count ? record(i + 1) : bytes.length();
    }

    /** Whether record {@code i} has neither headers nor payload. */
    boolean isBare(int i, int record) {
        return recordEnd(i) == record + BlockFormat.RECORD;
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
