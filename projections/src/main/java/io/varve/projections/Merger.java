package io.varve.projections;

/**
 * Makes one aggregate of those of two sessions that a record has joined.
 *
 * @param <K> keys
 * @param <A> aggregates
 */
@FunctionalInterface
public interface Merger<K, A> {
    /**
     * Makes one of two.
     *
     * @param key of both sessions
     * @param first what the initializer made, or what was merged so far
     * @param second of the next session, which begins later than those before. Both may be changed
     *     and returned
     * @return the aggregate of both
     */
    A apply(K key, A first, A second);
}
