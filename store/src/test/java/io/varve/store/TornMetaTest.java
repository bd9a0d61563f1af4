package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.lmdb.DurableFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk that tears what LMDB writes last in a commit, its meta page, in the middle of a sector: no
 * disk we know does, and the format asks for none that does not. What a commit has left then is the
 * log with or without it, or refused; it is never another log.
 */
class TornMetaTest {
    private static final int EVENTS = 6;
    private static final int PAGE = 4096;
    private static final int WORD = 8;

    /** What LMDB writes of it, from the page's first byte; the transaction last. */
    private static final int WRITTEN = 152;

    @TempDir Path temporary;
    private Path folder;

    /** On memory where there is such a file system: it is about bytes, not about a disk. */
    @BeforeEach
    void chooseFolder() throws IOException {
        Path shared = Path.of("/dev/shm");
        folder =
                Files.isWritable(shared)
                        ? Files.createTempDirectory(shared, "varve-torn-")
                        : temporary;
    }

    @AfterEach
    void clear() throws IOException {
        DurableFiles.delete(folder);
    }

    @Test
    void shouldHaveACommitOrNotOrRefuseToOpen() throws IOException {
        byte[] before = new byte[0];
        try (EventStore store = EventStore.open(folder)) {
            for (int i = 0; i < EVENTS; i++) {
                if (i == EVENTS - 2) {
                    before = bytes();
                }
                store.append(
                        TestEvents.stream("a"), ExpectedVersion.any(), TestEvents.event("" + i));
            }
            byte[] after = bytes();
            Map<String, Integer> seen = new HashMap<>();
            SplittableRandom random = new SplittableRandom(5);
            int words = WRITTEN / WORD;
            for (int i = 0; i < 2 * words + 20; i++) {
                boolean[] fresh = new boolean[words];
                for (int word = 0; word < words; word++) {
                    fresh[word] =
                            i < words
                                    ? word <= i
                                    : i < 2 * words ? word >= i - words : random.nextBoolean();
                }
                seen.merge(look(i, torn(before, after, fresh)), 1, Integer::sum);
            }
            assertTrue(seen.getOrDefault("with", 0) > 0, seen::toString);
            assertTrue(seen.getOrDefault("refused", 0) > 0, seen::toString);
        }
    }

    private byte[] bytes() throws IOException {
        return Files.readAllBytes(folder.resolve("log").resolve("data.mdb"));
    }

    /** The newest meta page, word for word as it is or as it was two commits before. */
    private static byte[] torn(byte[] before, byte[] after, boolean[] fresh) {
        byte[] torn = after.clone();
        int newest = transaction(after, PAGE) > transaction(after, 0) ? PAGE : 0;
        for (int word = 0; word < fresh.length; word++) {
            if (!fresh[word]) {
                int at = newest + word * WORD;
                System.arraycopy(before, at, torn, at, WORD);
            }
        }
        return torn;
    }

    private static long transaction(byte[] bytes, int page) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(page + WRITTEN - WORD);
    }

    private String look(int number, byte[] torn) throws IOException {
        Path image = folder.resolve("image" + number);
        Files.createDirectories(image.resolve("log"));
        Files.write(image.resolve("log").resolve("data.mdb"), torn);
        Path syncs = folder.resolve("log").resolve("varve.sync");
        Files.copy(syncs, image.resolve("log").resolve("varve.sync"));
        try (EventStore opened = EventStore.open(image)) {
            List<String> texts =
                    TestEvents.assertSound(opened).stream().map(TestEvents::text).toList();
            assertTrue(texts.size() == EVENTS || texts.size() == EVENTS - 1, texts::toString);
            for (int i = 0; i < texts.size(); i++) {
                assertEquals("" + i, texts.get(i));
            }
            return texts.size() == EVENTS ? "with" : "without";
        } catch (StoreCorruptedException e) {
            assertFalse(e.remedy().isEmpty());
            return "refused";
        }
    }
}
