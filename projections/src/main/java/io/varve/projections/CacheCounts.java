package io.varve.projections;

/**
 * How often the rows of a task were in memory, decoded, when its topology asked for them.
 *
 * @param hits how often one was
 * @param misses how often it had to be read from the environment
 * @param rows how many are kept now, changed ones included
 * @param size what they take, in the unit of the {@link CacheSize}: rows, or bytes about
 */
public record CacheCounts(long hits, long misses, long rows, long size) {
    /** Nothing was asked for. */
    public static final CacheCounts NONE = new CacheCounts(0, 0, 0, 0);

    /**
     * What part of the rows was there when they were asked for.
     *
     * @return 0 to 1; 0 if none was asked for
     */
    public double hitRate() {
        long all = hits + misses;
        return all == 0 ? 0 : (double) hits / all;
    }

    /**
     * Those of two tasks together.
     *
     * @param other counts
     * @return the sums
     */
    public CacheCounts plus(CacheCounts other) {
        return new CacheCounts(
                hits + other.hits, misses + other.misses, rows + other.rows, size + other.size);
    }
}
