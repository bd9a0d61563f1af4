package io.varve.samples.bench;

import io.varve.store.EventView;
import io.varve.store.EventVisitor;

/** Touches the events of a stream, and notes when the first one came. */
final class FirstEvent implements EventVisitor {
    private long firstAt;
    private long sum;
    private int count;

    void begin() {
        sum = 0;
        count = 0;
    }

    @Override
    public boolean event(EventView event) {
        sum += BinaryOrders.touch(event.payload());
        if (count++ == 0) {
            firstAt = System.nanoTime();
        }
        return true;
    }

    long firstAt() {
        return firstAt;
    }

    long sum() {
        return sum;
    }

    int count() {
        return count;
    }
}
