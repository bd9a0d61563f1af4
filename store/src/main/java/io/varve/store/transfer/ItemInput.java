package io.varve.store.transfer;

import io.varve.store.errors.ImportException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Cuts an input into items without looking into them, so that none takes more memory than it may.
 * One thread at a time.
 */
final class ItemInput {
    private static final int MAX_DEPTH = 16;
    private static final int BREAK = 0xff;
    private static final int INDEFINITE = 31;

    private final InputStream in;
    private final TransferFormat format;
    private final int limit;
    private final byte[] buffer = new byte[1 << 16];
    private int at;
    private int end;
    private byte[] item = new byte[1024];
    private int length;
    private long number;
    private long read;

    ItemInput(InputStream in, TransferFormat format, int limit) {
        this.in = in;
        this.format = format;
        this.limit = limit;
    }

    /** The number of the last item, from 1. */
    long number() {
        return number;
    }

    /** Bytes that were read. */
    long read() {
        return read;
    }

    /** The next item with all its bytes, empty at the end. */
    byte[] next() throws IOException {
        length = 0;
        number++;
        int first = readByte();
        if (first < 0) {
            return new byte[0];
        }
        checkFormat(first);
        if (format == TransferFormat.CBOR) {
            put(first);
            cbor(first, 0);
        } else {
            line(first);
        }
        read += length;
        return Arrays.copyOf(item, length);
    }

    /** What an export writes begins with a map in CBOR, and with a brace in JSON. */
    private void checkFormat(int first) {
        TransferFormat other =
                format == TransferFormat.CBOR ? TransferFormat.JSON_LINES : TransferFormat.CBOR;
        boolean cbor = first >= 0xa0 && first <= 0xbf;
        if (number == 1 && (format == TransferFormat.CBOR ? first == '{' : cbor)) {
            throw new ImportException(
                    number,
                    "it is not " + format + ", but looks like " + other,
                    "Name the format in which it was exported.");
        }
    }

    private int readByte() throws IOException {
        if (at == end) {
            end = in.read(buffer);
            at = 0;
            if (end <= 0) {
                end = 0;
                return -1;
            }
        }
        return buffer[at++] & 0xff;
    }

    private void line(int first) throws IOException {
        put(first);
        for (int b = first; b != '\n'; ) {
            b = take();
        }
    }

    /** The next byte of an item that has begun. */
    private int take() throws IOException {
        int b = readByte();
        if (b < 0) {
            throw new ImportException(number, "it is cut short", EventImport.REMEDY);
        }
        put(b);
        return b;
    }

    private void put(int b) {
        if (length == limit) {
            throw new ImportException(
                    number,
                    "it is longer than any event of this store: limit=" + limit,
                    "Open the store with a larger maxPayloadBytes, or leave the event out.");
        }
        if (length == item.length) {
            item = Arrays.copyOf(item, (int) Math.min(limit, item.length * 2L));
        }
        item[length++] = (byte) b;
    }

    /** Takes what follows the first byte of a CBOR item. */
    private void cbor(int first, int depth) throws IOException {
        int major = first >> 5;
        int info = first & 31;
        if (depth > MAX_DEPTH || info > 27 && info < INDEFINITE) {
            throw malformed();
        }
        if (info == INDEFINITE) {
            indefinite(major, depth);
            return;
        }
        long value = argument(info);
        switch (major) {
            case 2, 3 -> bytes(value);
            case 4 -> items(value, depth);
            case 5 -> items(Math.multiplyExact(Math.min(value, limit), 2), depth);
            case 6 -> items(1, depth);
            default -> {} // a number, or a simple value: it ends here
        }
    }

    private ImportException malformed() {
        return new ImportException(
                number, "it is no CBOR that an export writes", EventImport.REMEDY);
    }

    private long argument(int info) throws IOException {
        if (info < 24) {
            return info;
        }
        long value = 0;
        for (int i = 1 << info - 24; i > 0; i--) {
            value = value << 8 | take();
        }
        return value < 0 ? Long.MAX_VALUE : value;
    }

    private void bytes(long count) throws IOException {
        for (long i = 0; i < count; i++) {
            take();
        }
    }

    private void items(long count, int depth) throws IOException {
        for (long i = 0; i < count; i++) {
            cbor(take(), depth + 1);
        }
    }

    private void indefinite(int major, int depth) throws IOException {
        if (major < 2 || major > 5) {
            throw malformed();
        }
        for (int b = take(); b != BREAK; b = take()) {
            cbor(b, depth + 1);
        }
    }
}
