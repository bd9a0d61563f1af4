package io.varve.projections;

/**
 * Makes the value that an aggregation begins with. Must be a pure function: no clock, no
 * randomness, no input or output.
 *
 * @param <A> aggregates
 */
@FunctionalInterface
public interface Initializer<A> {
    /**
     * Makes a first value.
     *
     * @return a new one for each call, if it can be changed; as in Kafka Streams, one object for
     *     all keys would be changed by all of them
     */
    A apply();
}
