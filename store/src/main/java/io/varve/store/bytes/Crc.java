package io.varve.store.bytes;

import java.util.zip.CRC32C;

/** A CRC-32C (Castagnoli) over arrays and borrowed memory. One thread at a time. */
public final class Crc {
    /**
     * Small enough to stay in the first cache, so that the copy costs little and warms the reader's
     * data.
     */
    private static final int CHUNK = 8192;

    /** Enough for most rows. */
    private static final int SMALL = 256;

    private final CRC32C crc = new CRC32C();
    private byte[] chunk = {};

    /** A checksum of nothing. */
    public Crc() {}

    /**
     * Forgets everything.
     *
     * @return this
     */
    public Crc reset() {
        crc.reset();
        return this;
    }

    /**
     * Takes more bytes.
     *
     * @param array where they are
     * @param offset of the first
     * @param length how many
     * @return this
     */
    public Crc update(byte[] array, int offset, int length) {
        crc.update(array, offset, length);
        return this;
    }

    /**
     * Takes more bytes.
     *
     * @param view all of it
     * @return this
     */
    public Crc update(BytesView view) {
        return update(view, 0, view.length());
    }

    /**
     * Takes more bytes.
     *
     * @param view where they are
     * @param offset of the first
     * @param length how many
     * @return this
     */
    public Crc update(BytesView view, int offset, int length) {
        if (chunk.length < Math.min(CHUNK, length)) {
            chunk = new byte[Math.max(SMALL, Math.min(CHUNK, length))];
        }
        for (int done = 0; done < length; done += CHUNK) {
            int part = Math.min(CHUNK, length - done);
            view.copyTo(offset + done, chunk, 0, part);
            crc.update(chunk, 0, part);
        }
        return this;
    }

    /**
     * The checksum of all bytes since the last reset.
     *
     * @return 32 bits
     */
    public int value() {
        return (int) crc.getValue();
    }
}
