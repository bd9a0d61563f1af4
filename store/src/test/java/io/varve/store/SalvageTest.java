package io.varve.store;

import static io.varve.store.TestEvents.assertSound;
import static io.varve.store.TestEvents.event;
import static io.varve.store.TestEvents.stream;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.FolderRefusedException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.StoreLockedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a damaged log still has is read, and what is lost is told. */
class SalvageTest {
    private static final StreamId A = stream("a");
    private static final int EVENTS = 10;

    @TempDir Path folder;

    private Path store() {
        return folder.resolve("store");
    }

    private Path data() {
        return store().resolve("log").resolve("data.mdb");
    }

    /** Blocks of two events each; the second event of each is the first of its stream and type. */
    private List<RecordedEvent> fill(int size) {
        try (EventStore store = EventStore.open(store())) {
            for (int i = 0; i < EVENTS / 2; i++) {
                store.append(
                        new EventBatch()
                                .add(A, event(i, size))
                                .add(stream("own" + i), NewEvent.of("Own" + i, new byte[size])));
            }
            return assertSound(store);
        }
    }

    /** What is found, the file being left as it was. */
    private Salvage.Report salvage(List<RecordedEvent> found) throws IOException {
        byte[] before = Files.readAllBytes(data());
        Salvage.Report report = Salvage.read(store(), e -> found.add(e.toRecordedEvent()));
        assertArrayEquals(before, Files.readAllBytes(data()));
        assertEquals(found.size(), report.events());
        return report;
    }

    private void flip(long block, int offset) throws IOException {
        LogFile file = new LogFile(store());
        List<Integer> copies = file.blocks(block);
        assertFalse(copies.isEmpty());
        copies.forEach(copy -> file.flip(copy + offset, 4));
        file.write();
    }

    private Map<String, Integer> parts(long block) throws IOException {
        LogFile file = new LogFile(store());
        int at = file.blocks(block).get(0);
        Map<String, Integer> parts = new LinkedHashMap<>();
        parts.put("magic", 0);
        parts.put("length", BlockFormat.LENGTH);
        parts.put("version of the format", BlockFormat.FORMAT_VERSION);
        parts.put("first position", BlockFormat.FIRST_POSITION);
        parts.put("count", BlockFormat.COUNT);
        parts.put("names", file.firstRow(at) - 2);
        parts.put("rows", file.firstRow(at));
        parts.put("payload", file.firstBody(at) + 50);
        return parts;
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 3000})
    void shouldReadWhatLiesAroundADamagedBlock(int size) throws IOException {
        List<RecordedEvent> events = fill(size);
        List<RecordedEvent> others = new ArrayList<>(events);
        others.subList(4, 6).clear();
        byte[] whole = Files.readAllBytes(data());
        for (Map.Entry<String, Integer> part : parts(4).entrySet()) {
            flip(4, part.getValue());
            List<RecordedEvent> found = new ArrayList<>();
            Salvage.Report report = salvage(found);
            assertEquals(List.of(new Salvage.Gap(4, 5)), report.gaps(), part.getKey());
            assertEquals(others, found, part.getKey());
            assertEquals(4, report.blocks(), part.getKey());
            Files.write(data(), whole);
        }
    }

    @Test
    void shouldGiveNumbersForNamesThatAreLost() throws IOException {
        List<RecordedEvent> events = fill(100);
        flip(0, BlockFormat.BODY_CRC);
        List<RecordedEvent> found = new ArrayList<>();
        assertEquals(List.of(new Salvage.Gap(0, 1)), salvage(found).gaps());
        assertEquals(EVENTS - 2, found.size());
        for (RecordedEvent event : found) {
            RecordedEvent written = events.get((int) event.position());
            boolean named = written.position() % 2 == 1;
            assertEquals(named ? written.stream().toString() : "unknown/#0", "" + event.stream());
            assertEquals(named ? written.type() : "unknown#0", event.type());
            assertEquals(written.version(), event.version());
            assertArrayEquals(written.payload(), event.payload());
        }
    }

    @Test
    void shouldReadAllOfALogThatHasLostWhereItBegins() throws IOException {
        List<RecordedEvent> events = fill(3000);
        byte[] bytes = Files.readAllBytes(data());
        Arrays.fill(bytes, 0, 2 * 4096, (byte) 0);
        Files.write(data(), bytes);
        assertThrows(StoreCorruptedException.class, () -> EventStore.open(store()).close());
        List<RecordedEvent> found = new ArrayList<>();
        assertEquals(List.of(), salvage(found).gaps());
        assertEquals(events, found);
    }

    /** In order, each as it was written or with a number for a name, and nothing left out. */
    @Test
    void shouldShowWhatWasWrittenOrSayThatItIsLost() throws IOException {
        List<RecordedEvent> events = fill(900);
        byte[] whole = Files.readAllBytes(data());
        SplittableRandom random = new SplittableRandom(17);
        int lost = 0;
        for (int i = 0; i < 100; i++) {
            byte[] bad = whole.clone();
            if (i % 4 == 0) {
                bad = Arrays.copyOf(whole, random.nextInt(1, whole.length));
            }
            for (int n = random.nextInt(40); n >= 0; n--) {
                bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(data(), bad);
            List<RecordedEvent> found = new ArrayList<>();
            try {
                // The index tells how many there were.
                assertEquals(EVENTS, accountedFor(found, salvage(found)), "i=" + i);
            } catch (StoreCorruptedException e) {
                assertEquals(List.of(), found, "i=" + i);
            }
            lastOf(found);
            found.forEach(event -> assertWritten(events, event));
            lost += EVENTS - found.size();
        }
        assertTrue(lost > 30, "lost=" + lost);
    }

    private static long lastOf(List<RecordedEvent> found) {
        long last = -1;
        for (RecordedEvent event : found) {
            assertTrue(event.position() > last);
            last = event.position();
        }
        return last;
    }

    private static long accountedFor(List<RecordedEvent> found, Salvage.Report report) {
        long gaps = report.gaps().stream().mapToLong(gap -> gap.to() - gap.from() + 1).sum();
        return found.size() + gaps;
    }

    private static void assertWritten(List<RecordedEvent> events, RecordedEvent event) {
        RecordedEvent written = events.get((int) event.position());
        boolean named = !event.stream().category().equals("unknown");
        assertEquals(named ? written.stream() : event.stream(), event.stream());
        assertEquals(
                event.type().startsWith("unknown#") ? event.type() : written.type(), event.type());
        assertEquals(written.version(), event.version());
        assertEquals(written.commitTimeMillis(), event.commitTimeMillis());
        assertArrayEquals(written.payload(), event.payload());
    }

    private void assertNothingLeft(byte[] bytes, String what) throws IOException {
        Files.write(data(), bytes);
        List<RecordedEvent> found = new ArrayList<>();
        StoreCorruptedException e =
                assertThrows(StoreCorruptedException.class, () -> salvage(found));
        assertTrue(e.getMessage().contains(what), e.getMessage());
        assertEquals(List.of(), found);
    }

    @Test
    void shouldSayThatNothingCanBeReadOfALogThatIsDestroyed() throws IOException {
        fill(100);
        byte[] whole = Files.readAllBytes(data());
        byte[] noise = new byte[whole.length];
        new SplittableRandom(5).nextBytes(noise);
        for (boolean indexed : List.of(true, false)) {
            assertNothingLeft(new byte[0], "the data file is empty");
            assertNothingLeft(Arrays.copyOf(whole, 4096), "nothing in it can be read");
            assertNothingLeft(new byte[whole.length], "bytes=" + whole.length);
            assertNothingLeft(noise, "unreadPages=" + whole.length / 4096);
            Files.deleteIfExists(store().resolve("index").resolve("data.mdb"));
        }
        Files.deleteIfExists(store().resolve("index").resolve("varve.sync"));
        Files.deleteIfExists(store().resolve("log").resolve("varve.sync"));
        Files.write(data(), new byte[0]);
        assertThrows(FolderRefusedException.class, () -> salvage(new ArrayList<>()));
    }

    /** Of the blocks behind the last that is left the index tells. */
    @Test
    void shouldTellWhatIsLostAtTheEnd() throws IOException {
        fill(3000);
        assertTrue(salvage(new ArrayList<>()).isComplete());
        byte[] whole = Files.readAllBytes(data());
        int third = new LogFile(store()).blocks(4).get(0);
        Files.write(data(), Arrays.copyOf(whole, third / 4096 * 4096));
        List<RecordedEvent> found = new ArrayList<>();
        Salvage.Report report = salvage(found);
        assertEquals(4, found.size());
        assertEquals(List.of(new Salvage.Gap(4, EVENTS - 1)), report.gaps());
        assertEquals(Files.size(data()), report.bytes());
        assertTrue(report.unreadPages() > 0);
        assertFalse(report.isComplete());
    }

    @Test
    void shouldFindNothingLostInALogWithoutEvents() throws IOException {
        EventStore.open(store()).close();
        List<RecordedEvent> found = new ArrayList<>();
        assertTrue(salvage(found).isComplete());
    }

    @Test
    void shouldStopWhenTheVisitorHasEnough() {
        fill(100);
        List<Long> seen = new ArrayList<>();
        Salvage.Report report =
                Salvage.read(store(), event -> seen.add(event.position()) && seen.size() < 3);
        assertEquals(List.of(0L, 1L, 2L), seen);
        assertEquals(3, report.events());
    }

    @Test
    void shouldRefuseWhatIsOpenAndWhatIsNotThere() {
        fill(100);
        try (EventStore store = EventStore.open(store())) {
            assertThrows(StoreLockedException.class, () -> Salvage.read(store(), event -> true));
            assertEquals(EVENTS, assertSound(store).size());
        }
        Path nowhere = folder.resolve("nowhere");
        assertThrows(FolderRefusedException.class, () -> Salvage.read(nowhere, event -> true));
        assertFalse(Files.exists(nowhere));
    }

    /** As an older version wrote it that believed an index with an older head. */
    private void forge() {
        try (ForgedLog log = ForgedLog.begun(store())) {
            log.event(0, 0, 1).event(1, 1, 2, 0).commit(3_000);
            log.event(0, 0, 2).event(1, 0, 2).event(0, 1, 3, 0).commit(4_000);
        }
    }

    private static void assertAdvisesToCopy(String remedy) {
        assertTrue(remedy.contains("Salvage.copy"), remedy);
    }

    @Test
    void shouldAdviseToCopyALogThatHasAVersionTwice() {
        forge();
        StoreConfig config = StoreConfig.at(store());
        assertAdvisesToCopy(
                assertThrows(StoreCorruptedException.class, () -> EventStore.open(config))
                        .remedy());
        assertAdvisesToCopy(
                assertThrows(
                                StoreCorruptedException.class,
                                () -> ClosedStore.rebuildIndex(config, ProgressListener.none()))
                        .remedy());
        VerificationReport report = ClosedStore.verify(store(), ProgressListener.none());
        assertAdvisesToCopy(report.problems().get(0).remedy());
    }

    @Test
    void shouldCopyALogThatHasAVersionTwiceIntoANewStore() {
        forge();
        Path copy = folder.resolve("copy");
        List<Long> told = new ArrayList<>();
        try (EventStore target = EventStore.open(copy)) {
            Salvage.Copy copied =
                    Salvage.copy(store(), target, (done, total) -> told.add(done * 100 + total));
            assertTrue(copied.report().isComplete(), copied::toString);
            assertEquals(8, copied.events());
            assertEquals(1, copied.leftOut(), "the tombstone of a stream that goes on");
            assertEquals(8, assertSound(target).size());
            assertEquals(5, TestEvents.of(target, A).size());
            assertInstanceOf(
                    AppendOutcome.Tombstoned.class,
                    target.tryAppend(new EventBatch().add(A, event("x"))));
            assertEquals(2, target.version(stream("b")).orElseThrow());
        }
        assertEquals(9L, told.get(0));
        assertEquals(909L, told.get(told.size() - 1));
        assertTrue(ClosedStore.verify(copy, ProgressListener.none()).isClean());
        ClosedStore.rebuildIndex(StoreConfig.at(copy), ProgressListener.none());
    }

    @Test
    void shouldCopyWhatLiesAroundADamagedBlock() throws IOException {
        List<RecordedEvent> events = fill(100);
        flip(4, BlockFormat.BODY_CRC);
        try (EventStore target = EventStore.open(folder.resolve("copy"))) {
            Salvage.Copy copied = Salvage.copy(store(), target, ProgressListener.none());
            assertEquals(List.of(new Salvage.Gap(4, 5)), copied.report().gaps());
            List<RecordedEvent> found = assertSound(target);
            assertEquals(events.subList(0, 4).size() + 4, found.size());
            assertArrayEquals(events.get(6).payload(), found.get(4).payload());
            assertEquals(events.get(6).eventTimeMillis(), found.get(4).eventTimeMillis());
        }
    }

    @Test
    void shouldRefuseToCopyIntoAStoreWithEvents() {
        fill(100);
        try (EventStore target = EventStore.open(folder.resolve("copy"))) {
            target.append(A, ExpectedVersion.any(), event("there"));
            assertThrows(
                    FolderRefusedException.class,
                    () -> Salvage.copy(store(), target, ProgressListener.none()));
        }
    }
}
