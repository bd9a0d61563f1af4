package io.varve.store.serde;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.SerdeException;
import org.junit.jupiter.api.Test;

/** The example of {@code record-format.md}: a layout of one's own, read without an object. */
class HandWrittenSerdeTest {
    record OrderPlaced(long orderId, String customer, int quantity, long cents) {}

    /** i64 orderId, i64 cents, i32 quantity, customer to the end. */
    static final class OrderPlacedSerde implements Serde<OrderPlaced> {
        @Override
        public void serialize(OrderPlaced value, BytesWriter out) {
            out.putLong(value.orderId()).putLong(value.cents()).putInt(value.quantity());
            Serdes.utf8().serialize(value.customer(), out);
        }

        @Override
        public OrderPlaced deserialize(BytesView in) {
            OrderPlacedView view = new OrderPlacedView().wrap(in);
            return new OrderPlaced(view.orderId(), view.customer(), view.quantity(), view.cents());
        }
    }

    /** The flyweight: one for all events, pointed anew at each while its bytes are lent. */
    static final class OrderPlacedView {
        private static final int CUSTOMER = 20;

        private BytesView bytes;

        OrderPlacedView wrap(BytesView payload) {
            if (payload.length() < CUSTOMER) {
                throw new SerdeException(
                        "Too short for an order: length=" + payload.length(),
                        "Read bytes with the serde that wrote them.",
                        null);
            }
            bytes = payload;
            return this;
        }

        long orderId() {
            return bytes.getLong(0);
        }

        long cents() {
            return bytes.getLong(8);
        }

        int quantity() {
            return bytes.getInt(16);
        }

        String customer() {
            return bytes.getUtf8(CUSTOMER, bytes.length() - CUSTOMER);
        }
    }

    private final OrderPlacedView view = new OrderPlacedView();

    @Test
    void shouldReadComponentsWhereTheyLie() {
        OrderPlacedSerde serde = new OrderPlacedSerde();
        long sum = 0;
        for (int i = 0; i < 3; i++) {
            OrderPlaced order = new OrderPlaced(i, "c" + i, 2, 100 + i);
            BytesWriter out = new BytesWriter();
            serde.serialize(order, out);
            assertEquals(order, serde.deserialize(out.view()));
            sum += view.wrap(out.view()).cents();
        }
        assertEquals(303, sum);
    }

    @Test
    void shouldRefuseBytesThatAreTooShort() {
        BytesView cut = BytesView.of(new byte[19]);
        assertThrows(SerdeException.class, () -> view.wrap(cut));
    }
}
