package io.varve.projections;

/**
 * Makes one value of two that belong together. Must be a pure function: no clock, no randomness, no
 * input or output.
 *
 * @param <V1> values of this side
 * @param <V2> values of the other side
 * @param <R> results
 */
@FunctionalInterface
public interface ValueJoiner<V1, V2, R> {
    /**
     * Makes the result.
     *
     * @param value of this side; null only in an outer join, where there is none
     * @param other of the other side; null only in a left or outer join, where there is none
     * @return the result; see the operator for what null means
     */
    R apply(V1 value, V2 other);
}
