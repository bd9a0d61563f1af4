package io.varve.store;

import io.varve.store.serde.EventSerde;
import java.util.Objects;

/**
 * Takes events decoded, one by one, in order, together with what the log says of them.
 *
 * @param <E> what the events have in common
 */
@FunctionalInterface
public interface TypedVisitor<E> {
    /**
     * Takes an event.
     *
     * @param event its envelope (position, stream, version, times, headers), lent for the time of
     *     the call
     * @param value the event, decoded; to be kept at will
     * @return whether to go on
     */
    boolean event(EventView event, E value);

    /**
     * Reads with a serde. Tombstones are passed over: they are no events of the user's.
     *
     * <pre>{@code
     * store.follow(
     *         EventQuery.category("orders").from(next),
     *         TypedVisitor.of(serde, (event, order) -> show(event.position(), order)));
     * }</pre>
     *
     * @param serde of the events that the query finds
     * @param visitor is given each event until it returns false
     * @param <E> what the events have in common
     * @return for {@link EventStore#read} and {@link EventStore#follow}
     */
    static <E> EventVisitor of(EventSerde<E> serde, TypedVisitor<? super E> visitor) {
        Objects.requireNonNull(serde, "serde");
        Objects.requireNonNull(visitor, "visitor");
        return event ->
                SystemEvents.isSystem(event.type()) || visitor.event(event, event.decode(serde));
    }
}
