package io.varve.store;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.Crc;
import io.varve.store.errors.IncompatibleStoreException;
import io.varve.store.errors.StoreCorruptedException;
import java.security.MessageDigest;

/**
 * A block, read where it lies; see {@link BlockFormat}. One thread at a time, pointed anew at each
 * block. Nothing is believed before {@link #check} has seen the checksums.
 */
final class BlockView {
    private final BytesView bytes = new BytesView();
    private final Crc crc = new Crc();
    private final BlockFields fields = new BlockFields();
    private int table;
    private int count;
    private int headerLength;
    private long firstPosition;
    private long commitTimeMillis;

    /** Chunks of this block that were found right, a bit each; see {@link #checkEvent}. */
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
                || bytes.length() < BlockFormat.checkedHeader(flags())
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
                || bytes.length() < BlockFormat.checkedHeader(flags())
                || bytes.getInt(0) != BlockFormat.MAGIC
                || bytes.getInt(BlockFormat.LENGTH) != bytes.length()) {
            throw damaged("its header does not fit its checksum", lastPosition);
        }
        checkFormat();
        count = bytes.getInt(BlockFormat.COUNT);
        firstPosition = bytes.getLong(BlockFormat.FIRST_POSITION);
        commitTimeMillis = bytes.getLong(BlockFormat.COMMIT_TIME);
        headerLength = bytes.getShort(BlockFormat.HEADER_LENGTH);
        openBody(lastPosition);
        goodChunks = 0;
        goodTable = false;
        if (firstPosition + count - 1 != lastPosition) {
            throw damaged("it lies in the place of another", lastPosition);
        }
    }

    /** Sees that all rows are within the block: checksums can be forged. */
    private void openBody(long lastPosition) {
        int preamble = bytes.getInt(BlockFormat.PREAMBLE_LENGTH);
        long rows = (long) headerLength + preamble;
        if (headerLength < BlockFormat.checkedHeader(flags())
                || preamble < 0
                || count < 1
                || rows > bytes.length()) {
            throw damaged("its parts do not fit its length", lastPosition);
        }
        table = (int) rows;
        fields.open(bytes, table, count, flags());
        if (rows + (long) count * fields.rowLength() > bytes.length()) {
            throw damaged("its parts do not fit its length", lastPosition);
        }
    }

    private void checkFormat() {
        int version = bytes.getByte(BlockFormat.FORMAT_VERSION);
        int flags = flags();
        if (version != BlockFormat.VERSION
                || (flags & ~BlockFormat.KNOWN_FLAGS) != 0
                || (flags & BlockFormat.ROWS) != 0 && !hasKnownFields()) {
            throw new IncompatibleStoreException(
                    "A block of the log has an unknown format: version="
                            + version
                            + " flags="
                            + flags,
                    "Open the store with a newer version of Varve.");
        }
    }

    private boolean hasKnownFields() {
        int own = bytes.getShort(BlockFormat.SHARED) & 0xffff;
        return (own & ~RowFormat.ALL) == 0
                && bytes.getShort(BlockFormat.SHARED + RowFormat.SHARED_LENGTH - 2) == 0;
    }

    private int flags() {
        return bytes.getByte(BlockFormat.FLAGS);
    }

    /** Whether single events can be checked without checking all. */
    boolean isChunked() {
        return (flags() & BlockFormat.CHUNKED) != 0;
    }

    /** Whether it has a hash. */
    boolean isSealed() {
        return (flags() & BlockFormat.SEALED) != 0;
    }

    private int shaAt() {
        return BlockFormat.checkedHeader(flags());
    }

    /** Copies its hash. */
    void sha(byte[] target) {
        bytes.copyTo(shaAt(), target, 0, ShaChain.BYTES);
    }

    /** Computes its hash anew; see {@link ShaChain#link}. */
    byte[] computeSha(byte[] previous, MessageDigest digest) {
        byte[] part = new byte[8192];
        digest.update(previous);
        bytes.copyTo(0, part, 0, shaAt());
        digest.update(part, 0, shaAt());
        for (int at = shaAt() + ShaChain.BYTES; at < bytes.length(); at += part.length) {
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
    void checkEvent(int i, long lastPosition) {
        if (!goodTable) {
            checkTable(lastPosition);
        }
        int row = fields.row(i);
        int rows = i + 1 < count ? 2 : 1;
        checkChunks(row, row + rows * fields.rowLength(), lastPosition);
        checkChunks(fields.start(i), end(i), lastPosition);
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
        int end = BlockFormat.checkedHeader(flags());
        return crc.reset().update(bytes, BlockFormat.LENGTH, end - BlockFormat.LENGTH).value();
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

    /** Where the first body must begin. */
    int bodies() {
        return fields.row(count);
    }

    /** Where event {@code i} begins, 0 to {@link #count()} - 1: its record, or its body. */
    int start(int i) {
        return fields.start(i);
    }

    /** Where the headers of event {@code i} begin, and behind them the payload. */
    int body(int i) {
        return fields.body(i);
    }

    /** Where the payload of event {@code i} ends. */
    int end(int i) {
        return i + 1 < count ? fields.start(i + 1) : bytes.length();
    }

    /** Whether event {@code i} has neither headers nor payload. */
    boolean isBare(int i) {
        return body(i) == end(i);
    }

    /** The fields of its events. */
    BlockFields fields() {
        return fields;
    }

    void release() {
        bytes.release();
    }
}
