package io.varve.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.store.errors.WrongExpectedVersionException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickStartTest {
    @TempDir Path folder;

    @Test
    void shouldReadWhatItWrote() throws Exception {
        assertEquals(1250, QuickStart.placeOrder(folder, "order-7"));
    }

    @Test
    void shouldGoOnWhereItStopped() throws Exception {
        QuickStart.placeOrder(folder, "order-7");

        assertEquals(2500, QuickStart.placeOrder(folder, "order-8"));
    }

    @Test
    void shouldRefuseTheSameOrderTwice() throws Exception {
        QuickStart.placeOrder(folder, "order-7");

        assertThrows(
                WrongExpectedVersionException.class,
                () -> QuickStart.placeOrder(folder, "order-7"));
    }
}
