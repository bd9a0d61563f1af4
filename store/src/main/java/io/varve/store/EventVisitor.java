package io.varve.store;

/** Takes events, one by one, in order. */
@FunctionalInterface
public interface EventVisitor {
    /**
     * Takes an event.
     *
     * @param event lent for the time of the call
     * @return whether to go on
     */
    boolean event(EventView event);
}
