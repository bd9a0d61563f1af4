package io.varve.samples.bench;

import io.varve.store.EventQuery;
import io.varve.store.EventStore;
import java.util.stream.IntStream;

/** Random positions, one call and one event each. */
final class PointWork extends ReadWork {
    private int[] positions = {};

    @Override
    void prepare(Sizes sizes) {
        positions = Orders.random(sizes.points(), sizes.events());
    }

    @Override
    void read(EventStore store, Orders orders, OrderSum sum) {
        for (int position : positions) {
            store.read(EventQuery.all().from(position).limit(1), sum);
        }
    }

    @Override
    long expectedSum(Orders orders) {
        return IntStream.of(positions).mapToLong(orders::sum).sum();
    }

    @Override
    long expectedCount(Orders orders) {
        return positions.length;
    }
}
