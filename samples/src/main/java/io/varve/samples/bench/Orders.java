package io.varve.samples.bench;

import io.varve.store.EventBatch;
import io.varve.store.EventStore;
import io.varve.store.StreamId;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Orders that are there before anything is measured; order {@code i} goes to stream {@code i %
 * streams}.
 */
final class Orders {
    static final String CATEGORY = "orders";
    static final int LOAD_BATCH = 10_000;
    private static final int SEED = 42;

    private final OrderPlaced[] orders;
    private final StreamId[] streams;

    Orders(int count, int streamCount) {
        orders = IntStream.range(0, count).mapToObj(Orders::order).toArray(OrderPlaced[]::new);
        streams =
                IntStream.range(0, streamCount)
                        .mapToObj(i -> new StreamId(CATEGORY, "order-" + i))
                        .toArray(StreamId[]::new);
    }

    private static OrderPlaced order(int i) {
        return new OrderPlaced(i, "Product-" + i, 1, 1_000 + i);
    }

    int count() {
        return orders.length;
    }

    int streamCount() {
        return streams.length;
    }

    OrderPlaced get(int i) {
        return orders[i];
    }

    StreamId stream(int i) {
        return streams[i];
    }

    /**
     * Appends orders {@code from} to {@code to}, the latter excluded; a batch of any other use is
     * cleared.
     */
    void append(EventStore store, EventBatch batch, int from, int to) {
        batch.clear();
        for (int i = from; i < to; i++) {
            batch.add(streams[i % streams.length], BinaryOrders.EVENTS, orders[i]);
        }
        store.append(batch);
    }

    /** Appends them all, in batches of {@value #LOAD_BATCH}. */
    void load(EventStore store) {
        EventBatch batch = new EventBatch();
        for (int from = 0; from < orders.length; from += LOAD_BATCH) {
            append(store, batch, from, Math.min(orders.length, from + LOAD_BATCH));
        }
    }

    /** What touching one order adds up to, computed without the codec. */
    long sum(int i) {
        OrderPlaced order = orders[i];
        long sum = order.orderId() + order.quantity() + order.amount();
        for (byte b : order.product().getBytes(StandardCharsets.UTF_8)) {
            sum += b;
        }
        return sum;
    }

    /** What touching all orders adds up to. */
    long sum() {
        return IntStream.range(0, orders.length).mapToLong(this::sum).sum();
    }

    /** Bytes of a payload, on average. */
    double payloadAverage() {
        return BinaryOrders.HEAD
                + IntStream.range(0, orders.length)
                        .map(i -> orders[i].product().length())
                        .average()
                        .orElse(0);
    }

    /** Random numbers below a bound, the same at each call. */
    static int[] random(int count, int bound) {
        return new Random(SEED).ints(count, 0, bound).toArray();
    }
}
