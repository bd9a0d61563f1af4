package io.varve.store;

import static io.varve.store.TestEvents.assertSound;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.VarveException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A log without the file that says what of it is on disk. */
class UnknownSyncsTest {
    private static final int EVENTS = 6;
    private static final int PAGE = 4096;

    @TempDir Path folder;
    private Path data;
    private Path syncs;
    private StoreConfig async;

    @BeforeEach
    void fill() {
        data = folder.resolve("log").resolve("data.mdb");
        syncs = folder.resolve("log").resolve("varve.sync");
        async =
                StoreConfig.at(folder)
                        .withInitialMapBytes(1 << 20)
                        .withDurability(Durability.async(Duration.ofHours(1)));
        try (EventStore store = EventStore.open(async)) {
            for (int i = 0; i < EVENTS; i++) {
                store.append(
                        TestEvents.stream("a"),
                        ExpectedVersion.any(),
                        TestEvents.event("number " + i + " " + "x".repeat(20_000)));
            }
        }
    }

    @Test
    void shouldOpenAWholeLog() throws Exception {
        Files.delete(syncs);
        try (EventStore store = EventStore.open(async)) {
            assertEquals(EVENTS, assertSound(store).size());
        }
    }

    @Test
    void shouldRefuseALogWithABlockThatIsNotWhatWasWritten() throws Exception {
        Files.delete(syncs);
        damage("number 2 ");
        assertThrows(StoreCorruptedException.class, () -> EventStore.open(async).close());
        assertFalse(Files.exists(syncs));
    }

    @Test
    void shouldMakeAnewWhatWasHalfMade() throws Exception {
        Files.write(data, Arrays.copyOf(Files.readAllBytes(fresh()), PAGE));
        Files.delete(syncs);
        TestEvents.deleteIndex(folder);
        try (EventStore store = EventStore.open(async)) {
            assertEquals(-1, store.head());
        }
    }

    /** Its length is on the disk, and one of its two pages, or none. */
    @ParameterizedTest
    @CsvSource({"true, false", "false, true", "false, false"})
    void shouldMakeAnewWhatWasMadeWithoutOneOfItsPages(boolean first, boolean second)
            throws Exception {
        Files.write(data, halfMade(first, second));
        Files.delete(syncs);
        TestEvents.deleteIndex(folder);
        try (EventStore store = EventStore.open(async)) {
            assertEquals(-1, store.head());
        }
    }

    @Test
    void shouldRefuseTwoPagesThatNobodyHasMadeLast() throws Exception {
        byte[] used = halfMade(false, true);
        used[PAGE + 144] = 1;
        byte[] more = halfMade(true, false);
        more[2 * PAGE - 1] = 1;
        TestEvents.deleteIndex(folder);
        for (byte[] bytes : List.of(used, more)) {
            Files.write(data, bytes);
            Files.deleteIfExists(syncs);
            assertThrows(VarveException.class, () -> EventStore.open(async).close());
            assertArrayEquals(bytes, Files.readAllBytes(data));
        }
    }

    private byte[] halfMade(boolean first, boolean second) throws IOException {
        byte[] page = Arrays.copyOf(Files.readAllBytes(fresh()), PAGE);
        byte[] bytes = new byte[2 * PAGE];
        System.arraycopy(page, 0, bytes, 0, first ? PAGE : 0);
        page[0] = 1;
        System.arraycopy(page, 0, bytes, PAGE, second ? PAGE : 0);
        return bytes;
    }

    @Test
    void shouldRefuseALogOfWhichOnlyTheFirstPageIsLeft() throws Exception {
        Files.write(data, Arrays.copyOf(Files.readAllBytes(data), PAGE));
        assertThrows(StoreCorruptedException.class, () -> EventStore.open(async).close());
        Files.delete(syncs);
        assertThrows(StoreCorruptedException.class, () -> EventStore.open(async).close());
    }

    /** A data file whose first meta page is still of before the first transaction. */
    private Path fresh() throws IOException {
        byte[] bytes = Files.readAllBytes(data);
        Arrays.fill(bytes, 88 + 8, 144, (byte) 0);
        Arrays.fill(bytes, 40 + 8 + 32, 88, (byte) -1);
        Arrays.fill(bytes, 128, 136, (byte) -1);
        Arrays.fill(bytes, 144, 152, (byte) 0);
        return Files.write(folder.resolve("fresh"), bytes);
    }

    private void damage(String text) throws IOException {
        String all = Files.readString(data, StandardCharsets.ISO_8859_1);
        int found = 0;
        try (RandomAccessFile out = new RandomAccessFile(data.toFile(), "rw")) {
            for (int at = all.indexOf(text); at >= 0; at = all.indexOf(text, at + 1)) {
                out.seek(at);
                out.write('N');
                found++;
            }
        }
        assertTrue(found > 0);
    }
}
