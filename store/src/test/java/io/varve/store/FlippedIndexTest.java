package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.StoreCorruptedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One wrong bit in the index of a store that was closed, in a page that the opening of a large one
 * does not look at: what a stream or a key is asked for is answered as before, or refused, or the
 * index is built again. Nothing that is there is not found.
 */
class FlippedIndexTest {
    private static final int PAGE = 4096;
    private static final int BRANCH = 1;
    private static final int LEAF = 2;
    private static final int TABLE = 2;
    private static final int STREAMS = 100;
    private static final String LONG = "-".repeat(100);

    @TempDir Path store;
    private final Map<Path, byte[]> whole = new LinkedHashMap<>();
    private ByteBuffer index;

    private StoreConfig config() {
        return StoreConfig.at(store).withDurability(Durability.async(Duration.ofHours(1)));
    }

    private static StreamId stream(int i) {
        return TestEvents.stream("stream-" + i + LONG);
    }

    private static EventBatch batch(int i) {
        EventBatch batch = new EventBatch().add(stream(i), TestEvents.event("e" + i));
        return batch.idempotencyKey("key-" + i + LONG);
    }

    @BeforeEach
    void make() throws IOException {
        try (EventStore open = EventStore.open(config())) {
            for (int i = 0; i < STREAMS; i++) {
                open.append(batch(i * 7 % STREAMS));
            }
            TestEvents.appendMany(open, TestEvents.stream("later"), 1_100);
        }
        IndexRows.closeAsLarge(store.resolve("index"));
        for (String part : List.of("log", "index")) {
            for (String name : List.of("data.mdb", "varve.sync")) {
                Path file = store.resolve(part).resolve(name);
                whole.put(file, Files.readAllBytes(file));
            }
        }
        byte[] bytes = whole.get(store.resolve("index/data.mdb"));
        index = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Writes the files as they were closed, but for one bit; they stay the files they are. */
    private void flip(int at, int bit) throws IOException {
        Files.deleteIfExists(store.resolve("index/damaged"));
        index.put(at, (byte) (index.get(at) ^ 1 << bit));
        for (Map.Entry<Path, byte[]> file : whole.entrySet()) {
            Files.write(file.getKey(), file.getValue());
        }
        index.put(at, (byte) (index.get(at) ^ 1 << bit));
    }

    private List<Integer> pages(int kind) {
        List<Integer> pages = new ArrayList<>();
        for (int at = 2 * PAGE; at < index.capacity(); at += PAGE) {
            if (index.getLong(at) == at / PAGE && index.getShort(at + 10) == kind) {
                pages.add(at);
            }
        }
        return pages;
    }

    /** In the nodes of a page, or, of a branch, in what says where they are. */
    private int place(int page, int kind, SplittableRandom random) {
        int end = index.getShort(page + 12) & 0xffff;
        int begin = index.getShort(page + 14) & 0xffff;
        if (kind == BRANCH) {
            int at = random.nextInt(PAGE - begin + end);
            return page + (at < end ? at : begin + at - end);
        }
        // LMDB follows the head of a row blindly, to the end of the process: not that one.
        int row = index.getShort(page + 16 + random.nextInt((end - 16) / 2) * 2) & 0xffff;
        int key = index.getShort(page + row + 6) & 0xffff;
        int value = index.getInt(page + row);
        return page + row + 8 + random.nextInt(key + value);
    }

    private String outcome(String what) {
        try (EventStore open = EventStore.open(config())) {
            for (int i = 0; i < STREAMS; i++) {
                assertEquals(1, open.readList(EventQuery.stream(stream(i))).size(), what);
                assertTrue(open.append(batch(i)).repeated(), what);
                assertEquals(0, open.version(stream(i)).orElse(-1), what);
            }
            assertEquals(STREAMS + 1, open.streams().all().count(), what);
            return "right";
        } catch (StoreCorruptedException e) {
            return "refused";
        }
    }

    private void sweep(int kind, int trials, SplittableRandom random) throws IOException {
        Map<String, Integer> outcomes = new TreeMap<>();
        List<Integer> pages = pages(kind);
        for (int i = 0; i < trials; i++) {
            int at = place(pages.get(random.nextInt(pages.size())), kind, random);
            int bit = random.nextInt(8);
            flip(at, bit);
            String outcome = outcome("page=" + at / PAGE + " offset=" + at % PAGE + " bit=" + bit);
            outcomes.merge(outcome, 1, Integer::sum);
            if (outcome.equals("refused")) {
                assertEquals("right", outcome("again"), "it is built again");
            }
        }
        assertTrue(outcomes.getOrDefault("right", 0) > 0, outcomes.toString());
    }

    /** Any bit of what leads to the rows: whoever follows it would come to a wrong page. */
    @Test
    void shouldAnswerAsBeforeWhateverBitOfABranchIsWrong() throws IOException {
        sweep(BRANCH, 12, new SplittableRandom(42));
    }

    /** A bit of a row's key or value. */
    @Test
    void shouldAnswerAsBeforeOrRefuseWhereABitOfARowIsWrong() throws IOException {
        sweep(LEAF, 12, new SplittableRandom(42));
    }

    /** A page that tells of one row less: the row is there, and no search comes to it. */
    @Test
    void shouldRefuseAPageThatHidesARow() throws IOException {
        int hidden = 0;
        for (int page : pages(LEAF)) {
            int end = index.getShort(page + 12);
            if (end > 20) {
                index.putShort(page + 12, (short) (end - 2));
                flip(page, 0); // of its number, which nobody reads
                hidden += outcome("page=" + page / PAGE).equals("refused") ? 1 : 0;
                index.putShort(page + 12, (short) end);
            }
        }
        assertTrue(hidden > 0);
    }

    /** It is a row of the tree that leads to all others; a table that is not found is made new. */
    @Test
    void shouldMakeNoTableAnewWhoseNameIsWrong() throws IOException {
        int found = 0;
        for (int page : pages(LEAF)) {
            for (int at : names(page)) {
                found++;
                flip(at, 2);
                assertEquals("right", outcome("at=" + at));
                flip(at, 2);
                // Nothing says any more how it was when it was closed.
                Files.delete(store.resolve("index/varve.sync"));
                assertEquals("right", outcome("killed, at=" + at));
            }
        }
        assertTrue(found >= 7, "tables");
    }

    /** Where the names of tables begin. */
    private List<Integer> names(int page) {
        List<Integer> names = new ArrayList<>();
        int rows = ((index.getShort(page + 12) & 0xffff) - 16) / 2;
        for (int i = 0; i < rows; i++) {
            int row = page + (index.getShort(page + 16 + 2 * i) & 0xffff);
            if (index.getShort(row + 4) == TABLE) {
                names.add(row + 8);
            }
        }
        return names;
    }

    @Test
    @Tag("long")
    void shouldAnswerAsBeforeOrRefuseManyTimes() throws IOException {
        long seed = Long.getLong("varve.seed", System.nanoTime());
        System.out.println("seed=" + seed);
        sweep(BRANCH, 1000, new SplittableRandom(seed));
        sweep(LEAF, 1000, new SplittableRandom(seed));
    }
}
