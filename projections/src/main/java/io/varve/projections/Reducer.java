package io.varve.projections;

/**
 * Makes one value of two. Must be a pure function: no clock, no randomness, no input or output.
 *
 * @param <V> values
 */
@FunctionalInterface
public interface Reducer<V> {
    /**
     * Makes one of two.
     *
     * @param reduced so far, never null
     * @param value the next one, never null
     * @return the new one; null deletes the row
     */
    V apply(V reduced, V value);
}
