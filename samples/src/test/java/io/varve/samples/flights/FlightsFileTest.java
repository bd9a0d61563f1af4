package io.varve.samples.flights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlightsFileTest {
    private static final String HEADER = "departure,origin,destination,distance,delay\n";

    @TempDir Path folder;

    private List<FlightDeparted> read(String text, long limit) throws IOException {
        Path file = folder.resolve("flights.csv.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return FlightsFile.read(file, limit);
    }

    private String refused(String text) {
        return assertThrows(IOException.class, () -> read(text, 9)).getMessage();
    }

    @Test
    void shouldReadTheWeekOfTheSamples() throws IOException {
        List<FlightDeparted> week = FlightsFile.week();

        assertEquals(113_478, week.size());
        LocalDateTime first = LocalDateTime.of(2001, 1, 1, 0, 1);
        LocalDateTime last = LocalDateTime.of(2001, 1, 7, 23, 59);
        assertEquals(new FlightDeparted(first, "ANC", "LAX", 2345, -13), week.get(0));
        assertEquals(new FlightDeparted(last, "RNO", "SEA", 564, -5), week.get(113_477));
    }

    @Test
    void shouldStopAtTheLimit() throws IOException {
        String lines = HEADER + "2001-01-01T00:01,ANC,LAX,2345,-13\n".repeat(3);

        assertEquals(2, read(lines, 2).size());
        assertEquals(3, read(lines, 4).size());
    }

    @Test
    void shouldSayWhichLineItCannotRead() {
        String good = HEADER + "2001-01-01T00:01,ANC,LAX,2345,-13\n";

        assertTrue(refused("a,b\n").contains("line=1"), refused("a,b\n"));
        assertTrue(refused(good + "2001-01-01T00:01,ANC,LAX\n").contains("line=3"));
        assertTrue(refused(good + "yesterday,ANC,LAX,1,1\n").contains("line=3"));
        assertTrue(refused(good + "2001-01-01T00:01,anc,LAX,1,1\n").contains("code=anc"));
        assertTrue(refused(good + "2001-01-01T00:01,ANC,LAX,far,1\n").contains("line=3"));
    }
}
