package io.varve.projections;

import java.util.Objects;

/**
 * How much a projection may keep decoded in memory: the rows it has changed since the last commit,
 * and those it remembers beyond it. All its stores that are cached share it equally.
 *
 * <p>Bytes are an estimate of what rows take on the heap: those of key and value as their serdes
 * write them, twice, and {@value #ROW_BYTES} for each row. A row that grows between two commits
 * counts for what it was when it was written last; one that is new, for what others are. Whatever
 * the size, commits need not be of less than a thousand rows or a MiB in each store and partition.
 *
 * @param unit what is counted
 * @param max how many at most; zero to remember nothing beyond a commit
 */
public record CacheSize(Unit unit, long max) {
    /** What each row takes beside key and value. */
    static final int ROW_BYTES = 192;

    /** The most rows in hand between two commits where nothing is remembered beyond them. */
    static final int UNCACHED_ROWS = 50_000;

    /** And the most bytes: 16 MiB. */
    static final long UNCACHED_BYTES = 16 << 20;

    /** 64 MiB: some 300,000 small rows. */
    public static final CacheSize DEFAULT = bytes(64 << 20);

    /** What is counted. */
    public enum Unit {
        /** Rows, however large. */
        ENTRIES,
        /** Bytes on the heap, about. */
        BYTES
    }

    /**
     * Refuses what is less than nothing.
     *
     * @param unit what is counted
     * @param max how many at most, 0 or more
     */
    public CacheSize {
        Objects.requireNonNull(unit, "unit");
        if (max < 0) {
            throw new IllegalArgumentException("A cache size is 0 or more: actual=" + max);
        }
    }

    /**
     * So many rows, however large: where they may be, {@link #bytes} is what bounds memory.
     *
     * @param max rows, 0 or more
     * @return the size
     */
    public static CacheSize entries(long max) {
        return new CacheSize(Unit.ENTRIES, max);
    }

    /**
     * So many bytes.
     *
     * @param max bytes, 0 or more
     * @return the size
     */
    public static CacheSize bytes(long max) {
        return new CacheSize(Unit.BYTES, max);
    }

    /**
     * Nothing is remembered beyond a commit. Rows that a batch of events reads or changes are in
     * memory until it is committed all the same, which happens at the latest when they are {@value
     * #UNCACHED_ROWS} or take 16 MiB, all stores and partitions of the projection together.
     *
     * @return the size
     */
    public static CacheSize none() {
        return entries(0);
    }

    /** Whether nothing is to be remembered. */
    boolean isNone() {
        return max == 0;
    }

    /** One of several equal parts. */
    CacheSize share(int parts) {
        return isNone() ? this : new CacheSize(unit, Math.max(1, max / parts));
    }

    /** What a row takes, whose key and value have so many bytes. */
    static int rowBytes(int keyBytes, int valueBytes) {
        return (int) Math.min(Integer.MAX_VALUE, ROW_BYTES + 2L * keyBytes + 2L * valueBytes);
    }
}
