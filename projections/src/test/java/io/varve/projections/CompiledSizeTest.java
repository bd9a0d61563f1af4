package io.varve.projections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;

/** How long the byte code of a method is, where speed hangs on that; held against javap. */
class CompiledSizeTest {
    /** The JIT inlines what is called often up to this many bytes (its FreqInlineSize). */
    private static final int INLINED = 325;

    private static final Pattern OFFSET = Pattern.compile("(?m)^ +(\\d+): \\S");

    /** The offset of a method's last instruction: its code is longer than that. */
    private static int lastOffset(Class<?> owner, String method) throws URISyntaxException {
        Path classes = Path.of(owner.getProtectionDomain().getCodeSource().getLocation().toURI());
        StringWriter out = new StringWriter();
        PrintWriter printer = new PrintWriter(out);
        ToolProvider javap = ToolProvider.findFirst("javap").orElseThrow();
        int failed =
                javap.run(printer, printer, "-c", "-p", "-cp", classes.toString(), owner.getName());
        assertEquals(0, failed, out::toString);
        String text = out.toString().replace("\r", "");
        int begin = text.indexOf(' ' + method + '(');
        assertTrue(begin >= 0, text);
        int end = text.indexOf("\n\n", begin);
        Matcher offsets = OFFSET.matcher(text.substring(begin, end < 0 ? text.length() : end));
        int last = 0;
        while (offsets.find()) {
            last = Math.max(last, Integer.parseInt(offsets.group(1)));
        }
        return last;
    }

    /**
     * In a new JVM most rows are read, so the JIT would make reading a part of every processor that
     * asks for a row, and all of them would run slowly for as long as that takes to compile. Who
     * makes it shorter measures the first seconds of a rebuild.
     */
    @Test
    void shouldBeTooLongToBeMadePartOfWhatAsksForARow() throws URISyntaxException {
        int last = lastOffset(WriteBackStore.class, "read");
        assertTrue(last >= INLINED, () -> "last instruction at=" + last);
    }

    /** What most events meet, a row in memory, is to be inlined. */
    @Test
    void shouldBeShortEnoughWhereTheRowIsInMemory() throws URISyntaxException {
        int last = lastOffset(WriteBackStore.class, "row");
        assertTrue(last > 0 && last < INLINED, () -> "last instruction at=" + last);
    }
}
