package io.varve.samples.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class BarTest {
    @Test
    void shouldDrawEighthsOfABlock() {
        assertEquals("██████████", Bar.of(1, 10, true));
        assertEquals("█████", Bar.of(0.5, 10, true));
        assertEquals("█▌", Bar.of(0.15, 10, true));
        assertEquals("▏", Bar.of(0.0125, 10, true));
        assertEquals("", Bar.of(0, 10, true));
    }

    @Test
    void shouldDrawPlainlyWhereThereIsNoUnicode() {
        assertEquals("##########", Bar.of(1, 10, false));
        assertEquals("##", Bar.of(0.15, 10, false));
        assertEquals("", Bar.of(0.01, 10, false));
    }

    @Test
    void shouldStayInsideItsWidth() {
        assertEquals("█████", Bar.of(7, 5, true));
        assertEquals("", Bar.of(-1, 5, true));
        assertEquals("", Bar.of(Double.NaN, 5, true));
    }
}
