package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.StoreCorruptedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bit of the key of a row beside the blocks that is not what was written. */
class DamagedHoldTest {
    @TempDir Path folder;
    private Path log;
    private byte[] whole;

    @BeforeEach
    void make() throws IOException {
        try (EventStore store = EventStore.open(folder)) {
            for (int i = 0; i < 30; i++) {
                StreamId stream = TestEvents.stream("s" + i % 3);
                store.append(stream, ExpectedVersion.any(), TestEvents.event("event " + i));
            }
            store.retention().truncateBefore(5);
            store.retention().hold("audit", 10);
            store.retention().hold("zebra", 12);
        }
        log = folder.resolve("log").resolve("data.mdb");
        whole = Files.readAllBytes(log);
    }

    /** Flips one bit wherever a key stands; LMDB may have left older copies of its page. */
    private void flip(String key, int at, int bit) throws IOException {
        byte[] wanted = key.getBytes(StandardCharsets.ISO_8859_1);
        byte[] bytes = whole.clone();
        boolean found = false;
        for (int i = 0; i + wanted.length < bytes.length; i++) {
            if (Arrays.equals(wanted, 0, wanted.length, whole, i, i + wanted.length)) {
                bytes[i + at] ^= (byte) (1 << bit);
                found = true;
            }
        }
        assertTrue(found, key);
        Files.write(log, bytes);
    }

    /** Opening looks at holds, reading a stream at what was truncated of it. */
    private void openAndRead() {
        try (EventStore store = EventStore.open(folder)) {
            for (int i = 0; i < 3; i++) {
                readTruncated(store, TestEvents.stream("s" + i));
            }
        }
    }

    /** What is left of a stream is told by its versions, and is never taken for all of it. */
    private static void readTruncated(EventStore store, StreamId stream) {
        List<RecordedEvent> left = TestEvents.of(store, stream);
        assertEquals(10, left.get(0).version() + left.size(), stream.toString());
        assertTrue(left.get(0).version() > 0, stream.toString());
    }

    private void assertRefused(String key, int at, int bit) throws IOException {
        flip(key, at, bit);
        String which = "key=" + key + " at=" + at + " bit=" + bit;
        StoreCorruptedException e =
                assertThrows(StoreCorruptedException.class, this::openAndRead, which);
        assertFalse(e.remedy().isEmpty());
        assertFalse(ClosedStore.verify(folder, ProgressListener.none()).isClean(), which);
    }

    @Test
    void shouldRefuseAHoldWhoseKeyIsDamaged() throws IOException {
        for (String key : List.of("hold/audit", "hold/zebra")) {
            for (int at = 0; at < key.length(); at++) {
                assertRefused(key, at, at % 8);
                assertRefused(key, at, 7 - at % 8);
            }
        }
    }

    @Test
    void shouldNameTheKeyThatIsNotKnown() throws IOException {
        flip("hold/zebra", 4, 7); // where it stands it is still in order
        StoreCorruptedException e =
                assertThrows(StoreCorruptedException.class, () -> EventStore.open(folder));
        assertTrue(e.getMessage().contains("key=hold\\xafzebra"), e.getMessage());
        assertTrue(e.remedy().contains("backup"), e.remedy());
    }

    @Test
    void shouldRefuseWhatWasTruncatedWhereItsKeyIsDamaged() throws IOException {
        for (String key : List.of("base/\1\0\0\0\0", "base/\1\0\0\0\2", "base/\2\0\0\0\0")) {
            for (int at = 0; at < key.length(); at++) {
                assertRefused(key, at, at % 8);
                assertRefused(key, at, 7 - at % 8);
            }
        }
    }

    @Test
    void shouldKnowAllRowsThatAreWritten() throws IOException {
        StoreConfig sealed = StoreConfig.at(folder).withTamperEvidence(true);
        try (EventStore store = EventStore.open(sealed)) {
            ProducerMark mark = ProducerMark.first("producer", 1, 1);
            store.append(
                    new EventBatch()
                            .add(TestEvents.stream("m"), TestEvents.event("a"))
                            .producerMark(mark));
            store.append(TestEvents.stream("m"), ExpectedVersion.any(), TestEvents.event("b"));
            store.retention().release("audit");
            store.retention().release("zebra");
            store.retention().truncateBefore(31);
            store.retention().hold("x".repeat(400), 31);
        }
        try (EventStore store = EventStore.open(folder)) {
            assertEquals(List.of(new Hold("x".repeat(400), 31)), store.retention().holds());
            assertTrue(store.verify(ProgressListener.none()).isClean());
        }
        assertTrue(ClosedStore.verify(folder, ProgressListener.none()).isClean());
    }
}
