package io.varve.runtime;

/**
 * The decoded rows that a projection keeps between commits, as of its last commit.
 *
 * @param hits how often a row was there when it was asked for, since the start
 * @param misses how often it had to be read from the read model
 * @param rows how many there are
 */
public record CacheMetrics(long hits, long misses, long rows) {
    /**
     * What part of the rows was there when they were asked for.
     *
     * @return 0 to 1; 0 if none was asked for
     */
    public double hitRate() {
        long all = hits + misses;
        return all == 0 ? 0 : (double) hits / all;
    }
}
