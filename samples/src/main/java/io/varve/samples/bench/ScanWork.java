package io.varve.samples.bench;

import io.varve.store.EventQuery;
import io.varve.store.EventStore;

/** The whole log, in its order. */
final class ScanWork extends ReadWork {
    @Override
    void read(EventStore store, Orders orders, OrderSum sum) {
        store.read(EventQuery.all(), sum);
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
