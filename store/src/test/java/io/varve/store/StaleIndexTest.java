package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.lmdb.DurableFiles;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pages of the index that the disk never wrote: where one was, an older page of the same index lies
 * whole. The store answers as before, or builds the index again; it never believes the older one.
 */
class StaleIndexTest {
    private static final int PAGE = 4096;
    private static final int GENERATIONS = 5;

    @TempDir Path folder;

    /** What each stream, key and producer is to be answered with. */
    private final Map<StreamId, Long> versions = new HashMap<>();

    private final List<EventBatch> keyed = new ArrayList<>();
    private Optional<RecordedMark> mark = Optional.empty();

    /** The index as it was after each generation, the newest last. */
    private final List<byte[]> generations = new ArrayList<>();

    /** How a store was left. */
    private enum Left {
        CLOSED,
        /** With an index too large for all of it to be summed up. */
        CLOSED_LARGE,
        KILLED
    }

    private static StoreConfig config(Path at) {
        return StoreConfig.at(at)
                .withMergeEvents(60)
                .withInitialMapBytes(1 << 20)
                .withDurability(Durability.async(Duration.ofHours(1)));
    }

    private void make(Path store, Left left, int batches, int streams) throws IOException {
        SplittableRandom random = new SplittableRandom(7);
        for (int g = 0; g < GENERATIONS; g++) {
            try (EventStore open = EventStore.open(config(store))) {
                for (int b = 0; b < batches; b++) {
                    append(open, random, streams * (g + 1) / GENERATIONS);
                }
                if (left == Left.KILLED && g == GENERATIONS - 1) {
                    TestEvents.copy(store, folder.resolve("whole"));
                }
            }
            generations.add(Files.readAllBytes(store.resolve("index/data.mdb")));
        }
        if (left == Left.KILLED) {
            Path killed = folder.resolve("whole/index/data.mdb");
            generations.set(GENERATIONS - 1, Files.readAllBytes(killed));
        } else {
            TestEvents.copy(store, folder.resolve("whole"));
        }
    }

    private void append(EventStore open, SplittableRandom random, int streams) {
        EventBatch batch = new EventBatch();
        for (int i = 0; i < 7; i++) {
            StreamId stream = TestEvents.stream("s" + random.nextInt(streams));
            batch.add(stream, TestEvents.event("e"));
            versions.merge(stream, 0L, (version, none) -> version + 1);
        }
        if (open.head() < 0 || random.nextBoolean()) {
            keyed.add(batch.idempotencyKey("key" + keyed.size()));
        } else {
            long next = open.head();
            batch.producerMark(
                    mark.map(m -> m.next(next)).orElse(ProducerMark.first("p", 1, next)));
            mark = Optional.of(new RecordedMark("p", 1, next));
        }
        open.append(batch);
    }

    /** A page, and what it was once. */
    private record Stale(int page, byte[] bytes) {}

    private List<Stale> stales() {
        List<Stale> found = new ArrayList<>();
        byte[] now = generations.get(GENERATIONS - 1);
        for (byte[] old : generations.subList(0, GENERATIONS - 1)) {
            for (int page = 2; (page + 1) * PAGE <= Math.min(old.length, now.length); page++) {
                byte[] was = Arrays.copyOfRange(old, page * PAGE, (page + 1) * PAGE);
                byte[] is = Arrays.copyOfRange(now, page * PAGE, (page + 1) * PAGE);
                if (!Arrays.equals(was, is) && !Arrays.equals(was, new byte[PAGE])) {
                    found.add(new Stale(page, was));
                }
            }
        }
        return found;
    }

    private Path copyWith(Stale stale, Left left, int number) throws IOException {
        Path copy = folder.resolve("copy" + number);
        TestEvents.copy(folder.resolve("whole"), copy);
        if (left != Left.KILLED) {
            EventStore.open(config(copy)).close();
        }
        if (left == Left.CLOSED_LARGE) {
            IndexRows.closeAsLarge(copy.resolve("index"));
        }
        Path index = copy.resolve("index/data.mdb");
        try (RandomAccessFile file = new RandomAccessFile(index.toFile(), "rw")) {
            file.seek((long) stale.page() * PAGE);
            file.write(stale.bytes());
        }
        return copy;
    }

    private String outcome(Path store) {
        try (EventStore open = EventStore.open(config(store))) {
            for (Map.Entry<StreamId, Long> stream : versions.entrySet()) {
                long version = open.version(stream.getKey()).orElse(-1);
                if (version != stream.getValue()
                        || TestEvents.of(open, stream.getKey()).size() != version + 1) {
                    return "wrong stream";
                }
            }
            if (!open.producerMark("p").equals(mark)) {
                return "wrong mark";
            }
            for (int i = 0; i < keyed.size(); i += 11) {
                if (!open.append(keyed.get(i)).repeated()) {
                    return "wrong key";
                }
            }
            return "right";
        } catch (StoreCorruptedException e) {
            assertTrue(e.remedy().contains("rebuildIndex"), e.getMessage());
            return "refused";
        }
    }

    private Map<String, Integer> sweep(Left left, int batches, int streams, int most, long seed)
            throws IOException {
        make(folder.resolve("store"), left, batches, streams);
        List<Stale> stales = stales();
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, Integer> outcomes = new TreeMap<>();
        for (int i = 0; i < most && !stales.isEmpty(); i++) {
            Stale stale = stales.remove(random.nextInt(stales.size()));
            Path copy = copyWith(stale, left, i);
            String outcome = outcome(copy);
            outcomes.merge(outcome, 1, Integer::sum);
            if (outcome.equals("refused")) {
                assertEquals("right", outcome(copy), "it is built again");
            }
            DurableFiles.delete(copy);
        }
        return outcomes;
    }

    @Test
    void shouldNotBelieveAnOlderPageOfAClosedStore() throws IOException {
        assertEquals(Map.of("right", 8), sweep(Left.CLOSED, 4, 30, 8, 42));
    }

    @Test
    void shouldNotBelieveAnOlderPageAmongTheLastEventsOfALargeStore() throws IOException {
        assertEquals(Map.of("right", 8), sweep(Left.CLOSED_LARGE, 4, 30, 8, 42));
    }

    @Test
    void shouldNotBelieveAnOlderPageOfAKilledStore() throws IOException {
        assertEquals(Map.of("right", 8), sweep(Left.KILLED, 4, 30, 8, 42));
    }

    @Test
    @Tag("long")
    void shouldNotBelieveAnOlderPageManyTimes() throws IOException {
        long seed = Long.getLong("varve.seed", System.nanoTime());
        System.out.println("seed=" + seed);
        Map<String, Integer> outcomes = sweep(Left.CLOSED, 60, 400, 400, seed);
        assertEquals(List.of("right"), List.copyOf(outcomes.keySet()), outcomes::toString);
    }

    /** Of these, some are noticed by who reads there, and some by nobody but a verification. */
    @Test
    @Tag("long")
    void shouldNeverTellAnOlderVersionOfALargeOrAKilledStore() throws IOException {
        long seed = Long.getLong("varve.seed", System.nanoTime());
        Left left = seed % 2 == 0 ? Left.KILLED : Left.CLOSED_LARGE;
        System.out.println("seed=" + seed);
        Map<String, Integer> outcomes = sweep(left, 60, 400, 400, seed);
        System.out.println(left + " " + outcomes);
    }
}
