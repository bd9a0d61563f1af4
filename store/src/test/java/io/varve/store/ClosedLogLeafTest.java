package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.StoreCorruptedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bit that is wrong in what a closed log finds its blocks by: in the leaves of its tree. */
class ClosedLogLeafTest {
    private static final int PAGE = 4096;
    private static final int LEAF = 2;
    private static final int KEY = 8;
    private static final int LARGE_VALUE = 1;

    /** VBLK, as blocks begin; those of the list of free pages, which has such keys, do not. */
    private static final int BLOCK = 0x4B4C4256;

    @TempDir Path folder;

    private Path make(int events, int bytes) throws IOException {
        StoreConfig config =
                StoreConfig.at(folder).withDurability(Durability.async(Duration.ofHours(1)));
        try (EventStore store = EventStore.open(config)) {
            for (int i = 0; i < events; i++) {
                NewEvent event = NewEvent.of("made", new byte[bytes]);
                store.append(new EventBatch().add(TestEvents.stream("a"), event));
            }
        }
        return folder.resolve("log/data.mdb");
    }

    /** Lets each leaf of blocks end one row sooner. */
    private static int hideLastRows(Path data) throws IOException {
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(data)).order(ByteOrder.LITTLE_ENDIAN);
        int hidden = 0;
        for (int page = 2 * PAGE; page < file.capacity(); page += PAGE) {
            int end = file.getShort(page + 12);
            if (file.getLong(page) == page / PAGE && file.getShort(page + 10) == LEAF && end > 20) {
                int row = page + (file.getShort(page + end - 2) & 0xffff);
                boolean large = file.getShort(row + 4) == LARGE_VALUE;
                if (file.getShort(row + 6) == KEY && (large || file.getInt(row + 16) == BLOCK)) {
                    file.putShort(page + 12, (short) (end - 2));
                    hidden++;
                }
            }
        }
        Files.write(data, file.array(), StandardOpenOption.WRITE);
        return hidden;
    }

    private void assertRefused() {
        Path store = folder;
        StoreCorruptedException refused =
                assertThrows(StoreCorruptedException.class, () -> EventStore.open(store).close());
        assertTrue(refused.getMessage().contains("do not fit together"), refused.getMessage());
    }

    @Test
    void shouldRefuseALogThatHidesABlock() throws IOException {
        Path data = make(40, 100);
        assertTrue(hideLastRows(data) > 0);
        assertRefused();
    }

    @Test
    void shouldRefuseALargeLogThatHidesABlock() throws IOException {
        Path data = make(18, 1 << 20);
        assertTrue(Files.size(data) > 17 << 20);
        assertTrue(hideLastRows(data) > 0);
        assertRefused();
    }

    /** What is appended to nothing of it is read as it was. */
    @Test
    void shouldOpenALogThatIsLongerThanItWas() throws IOException {
        Path data = make(40, 100);
        Files.write(data, new byte[PAGE + 3], StandardOpenOption.APPEND);
        try (EventStore store = EventStore.open(folder)) {
            assertEquals(39, store.head());
        }
    }
}
