package io.varve.projections;

/**
 * Makes a new value of a value. Must be a pure function: no clock, no randomness, no input or
 * output.
 *
 * @param <V> values
 * @param <R> results
 */
@FunctionalInterface
public interface ValueMapper<V, R> {
    /**
     * Makes a new value.
     *
     * @param value may be null
     * @return the result; see the operator for what null means. It may be one object for all calls,
     *     if it has nothing else in it that is
     */
    R apply(V value);
}
