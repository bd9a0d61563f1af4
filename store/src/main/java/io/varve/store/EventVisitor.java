package io.varve.store;

/** Takes events, one by one, in order. */
@FunctionalInterface
public interface EventVisitor {
    /**
     * Takes an event. It may take its time: an append that must grow the map waits for one event,
     * or for a few dozen where events have been quick. Only an append made in here cannot wait for
     * the very read that made it, and fails with a {@link io.varve.store.errors.StoreFullException}
     * if the map must grow then; with the default map that does not come before 256 GiB.
     *
     * @param event lent for the time of the call
     * @return whether to go on
     */
    boolean event(EventView event);
}
