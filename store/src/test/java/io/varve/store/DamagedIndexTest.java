package io.varve.store;

import static io.varve.store.TestEvents.assertSound;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The index is derived: without it, or with another in its place, the store answers the same. */
class DamagedIndexTest {
    private static final int EVENTS = 100;
    private static final String WHOLE = "head=99 wrong=0 refused=0 append=ok";

    @TempDir Path folder;
    private final Map<Path, String> outcomes = new LinkedHashMap<>();

    private static Path index(Path store) {
        return store.resolve("index").resolve("data.mdb");
    }

    private Path copyOf(Path whole, String name) throws IOException {
        Path copy = folder.resolve(name);
        TestEvents.copy(whole, copy);
        outcomes.put(copy, WHOLE);
        return index(copy);
    }

    @Test
    void shouldBuildAnIndexAgainThatIsGoneOrGarbage() throws Exception {
        Path whole = folder.resolve("whole");
        ReadingChild.fill(whole, EVENTS);
        copyOf(whole, "untouched");
        Files.delete(copyOf(whole, "deleted"));
        Files.write(copyOf(whole, "empty"), new byte[0]);
        Files.write(copyOf(whole, "short"), new byte[] {1, 2, 3});
        Files.write(copyOf(whole, "zeros"), new byte[100_000]);
        for (int i = 0; i < 3; i++) {
            int length = 20_000 * (i + 1);
            Files.write(copyOf(whole, "garbage" + i), TestEvents.payload(i, length));
        }
        DamagedLogTest.assertSurvived(outcomes);
    }

    @Test
    void shouldBuildAnIndexAgainThatWasCutShort() throws Exception {
        cut(4, 11);
    }

    @Test
    @Tag("long")
    void shouldBuildAnIndexAgainThatWasCutShortAnywhere() throws Exception {
        cut(100, System.nanoTime());
    }

    private void cut(int times, long seed) throws Exception {
        Path whole = folder.resolve("whole");
        ReadingChild.fill(whole, EVENTS);
        long size = Files.size(index(whole));
        SplittableRandom random = new SplittableRandom(seed);
        List<Long> lengths = new ArrayList<>(List.of(1L, 4096L, 5000L, 8192L, 8193L, size - 4096));
        for (int i = 0; i < times; i++) {
            lengths.add(random.nextLong(size));
        }
        for (long length : lengths) {
            try (FileChannel channel =
                    FileChannel.open(copyOf(whole, "cut" + length), StandardOpenOption.WRITE)) {
                channel.truncate(length);
            }
        }
        DamagedLogTest.assertSurvived(outcomes);
    }

    @Test
    void shouldBuildAnIndexAgainThatBelongsToAnotherLog() throws Exception {
        Path whole = folder.resolve("whole");
        Path twin = folder.resolve("twin");
        Path longer = folder.resolve("longer");
        Path empty = folder.resolve("empty");
        ReadingChild.fill(whole, EVENTS);
        ReadingChild.fill(twin, EVENTS);
        ReadingChild.fill(longer, EVENTS + 100);
        EventStore.open(empty).close();
        for (Path other : List.of(twin, longer, empty)) {
            Path target = copyOf(whole, "with-index-of-" + other.getFileName());
            if (Files.exists(index(other))) {
                Files.copy(index(other), target, StandardCopyOption.REPLACE_EXISTING);
            }
        }
        DamagedLogTest.assertSurvived(outcomes);
    }

    /** A log that was restored from a copy and grew again, with the index of its other future. */
    @Test
    void shouldBuildAnIndexAgainAfterTheLogWasRestored() throws Exception {
        Path live = folder.resolve("live");
        Path backup = folder.resolve("backup");
        ReadingChild.fill(live, 50);
        TestEvents.copy(live, backup);
        StreamId a = TestEvents.stream("a");
        append(live, a, "lost", 20);
        append(backup, a, "found", 30);
        Files.copy(index(live), index(backup), StandardCopyOption.REPLACE_EXISTING);
        try (EventStore store = EventStore.open(backup)) {
            List<RecordedEvent> events = assertSound(store);
            assertEquals("found29", TestEvents.text(events.get(events.size() - 1)));
            assertEquals(30, TestEvents.of(store, a).size());
        }
    }

    private static void append(Path path, StreamId stream, String text, int count) {
        try (EventStore store = EventStore.open(path)) {
            for (int i = 0; i < count; i++) {
                store.append(stream, ExpectedVersion.any(), TestEvents.event(text + i));
            }
        }
    }

    /** An index whose merge is older than the log is brought up to date. */
    @Test
    void shouldCatchUpWithAnOlderIndex() throws Exception {
        Path live = folder.resolve("live");
        Path old = folder.resolve("old");
        ReadingChild.fill(live, 100);
        TestEvents.copy(live, old);
        append(live, TestEvents.stream("new"), "x", 40);
        Files.copy(index(old), index(live), StandardCopyOption.REPLACE_EXISTING);
        Files.delete(live.resolve("index").resolve("varve.sync")); // it is of the newer one
        try (EventStore store = EventStore.open(TestEvents.restless(live))) {
            assertEquals(140, assertSound(store).size());
        }
    }
}
