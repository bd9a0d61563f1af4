package io.varve.store.lmdb;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What is on disk of an environment for certain: one slot of {@link SyncFile}.
 *
 * <pre>
 *     0  "VARVSYNC"
 *     8  u32 CRC-32C of bytes 12 to 1023
 *    12  u32 format, 1
 *    16  u64 sequence: the slot with the greater one counts
 *    24  u32 how it is used: 1 closed, 2 open and each commit is synced, 3 open and pinned
 *    28  u32 length of the tag, 0 to 128
 *    32  u64 transaction
 *    40  u64 inode of the data file, or 0 where that is not known
 *    48  u64 device of the data file, or 0
 *    56  u64 when it was written
 *    64  boot id, ASCII, zeros behind it, 64 bytes
 *   128  tag, zeros behind it
 *   512  the first 152 bytes of the transaction's meta page
 *   664  u64 sum of what leads to the rows, see {@link TreeSum}, or 0; zeros behind it
 * </pre>
 */
record SyncState(
        long sequence,
        int use,
        long transaction,
        Place place,
        long timeMillis,
        byte[] tag,
        byte[] meta,
        long sum) {
    static final int BYTES = 1024;
    static final int CLOSED = 1;
    static final int SYNCED = 2;
    static final int PINNED = 3;

    private static final long MAGIC = 0x434e595356524156L; // VARVSYNC
    private static final int FORMAT = 1;
    private static final int BOOT_BYTES = 64;
    private static final int MOST_TAG = 128;
    private static final int META = 512;
    private static final int SUM = META + MetaPage.BYTES;

    byte[] encode() {
        if (tag.length > MOST_TAG) {
            throw new IllegalArgumentException("A tag is too long: bytes=" + tag.length);
        }
        ByteBuffer out = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(0, MAGIC).putInt(12, FORMAT).putLong(16, sequence).putInt(24, use);
        out.putInt(28, tag.length).putLong(32, transaction);
        out.putLong(40, place.inode()).putLong(48, place.device()).putLong(56, timeMillis);
        byte[] boot = place.boot().getBytes(StandardCharsets.US_ASCII);
        out.put(64, boot, 0, Math.min(BOOT_BYTES, boot.length));
        out.put(128, tag).put(META, meta).putLong(SUM, sum);
        out.putInt(8, crc(out.array()));
        return out.array();
    }

    /** Reads a slot of 1,024 bytes; empty where it is not whole. */
    static Optional<SyncState> decode(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int tag = in.getInt(28);
        if (!isWhole(in) || in.getInt(12) != FORMAT || tag < 0 || tag > MOST_TAG) {
            return Optional.empty();
        }
        String boot = new String(bytes, 64, BOOT_BYTES, StandardCharsets.US_ASCII).trim();
        return Optional.of(
                new SyncState(
                        in.getLong(16),
                        in.getInt(24),
                        in.getLong(32),
                        new Place(in.getLong(40), in.getLong(48), boot.replace("\0", "")),
                        in.getLong(56),
                        Arrays.copyOfRange(bytes, 128, 128 + tag),
                        Arrays.copyOfRange(bytes, META, META + MetaPage.BYTES),
                        in.getLong(SUM)));
    }

    /** Whether it is whole, and of a format that this version does not know. */
    static boolean isOfAnotherFormat(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        return isWhole(in) && in.getInt(12) != FORMAT;
    }

    /** Magic, checksum and format are where they are in every format. */
    private static boolean isWhole(ByteBuffer in) {
        return in.getLong(0) == MAGIC && in.getInt(8) == crc(in.array());
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 12, BYTES - 12);
        return (int) crc.getValue();
    }

    /** The saved meta page. */
    MetaPage metaPage() {
        return new MetaPage(ByteBuffer.wrap(meta).order(ByteOrder.LITTLE_ENDIAN));
    }
}
