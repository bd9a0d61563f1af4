package io.varve.samples.bench;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.SerdeException;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serde;

/**
 * Orders as bytes, written by hand; 35.9 bytes on average for a million. Big-endian:
 *
 * <pre>
 *   0          8           12        20        22
 *   +----------+-----------+---------+---------+----------------+
 *   | order id | quantity  | amount  | length  | product, UTF-8 |
 *   +----------+-----------+---------+---------+----------------+
 *    int64      int32       int64     uint16    length bytes
 * </pre>
 */
final class BinaryOrders implements Serde<OrderPlaced> {
    static final EventSerde<OrderPlaced> EVENTS =
            EventSerde.of(OrderPlaced.class)
                    .type("OrderPlaced", OrderPlaced.class, new BinaryOrders())
                    .build();

    /** Bytes of an order without its product. */
    static final int HEAD = 22;

    private static final int QUANTITY = 8;
    private static final int AMOUNT = 12;
    private static final int LENGTH = 20;
    private static final int UINT16 = 0xffff;

    @Override
    public void serialize(OrderPlaced order, BytesWriter out) {
        out.putLong(Long.reverseBytes(order.orderId()));
        out.putInt(Integer.reverseBytes(order.quantity()));
        out.putLong(Long.reverseBytes(order.amount()));
        int at = out.putShort(0).size();
        int length = out.putUtf8(order.product()).size() - at;
        if (length > UINT16) {
            throw new SerdeException(
                    "The name of a product is too long: bytes=" + length,
                    "It has at most 65,535 bytes of UTF-8.",
                    null);
        }
        out.setShort(at - Short.BYTES, Short.reverseBytes((short) length));
    }

    @Override
    public OrderPlaced deserialize(BytesView in) {
        return new OrderPlaced(
                orderId(in),
                in.getUtf8(HEAD, productLength(in)),
                Integer.reverseBytes(in.getInt(QUANTITY)),
                Long.reverseBytes(in.getLong(AMOUNT)));
    }

    static long orderId(BytesView in) {
        return Long.reverseBytes(in.getLong(0));
    }

    private static int productLength(BytesView in) {
        return Short.reverseBytes(in.getShort(LENGTH)) & UINT16;
    }

    /** Reads every field where it lies: the sum of the numbers and of the product's bytes. */
    static long touch(BytesView in) {
        long sum =
                orderId(in)
                        + Integer.reverseBytes(in.getInt(QUANTITY))
                        + Long.reverseBytes(in.getLong(AMOUNT));
        int end = HEAD + productLength(in);
        for (int i = HEAD; i < end; i++) {
            sum += in.getByte(i);
        }
        return sum;
    }
}
