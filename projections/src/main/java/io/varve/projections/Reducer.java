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
     * @param reduced so far, never null; it may be changed and returned. Where somebody else sees
     *     it, such as nodes behind the table, it is a copy, made with the serde
     * @param value the next one, never null; not to be changed
     * @return the new one; null deletes the row
     */
    V apply(V reduced, V value);
}
