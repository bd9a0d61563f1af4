package io.varve.projections;

import java.util.Objects;

/**
 * How much a projection may keep decoded in memory: the rows it has changed since the last commit,
 * and those it remembers beyond it. All its stores that are cached share it equally.
 *
 * <p>Bytes are an estimate of what rows take on the heap: those of key and value as their serdes
 * write them, twice, and {@value #ROW_BYTES} for each row. A row that grows between two commits
 * counts for what it was when it was written last; one that is new, for what others are. Whatever
 * the size, commits need not be of less than a thousand rows or a MiB.
 *
 * @param unit what is counted
 * @param max how many at most; zero to remember nothing beyond a commit
 */
public record CacheSize(Unit unit, long max) {
    /** What each row takes beside key and value. */
    static final int ROW_BYTES = 192;

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
     * So many rows.
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
     * Nothing is remembered beyond a commit.
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

    /** What a row counts for, whose key and value have so many bytes. */
    int weight(int keyBytes, int valueBytes) {
        return unit == Unit.ENTRIES
                ? 1
                : (int) Math.min(Integer.MAX_VALUE, ROW_BYTES + 2L * keyBytes + 2L * valueBytes);
    }
}
