package io.varve.samples.bench;

import io.varve.store.EventQuery;
import io.varve.store.EventStore;
import io.varve.store.EventView;

/** Compares a log with the orders that were appended to it, event by event. */
final class OrderCheck {
    private final Orders orders;
    private long next;
    private boolean right = true;

    private OrderCheck(Orders orders) {
        this.orders = orders;
    }

    /** Whether the log holds the first {@code count} orders, in their order, and nothing else. */
    static boolean isRight(EventStore store, Orders orders, long count) {
        OrderCheck check = new OrderCheck(orders);
        store.read(EventQuery.all(), check::event);
        return check.right && check.next == count;
    }

    private boolean event(EventView event) {
        int i = (int) next++;
        right =
                i < orders.count()
                        && event.position() == i
                        && event.version() == i / orders.streamCount()
                        && event.stream().equals(orders.stream(i % orders.streamCount()))
                        && BinaryOrders.orderId(event.payload()) == i
                        && BinaryOrders.touch(event.payload()) == orders.sum(i);
        return right;
    }
}
