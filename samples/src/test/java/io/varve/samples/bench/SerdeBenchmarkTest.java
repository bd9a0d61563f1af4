package io.varve.samples.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.samples.terminal.Screen;
import io.varve.samples.terminal.UsageException;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.SerdeException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SerdeBenchmarkTest {
    @Test
    void shouldReadEverythingItWrote() {
        List<String> few = List.of("--passes", "1", "--repeat", "1", "--warmup", "1");
        assertEquals(0, new SerdeBenchmark(few, Screen.ofProcess()).run());
        assertThrows(
                UsageException.class,
                () -> new SerdeBenchmark(List.of("--passes", "0"), Screen.ofProcess()));
    }

    @Test
    void shouldShowTheFieldsThatTheSerdeWrote() {
        OrderPlaced order = new OrderPlaced(1L << 40, "\u00dcber", 7, -5);
        BytesWriter out = new BytesWriter();
        new BinaryOrders().serialize(order, out);
        OrderView view = new OrderView();
        view.wrap(out.view());
        assertEquals(
                order,
                new OrderPlaced(view.orderId(), view.product(), view.quantity(), view.amount()));
        assertTrue(view.productLength() == 5);
        assertThrows(SerdeException.class, () -> view.wrap(BytesView.of(new byte[21])));
    }
}
