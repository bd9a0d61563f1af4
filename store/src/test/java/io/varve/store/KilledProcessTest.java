package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was acknowledged survives {@code kill -9}, time and again, in one store. */
class KilledProcessTest {
    @TempDir Path folder;

    @Test
    void shouldKeepWhatWasAcknowledged() throws Exception {
        killAndLook(4, 60, 4_711);
    }

    @Test
    @Tag("long")
    void shouldKeepWhatWasAcknowledgedHundredsOfTimes() throws Exception {
        killAndLook(300, 400, System.nanoTime());
    }

    private void killAndLook(int cycles, int mostLines, long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        List<String> acknowledged = new ArrayList<>();
        List<RecordedEvent> known = List.of();
        for (int cycle = 0; cycle < cycles; cycle++) {
            try (ChildJvm child = new ChildJvm(AppendingChild.class, folder, random.nextLong())) {
                int lines = random.nextInt(mostLines);
                if (lines < mostLines / 6) {
                    // While it opens the store, or before, or soon after.
                    LockSupport.parkNanos(random.nextLong(600_000_000));
                    lines = 0;
                }
                for (int i = 0; i < lines; i++) {
                    acknowledged.add(child.line());
                }
                child.kill();
                // What was in the pipe was acknowledged as well; its last line may be cut short.
                child.lines().stream().filter(AppendedLine::isWhole).forEach(acknowledged::add);
            }
            String told = "seed=" + seed + " cycle=" + cycle;
            try (EventStore store = EventStore.open(TestEvents.restless(folder))) {
                List<RecordedEvent> events = TestEvents.assertSound(store);
                assertEquals(known, events.subList(0, known.size()), told);
                for (String line : acknowledged) {
                    AppendedLine.parse(line).assertIn(events, told);
                }
                known = events;
            }
        }
        assertTrue(acknowledged.size() > cycles);
    }

    /** What {@link AppendingChild} prints. */
    private record AppendedLine(
            long first, long last, long version, String key, long seed, int size) {
        static boolean isWhole(String line) {
            return line.matches("(\\d+ ){3}s\\d+ \\d+ \\d+");
        }

        static AppendedLine parse(String line) {
            String[] parts = line.split(" ");
            return new AppendedLine(
                    Long.parseLong(parts[0]),
                    Long.parseLong(parts[1]),
                    Long.parseLong(parts[2]),
                    parts[3],
                    Long.parseLong(parts[4]),
                    Integer.parseInt(parts[5]));
        }

        void assertIn(List<RecordedEvent> events, String told) {
            assertTrue(last < events.size(), told + " lost " + this);
            for (long position = first; position <= last; position++) {
                RecordedEvent event = events.get((int) position);
                assertEquals(TestEvents.stream(key), event.stream(), told);
                assertEquals(version - (last - position), event.version(), told);
                byte[] expected = TestEvents.payload(seed + position - first, size);
                assertArrayEquals(expected, event.payload(), told);
            }
        }
    }
}
