package io.varve.store.snapshot;

/**
 * Adds one event to a state. Depends on nothing but the two: no clock, no look-up, no randomness;
 * else a state from a snapshot would differ from one without.
 *
 * @param <S> the state
 * @param <E> the events
 */
@FunctionalInterface
public interface StreamFold<S, E> {
    /**
     * Adds an event.
     *
     * @param state before it; may be changed and returned
     * @param event the next of the stream
     * @return the state after it, never null
     */
    S apply(S state, E event);
}
