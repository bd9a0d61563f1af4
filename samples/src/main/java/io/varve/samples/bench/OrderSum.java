package io.varve.samples.bench;

import io.varve.store.EventView;
import io.varve.store.EventVisitor;

/** Touches every field of every order, and adds up. */
final class OrderSum implements EventVisitor {
    private long sum;
    private long count;

    @Override
    public boolean event(EventView event) {
        sum += BinaryOrders.touch(event.payload());
        count++;
        return true;
    }

    long sum() {
        return sum;
    }

    long count() {
        return count;
    }
}
