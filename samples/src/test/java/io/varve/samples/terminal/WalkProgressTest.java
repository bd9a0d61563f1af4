package io.varve.samples.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class WalkProgressTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    private String walk(boolean unicode, boolean terminal) {
        WalkProgress progress = new WalkProgress(new Screen(out, out, unicode, terminal), 1000);
        for (int i = 1; i <= 1000; i++) {
            long projected = i / 2;
            progress.show(i, () -> projected);
        }
        progress.end();
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void shouldPrintALineForEachTenthWhereThereIsNoTerminal() {
        String text = walk(true, false);

        assertEquals(10, text.lines().count());
        assertTrue(text.startsWith("  in the log 100  in the read models 50  of 1,000"), text);
        assertFalse(text.contains("\u001b") || text.contains("\r"), text);
    }

    @Test
    void shouldDrawOnATerminalAndWipeItAtTheEnd() {
        String text = walk(true, true);

        assertTrue(text.startsWith("\r  ░░░░"), text);
        assertTrue(text.endsWith("\r\u001b[K"), text);
    }

    @Test
    void shouldDrawPlainlyWhereThereIsNoUnicode() {
        assertTrue(walk(false, true).startsWith("\r  ...."));
    }
}
