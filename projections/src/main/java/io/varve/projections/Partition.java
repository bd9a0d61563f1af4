package io.varve.projections;

import io.varve.store.bytes.BytesView;

/**
 * One of the parts among which the rows of a projection are divided by the bytes of their keys. All
 * parts see all events, and each keeps the rows that are its own, so that together they hold what
 * one would.
 *
 * <p>Which part a key belongs to depends on its bytes and the number of parts only, and never
 * changes from one version of Varve to another: read models are kept that way.
 *
 * @param number which one, from 0
 * @param count how many there are, 1 to {@value #MOST}
 */
public record Partition(int number, int count) {
    /** How many parts there can be. */
    public static final int MOST = 64;

    /** The only one. */
    public static final Partition WHOLE = new Partition(0, 1);

    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

    /**
     * Refuses what is no part.
     *
     * @param number see the record
     * @param count see the record
     */
    public Partition {
        if (count < 1 || count > MOST || number < 0 || number >= count) {
            throw new IllegalArgumentException(
                    "A partition is one of 1 to "
                            + MOST
                            + ", counted from 0: number="
                            + number
                            + " count="
                            + count);
        }
    }

    /**
     * The number of the part that a key belongs to.
     *
     * @param key its bytes, as its serde writes them
     * @param count of parts, 1 to {@value #MOST}
     * @return 0 to {@code count - 1}
     */
    public static int of(BytesView key, int count) {
        return count == 1 ? 0 : (int) ((hash(key) >>> 32) * count >>> 32);
    }

    /** Eight bytes at a time, then the rest; then MurmurHash3's finalizer. */
    private static long hash(BytesView key) {
        int length = key.length();
        long hash = length * MULTIPLIER;
        int at = 0;
        for (; at <= length - Long.BYTES; at += Long.BYTES) {
            hash = mixed(hash, key.getLong(at));
        }
        long rest = 0;
        for (; at < length; at++) {
            rest = rest << Byte.SIZE | key.getByte(at) & 0xff;
        }
        hash = mixed(hash, rest);
        hash ^= hash >>> 33;
        hash *= 0xff51afd7ed558ccdL;
        hash ^= hash >>> 33;
        hash *= 0xc4ceb9fe1a85ec53L;
        return hash ^ hash >>> 33;
    }

    private static long mixed(long hash, long word) {
        long next = (hash ^ word) * MULTIPLIER;
        return next ^ next >>> 29;
    }

    /**
     * Whether a key belongs to it.
     *
     * @param key its bytes, as its serde writes them
     * @return true if it does
     */
    public boolean owns(BytesView key) {
        return of(key, count) == number;
    }

    /**
     * Whether it is the only one.
     *
     * @return true if there is no other
     */
    public boolean isWhole() {
        return count == 1;
    }

    @Override
    public String toString() {
        return number + " of " + count;
    }
}
