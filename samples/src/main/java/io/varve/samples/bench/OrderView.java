package io.varve.samples.bench;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.Flyweight;
import io.varve.store.errors.SerdeException;

/**
 * An order of {@link BinaryOrders}, its fields read where they lie: one object for any number of
 * orders. Only {@link #product()} makes a new object.
 */
final class OrderView implements Flyweight {
    private static final int QUANTITY = 8;
    private static final int AMOUNT = 12;
    private static final int LENGTH = 20;
    private static final int UINT16 = 0xffff;

    private BytesView bytes = new BytesView();

    @Override
    public void wrap(BytesView value) {
        if (value.length() < BinaryOrders.HEAD) {
            throw new SerdeException(
                    "Too short for an order: length=" + value.length(),
                    "Read the log with the serde that wrote it.",
                    null);
        }
        bytes = value;
    }

    long orderId() {
        return Long.reverseBytes(bytes.getLong(0));
    }

    int quantity() {
        return Integer.reverseBytes(bytes.getInt(QUANTITY));
    }

    long amount() {
        return Long.reverseBytes(bytes.getLong(AMOUNT));
    }

    int productLength() {
        return Short.reverseBytes(bytes.getShort(LENGTH)) & UINT16;
    }

    String product() {
        return bytes.getUtf8(BinaryOrders.HEAD, productLength());
    }
}
