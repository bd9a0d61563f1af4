package io.varve.projections;

/**
 * What an engine keeps of a store's decoded rows beyond a commit, when not all of them fit: it
 * decides which. It holds rows as they are in the environment and never the only copy of a change,
 * so it may drop any of them at any time. Belongs to the thread of its task.
 *
 * @param <R> rows
 */
public interface RowCache<R> {
    /** Makes the caches of a task. */
    @FunctionalInterface
    interface Factory {
        /** Of caches that keep nothing. */
        Factory NONE = Factory::nothing;

        /**
         * Makes the cache of a store.
         *
         * @param max the sum of the weights it may hold at most, 1 or more
         * @param <R> rows
         * @return a new cache
         */
        <R> RowCache<R> create(long max);

        private static <R> RowCache<R> nothing(long max) {
            return new RowCache<>() {
                @Override
                public R getOrDefault(Object key, R missing) {
                    return missing;
                }

                @Override
                public void put(Object key, R row, int weight) {}

                @Override
                public long rows() {
                    return 0;
                }

                @Override
                public long weight() {
                    return 0;
                }
            };
        }
    }

    /**
     * Looks a row up.
     *
     * @param key of the row
     * @param missing what to answer where it is not there
     * @return the row
     */
    R getOrDefault(Object key, R missing);

    /**
     * Keeps a row, instead of one of the same key.
     *
     * @param key of the row
     * @param row to keep
     * @param weight what it counts for, 1 or more
     */
    void put(Object key, R row, int weight);

    /**
     * How many there are.
     *
     * @return 0 or more, about
     */
    long rows();

    /**
     * What they count for together.
     *
     * @return 0 or more, about
     */
    long weight();
}
