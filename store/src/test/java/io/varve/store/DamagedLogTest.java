package io.varve.store;

import static io.varve.store.TestEvents.assertSound;
import static io.varve.store.TestEvents.event;
import static io.varve.store.TestEvents.stream;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.StoreCorruptedException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes of the log that are not what was written. */
class DamagedLogTest {
    private static final StreamId A = stream("a");
    private static final StreamId B = stream("b");

    @TempDir Path folder;

    /** Three blocks of two events each; each block names something. */
    private List<RecordedEvent> threeBlocks(Path path, int size) {
        try (EventStore store = EventStore.open(path)) {
            for (int i = 0; i < 3; i++) {
                EventHeaders headers = EventHeaders.NONE.withCorrelation("c" + i);
                store.append(
                        new EventBatch()
                                .add(A, event(i, size).with(headers).at(1_000 + i))
                                .add(stream("own" + i), NewEvent.of("Own" + i, new byte[size])));
            }
            return assertSound(store);
        }
    }

    /** A byte of every region of a block, by name. */
    private static Map<String, Integer> regions(LogFile file, int block) {
        Map<String, Integer> offsets = new LinkedHashMap<>();
        offsets.put("magic", 0);
        offsets.put("header CRC", BlockFormat.HEADER_CRC + 1);
        offsets.put("length", BlockFormat.LENGTH);
        offsets.put("version", BlockFormat.FORMAT_VERSION);
        offsets.put("flags", BlockFormat.FLAGS);
        offsets.put("header length", BlockFormat.HEADER_LENGTH);
        offsets.put("first position", BlockFormat.FIRST_POSITION + 1);
        offsets.put("count", BlockFormat.COUNT);
        offsets.put("preamble length", BlockFormat.PREAMBLE_LENGTH);
        offsets.put("commit time", BlockFormat.COMMIT_TIME + 3);
        offsets.put("previous chain", BlockFormat.PREVIOUS_CHAIN);
        offsets.put("chain", BlockFormat.CHAIN + 7);
        offsets.put("nonce", BlockFormat.NONCE);
        offsets.put("body CRC", BlockFormat.BODY_CRC);
        offsets.put("preamble", file.firstRow(block) - 3);
        offsets.put("own fields", BlockFormat.SHARED);
        int shared = BlockFormat.SHARED;
        offsets.put("shared stream", shared + RowFormat.streamAt());
        offsets.put("shared version", shared + RowFormat.versionAt());
        offsets.put("shared type", shared + RowFormat.typeAt(RowFormat.ALL));
        offsets.put("shared headers length", shared + RowFormat.headersAt(RowFormat.ALL));
        offsets.put("shared event time", shared + RowFormat.timeAt(RowFormat.ALL) + 2);
        offsets.put("reserved", shared + RowFormat.SHARED_LENGTH - 1);
        int row = file.firstRow(block);
        int own = file.ownFields(block);
        assertEquals(RowFormat.STREAM | RowFormat.TYPE | RowFormat.HEADERS | RowFormat.TIME, own);
        offsets.put("body begins", row);
        offsets.put("stream", row + RowFormat.streamAt());
        offsets.put("version in stream", row + RowFormat.versionAt());
        offsets.put("type", row + RowFormat.typeAt(own));
        offsets.put("headers length", row + RowFormat.headersAt(own));
        offsets.put("event time", row + RowFormat.timeAt(own) + 2);
        offsets.put("headers", file.firstBody(block) + 1);
        offsets.put("payload", file.firstBody(block) + 50);
        return offsets;
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 3000})
    void shouldRefuseADamagedBlockAndReadTheOthers(int size) throws IOException {
        List<RecordedEvent> events = threeBlocks(folder, size);
        LogFile file = new LogFile(folder);
        List<Integer> copies = file.blocks(2);
        assertFalse(copies.isEmpty());
        regions(file, copies.get(0))
                .forEach(
                        (region, offset) -> {
                            flip(file, copies, offset);
                            assertOthersReadable(events, region);
                            flip(file, copies, offset);
                        });
        try (EventStore store = EventStore.open(folder)) {
            assertEquals(events, assertSound(store));
        }
    }

    private static void flip(LogFile file, List<Integer> blocks, int offset) {
        try {
            blocks.forEach(block -> file.flip(block + offset, 0x10));
            file.write();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void assertOthersReadable(List<RecordedEvent> events, String region) {
        try (EventStore store = EventStore.open(folder)) {
            assertEquals(5, store.head(), region);
            List<RecordedEvent> seen = new ArrayList<>();
            refused(
                    region,
                    () -> store.read(EventQuery.all(), event -> seen.add(event.toRecordedEvent())));
            assertEquals(events.subList(0, 2), seen, region);
            seen.clear();
            EventQuery back = EventQuery.all().backward();
            refused(region, () -> store.read(back, event -> seen.add(event.toRecordedEvent())));
            assertEquals(List.of(events.get(5), events.get(4)), seen, region);
            EventCursor cursor = store.cursor(EventQuery.all());
            assertEquals(events.subList(0, 2), List.of(cursor.next(), cursor.next()), region);
            refused(region, cursor::next);
            refused(region, cursor::hasNext);
            refused(region, () -> store.readList(EventQuery.all().from(3)));
            refused(region, () -> store.readList(EventQuery.stream(A)));
            refused(region, () -> store.chainHash(2));
            assertEquals(events.subList(4, 6), store.readList(EventQuery.all().from(4)), region);
            assertEquals(2, store.readList(EventQuery.stream(A).from(2)).get(0).version());
            assertEquals(1, store.readList(EventQuery.stream(stream("own0"))).size(), region);
            // Not believed the second time either.
            refused(region, () -> store.readList(EventQuery.all().from(2).limit(1)));
        }
    }

    @Test
    void shouldReadSingleEventsBesideADamagedChunkOfTheirBlock() throws IOException {
        List<RecordedEvent> events;
        try (EventStore store = EventStore.open(folder)) {
            EventBatch batch = new EventBatch();
            for (int i = 0; i < 20; i++) {
                batch.add(stream("s" + i), NewEvent.of("T", new byte[1000]));
            }
            store.append(batch);
            store.append(A, ExpectedVersion.any(), NewEvent.of("T", new byte[1]));
            events = store.readList(EventQuery.all());
        }
        LogFile file = new LogFile(folder);
        List<Integer> copies = file.blocks(0);
        flip(file, copies, file.firstBody(copies.get(0)) + 10 * 1000 + 600);
        try (EventStore store = EventStore.open(folder)) {
            for (int i : List.of(0, 5, 15, 19)) {
                EventQuery one = EventQuery.all().from(i).limit(1);
                assertEquals(events.subList(i, i + 1), store.readList(one));
                assertEquals(1, store.readList(EventQuery.stream(stream("s" + i))).size());
            }
            refused("event", () -> store.readList(EventQuery.all().from(10).limit(1)));
            refused("stream", () -> store.readList(EventQuery.stream(stream("s10"))));
            refused("all", () -> store.readList(EventQuery.all()));
        }
        flip(file, copies, BlockFormat.SHA + 3);
        try (EventStore store = EventStore.open(folder)) {
            refused("sums", () -> store.readList(EventQuery.all().from(0).limit(1)));
        }
    }

    private static void refused(String region, org.junit.jupiter.api.function.Executable read) {
        StoreCorruptedException e = assertThrows(StoreCorruptedException.class, read, region);
        assertFalse(e.remedy().isEmpty(), region);
        assertTrue(e.getMessage().contains(e.remedy()), region);
    }

    @Test
    void shouldRefuseToOpenBehindADamagedLastBlock() throws IOException {
        List<RecordedEvent> events = threeBlocks(folder, 3000);
        LogFile file = new LogFile(folder);
        List<Integer> copies = file.blocks(4);
        regions(file, copies.get(0))
                .forEach(
                        (region, offset) -> {
                            flip(file, copies, offset);
                            refused(region, () -> EventStore.open(folder).close());
                            // Nothing is held by an open that failed.
                            refused(region, () -> EventStore.open(folder).close());
                            flip(file, copies, offset);
                        });
        try (EventStore store = EventStore.open(folder)) {
            assertEquals(events, assertSound(store));
        }
    }

    @Test
    void shouldNotDeleteTheIndexWhenTheLogIsDamaged() throws IOException {
        threeBlocks(folder, 3000);
        LogFile file = new LogFile(folder);
        byte[] index = Files.readAllBytes(folder.resolve("index").resolve("data.mdb"));
        file.flip(file.blocks(4).get(0) + BlockFormat.SHA, 1);
        file.write();
        refused("open", () -> EventStore.open(folder).close());
        org.junit.jupiter.api.Assertions.assertArrayEquals(
                index, Files.readAllBytes(folder.resolve("index").resolve("data.mdb")));
    }

    @Test
    void shouldRefuseABlockThatBelongsToAnotherHistory(@TempDir Path other) throws IOException {
        threeBlocks(folder, 3000);
        threeBlocks(other, 3000);
        // The second block of a twin, whole and with right checksums, in place of ours.
        LogFile mine = new LogFile(folder);
        LogFile twin = new LogFile(other);
        byte[] source = Files.readAllBytes(other.resolve("log").resolve("data.mdb"));
        byte[] target = Files.readAllBytes(folder.resolve("log").resolve("data.mdb"));
        int at = mine.blocks(2).get(0);
        System.arraycopy(source, twin.blocks(2).get(0), target, at, 6300);
        Files.write(folder.resolve("log").resolve("data.mdb"), target);
        TestEvents.deleteIndex(folder);
        refused("chain", () -> EventStore.open(folder).close());
    }

    @Test
    void shouldRefuseALogThatIsGoneWhileItsIndexIsThere() throws IOException {
        threeBlocks(folder, 100);
        Path data = folder.resolve("log").resolve("data.mdb");
        for (int i = 0; i < 2; i++) {
            Files.write(data, new byte[0]);
            refused("empty", () -> EventStore.open(folder).close());
            Files.delete(data);
            refused("missing", () -> EventStore.open(folder).close());
            Files.deleteIfExists(data.resolveSibling("varve.sync")); // a witness the less
        }
        TestEvents.deleteIndex(folder);
        refused("missing", () -> EventStore.open(folder).close());
        Files.delete(folder.resolve("index").resolve("varve.sync")); // the last one
        try (EventStore store = EventStore.open(folder)) {
            store.append(B, ExpectedVersion.noStream(), event("anew"));
            assertEquals(1, assertSound(store).size());
        }
    }

    /** LMDB may number pages that it then does not use, and does not write: nothing is missing. */
    @Test
    void shouldOpenAFileThatLacksOnlyPagesNotInUse() throws IOException {
        List<RecordedEvent> events = threeBlocks(folder, 3000);
        Path data = folder.resolve("log").resolve("data.mdb");
        byte[] file = Files.readAllBytes(data);
        for (int meta = 0; meta < 2; meta++) {
            file[meta * 4096 + 136] += 3;
        }
        Files.write(data, file);
        try (EventStore store = EventStore.open(folder)) {
            assertEquals(events, assertSound(store));
            store.append(A, ExpectedVersion.any(), event(9, 50_000));
            assertEquals(7, assertSound(store).size());
        }
    }

    @Test
    void shouldSurviveAFileThatWasCutShort() throws Exception {
        Path whole = folder.resolve("whole");
        ReadingChild.fill(whole, 300);
        long size = Files.size(whole.resolve("log").resolve("data.mdb"));
        List<Long> lengths =
                new ArrayList<>(
                        List.of(0L, 1L, 151L, 4095L, 4096L, 4097L, 8191L, 8192L, 8193L, 12288L));
        lengths.addAll(List.of(size / 2, size / 2 + 100, size - 4096, size - 100, size - 1, size));
        SplittableRandom random = new SplittableRandom(42);
        for (int i = 0; i < 4; i++) {
            lengths.add(random.nextLong(size));
        }
        Map<Path, String> outcomes = new LinkedHashMap<>();
        for (long length : lengths) {
            for (boolean index : new boolean[] {true, false}) {
                Path copy = folder.resolve("cut-" + length + (index ? "" : "-alone"));
                if (Files.exists(copy)) {
                    continue;
                }
                TestEvents.copy(whole, copy);
                if (!index) {
                    Files.delete(copy.resolve("index").resolve("data.mdb"));
                }
                Path data = copy.resolve("log").resolve("data.mdb");
                try (FileChannel channel = FileChannel.open(data, StandardOpenOption.WRITE)) {
                    channel.truncate(length);
                }
                outcomes.put(copy, length == size ? "head=299 wrong=0 refused=0 append=ok" : "");
            }
        }
        outcomes.putAll(
                Map.of(folder.resolve("cut-0-alone"), "head=-1 wrong=0 refused=0 append=ok"));
        assertSurvived(outcomes);
    }

    @Test
    void shouldSurviveFlippedBytesAnywhereInABlock() throws Exception {
        flipAnywhere(14, 7);
    }

    @Test
    @Tag("long")
    void shouldSurviveManyFlippedBytes() throws Exception {
        flipAnywhere(1_000, System.nanoTime());
    }

    private void flipAnywhere(int times, long seed) throws Exception {
        Path whole = folder.resolve("whole");
        ReadingChild.fill(whole, 300);
        SplittableRandom random = new SplittableRandom(seed);
        Map<Path, String> outcomes = new LinkedHashMap<>();
        for (int i = 0; i < times; i++) {
            Path copy = folder.resolve("flip-" + seed + "-" + i);
            TestEvents.copy(whole, copy);
            LogFile file = new LogFile(copy);
            List<Integer> blocks = List.of();
            while (blocks.isEmpty()) {
                blocks = file.blocks(random.nextInt(300));
            }
            int offset = random.nextInt(i % 2 == 0 ? BlockFormat.HEADER : 140);
            int bits = 1 << random.nextInt(8);
            blocks.forEach(block -> file.flip(block + offset, bits));
            file.write();
            outcomes.put(copy, "");
        }
        assertSurvived(outcomes);
    }

    /**
     * Opens and reads stores in a process of its own, and checks that it ended well and that none
     * of them showed a wrong event.
     *
     * @param outcomes by folder; empty where any typed error or right answer will do
     */
    static void assertSurvived(Map<Path, String> outcomes) throws Exception {
        Path list = Files.createTempFile("folders", ".txt");
        Files.write(list, outcomes.keySet().stream().map(Path::toString).toList());
        try (ChildJvm child = new ChildJvm(ReadingChild.class, list)) {
            List<String> lines = child.lines();
            String last = lines.isEmpty() ? "nothing" : lines.get(lines.size() - 1);
            assertEquals(0, child.exitCode(), last);
            for (String line : lines) {
                if (line.startsWith("about ")) {
                    continue;
                }
                String[] parts = line.split(" ", 2);
                String expected = outcomes.get(Path.of(parts[0]));
                assertTrue(parts[1].startsWith("open=") || parts[1].contains("wrong=0"), line);
                assertTrue(expected.isEmpty() || expected.equals(parts[1]), line);
            }
            assertEquals(outcomes.size() * 2, lines.size());
        } finally {
            Files.delete(list);
        }
    }
}
