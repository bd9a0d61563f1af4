package io.varve.samples.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.samples.terminal.TextTable.Align;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextTableTest {
    @Test
    void shouldAlignTextLeftAndNumbersRight() {
        TextTable table =
                new TextTable(Align.LEFT, Align.RIGHT, Align.LEFT)
                        .row("route", "flights", "")
                        .row("LAX → LAS", "328", "███")
                        .row("A", "1,000", "█");

        assertEquals(
                List.of(
                        "  route      flights",
                        "  LAX → LAS      328  ███",
                        "  A            1,000  █"),
                table.lines());
    }

    @Test
    void shouldRefuseARowOfAnotherLength() {
        TextTable table = new TextTable(Align.LEFT);

        assertThrows(IllegalArgumentException.class, () -> table.row("a", "b"));
    }
}
