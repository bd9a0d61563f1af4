package io.varve.store;

import io.varve.store.bytes.Flyweight;

/**
 * Takes events of one type, one by one, in order, where they lie.
 *
 * @param <F> reads their fields
 */
@FunctionalInterface
public interface FlyweightVisitor<F extends Flyweight> {
    /**
     * Takes an event.
     *
     * @param event lent for the time of the call
     * @param fields of the event; the same object at each call, lent as long
     * @return whether to go on
     */
    boolean event(EventView event, F fields);
}
