package io.varve.samples.bench;

import io.varve.store.EventQuery;
import io.varve.store.EventStore;

/** The one stream there is, from its first version to its last. */
final class StreamOneWork extends ReadWork {
    @Override
    void read(EventStore store, Orders orders, OrderSum sum) {
        store.read(EventQuery.stream(orders.stream(0)), sum);
    }

    @Override
    long expectedSum(Orders orders) {
        return orders.sum();
    }

    @Override
    long expectedCount(Orders orders) {
        return orders.count();
    }
}
