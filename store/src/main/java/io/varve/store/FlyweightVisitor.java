package io.varve.store;

import io.varve.store.bytes.Flyweight;
import java.util.Objects;

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

    /**
     * Reads with a flyweight: nothing is copied, and nothing allocated per event.
     *
     * <pre>{@code
     * OrderView view = new OrderView();
     * store.read(
     *         EventQuery.category("orders").type("OrderPlaced"),
     *         FlyweightVisitor.of(view, (event, order) -> add(order.cents())));
     * }</pre>
     *
     * @param fields is pointed at the payload of each event; so the query should name the types
     *     that it reads
     * @param visitor is lent each event, and the flyweight, until it returns false
     * @param <F> the flyweight
     * @return for {@link EventStore#read} and {@link EventStore#follow}, one thread at a time
     */
    static <F extends Flyweight> EventVisitor of(F fields, FlyweightVisitor<? super F> visitor) {
        Objects.requireNonNull(fields, "fields");
        Objects.requireNonNull(visitor, "visitor");
        return event -> {
            fields.wrap(event.payload());
            return visitor.event(event, fields);
        };
    }
}
