package io.varve.projections;

import io.varve.store.serde.EventSerde;

/** The events that the tests are about. */
public sealed interface OrderEvent {
    /** For all of them, as bytes. */
    EventSerde<OrderEvent> SERDE =
            EventSerde.of(OrderEvent.class)
                    .json("placed", Placed.class)
                    .json("shipped", Shipped.class)
                    .json("cancelled", Cancelled.class)
                    .build();

    /** Somebody wants something. */
    record Placed(String customer, long cents) implements OrderEvent {}

    /** It is under way. */
    record Shipped(String country) implements OrderEvent {}

    /** Nobody wants it any more. */
    record Cancelled(String why) implements OrderEvent {}
}
