package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed while it truncates leaves a log that is whole, but shorter. */
class KilledTruncationTest {
    @TempDir Path folder;

    @Test
    void shouldLeaveAWholeLog() throws Exception {
        killAndLook(2, 60, 4_711);
    }

    @Test
    @Tag("long")
    void shouldLeaveAWholeLogManyTimes() throws Exception {
        killAndLook(60, 1_500, System.nanoTime());
    }

    private void killAndLook(int cycles, int mostLines, long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        long head = -1;
        long first = 0;
        for (int cycle = 0; cycle < cycles; cycle++) {
            try (ChildJvm child =
                    new ChildJvm(TruncatingChild.class, folder, random.nextInt(1_000))) {
                int lines = 20 + random.nextInt(mostLines);
                for (int i = 0; i < lines; i++) {
                    String line = child.line();
                    long number = Long.parseLong(line.substring(line.indexOf(' ') + 1));
                    head = line.startsWith("head") ? number : head;
                    first = line.startsWith("first") ? number : first;
                }
                child.kill();
            }
            if (random.nextBoolean()) {
                TestEvents.deleteIndex(folder);
            }
            look(head, first, "seed=" + seed + " cycle=" + cycle);
        }
        assertTrue(first > 0);
    }

    private void look(long head, long first, String told) {
        try (EventStore store = EventStore.open(TestEvents.restless(folder))) {
            assertTrue(store.head() >= head, told);
            long begin = store.retention().firstPosition();
            assertTrue(begin >= first && begin <= Math.max(0, store.head() - 30), told);
            assertEquals(List.of(), store.verify(ProgressListener.none()).problems(), told);
            Map<StreamId, Long> versions = new HashMap<>();
            List<RecordedEvent> events = TestEvents.all(store);
            assertEquals(store.head() - begin + 1, events.size(), told);
            for (long position = 0; position <= store.head(); position++) {
                StreamId stream = TruncatingChild.stream(position);
                long version = versions.merge(stream, 0L, (old, one) -> old + 1);
                if (position >= begin) {
                    RecordedEvent event = events.get((int) (position - begin));
                    assertEquals(position, event.position(), told);
                    assertEquals(stream, event.stream(), told);
                    assertEquals(version, event.version(), told);
                    assertArrayEquals(
                            TruncatingChild.event(position).payload(), event.payload(), told);
                }
            }
            versions.forEach(
                    (stream, version) ->
                            assertEquals(version, store.version(stream).orElseThrow(), told));
        }
    }
}
