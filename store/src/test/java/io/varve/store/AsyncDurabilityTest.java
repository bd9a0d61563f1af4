package io.varve.store;

import static io.varve.store.TestEvents.assertSound;
import static io.varve.store.TestEvents.event;
import static io.varve.store.TestEvents.stream;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.StoreCorruptedException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A log that is synced some time after its commits. */
class AsyncDurabilityTest {
    private static final StreamId A = stream("a");
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir Path folder;

    private StoreConfig async(Duration interval) {
        return StoreConfig.at(folder).withDurability(Durability.async(interval));
    }

    private static void append(EventStore store, int events) {
        for (int i = 0; i < events; i++) {
            long next = store.head() + 1;
            store.append(A, ExpectedVersion.any(), event(next, (int) (next * 37 % 900)));
        }
    }

    @Test
    void shouldRefuseIntervalsThatMakeNoSense() {
        for (Duration wrong : List.of(Duration.ZERO, Duration.ofMillis(-1), Duration.ofDays(1))) {
            assertThrows(IllegalArgumentException.class, () -> Durability.async(wrong));
        }
    }

    @Test
    void shouldBeOnDiskWithinTheInterval() throws Exception {
        try (EventStore store = EventStore.open(async(Duration.ofMillis(20)))) {
            append(store, 10);
            assertTrue(store.awaitDurable(9, LONG));
            assertEquals(9, store.durablePosition());
            append(store, 1);
            assertTrue(store.awaitDurable(10, LONG));
        }
    }

    @Test
    void shouldBeOnDiskWhenItIsAskedTo() throws Exception {
        try (EventStore store = EventStore.open(async(HOUR))) {
            append(store, 10);
            assertEquals(-1, store.durablePosition());
            assertFalse(store.awaitDurable(0, Duration.ofMillis(10)));
            store.sync();
            assertEquals(9, store.durablePosition());
            assertTrue(store.awaitDurable(9, Duration.ZERO));
        }
        try (EventStore store = EventStore.open(async(HOUR))) {
            assertEquals(9, store.durablePosition());
            assertEquals(10, assertSound(store).size());
        }
    }

    @Test
    void shouldBeOnDiskAtOnceWithSync() throws Exception {
        try (EventStore store = EventStore.open(TestEvents.restless(folder))) {
            assertEquals(-1, store.durablePosition());
            append(store, 3);
            store.sync();
            assertEquals(2, store.durablePosition());
            assertTrue(store.awaitDurable(2, Duration.ZERO));
        }
    }

    @Test
    void shouldTellWhoWaitsThatTheStoreIsClosed() throws Exception {
        EventStore store = EventStore.open(async(HOUR));
        append(store, 1);
        Thread closer = new Thread(store::close);
        closer.start();
        try {
            // On disk because closing syncs, or closed before it was seen.
            assertTrue(store.awaitDurable(0, LONG));
        } catch (StoreClosedException e) {
            assertFalse(e.remedy().isEmpty());
        }
        closer.join();
        assertThrows(StoreClosedException.class, () -> store.awaitDurable(5, LONG));
        assertThrows(StoreClosedException.class, store::sync);
    }

    @Test
    void shouldGoOnWhileTheMapGrows() {
        StoreConfig config = async(Duration.ofMillis(5)).withInitialMapBytes(1 << 20);
        try (EventStore store = EventStore.open(config)) {
            for (int i = 0; i < 200; i++) {
                store.append(A, ExpectedVersion.any(), event(i, 60_000));
            }
            store.sync();
            assertEquals(199, store.durablePosition());
            assertEquals(200, assertSound(store).size());
        }
    }

    @Test
    void shouldOpenWithOneDurabilityAndThenWithTheOther() {
        SplittableRandom random = new SplittableRandom(3);
        int events = 0;
        for (int i = 0; i < 12; i++) {
            boolean sync = random.nextBoolean();
            StoreConfig config = sync ? TestEvents.restless(folder) : async(HOUR);
            try (EventStore store = EventStore.open(config)) {
                assertEquals(events, assertSound(store).size());
                append(store, 20);
                events += 20;
            }
        }
    }

    /**
     * What was not synced is there, because the machine did not go down: it is proved, and kept.
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldKeepEverythingWhenTheProcessIsKilled(boolean syncAfterwards) throws Exception {
        killAndLook(2, syncAfterwards);
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldKeepEverythingWhenItIsKilledManyTimes(boolean syncAfterwards) throws Exception {
        killAndLook(30, syncAfterwards);
    }

    private void killAndLook(int rounds, boolean syncAfterwards) throws Exception {
        int events = 0;
        for (int round = 0; round < rounds; round++) {
            try (ChildJvm child = new ChildJvm(AsyncChild.class, folder)) {
                String line = child.line();
                for (int i = 0; i < 40; i++) {
                    line = child.line();
                }
                child.kill();
                List<String> rest = child.lines();
                line = rest.stream().filter(l -> l.endsWith(".")).reduce(line, (a, b) -> b);
                events = Integer.parseInt(line.replace(".", "")) + 1;
            }
            StoreConfig config = syncAfterwards ? TestEvents.restless(folder) : async(HOUR);
            try (EventStore store = EventStore.open(config)) {
                assertTrue(assertSound(store).size() >= events, "acknowledged=" + events);
            }
        }
    }

    /** A commit that is gone for a damaged byte is not missed in silence: all, or the last sync. */
    @Test
    void shouldNotOpenOneCommitEarlierWhereAMetaPageIsDamaged() throws Exception {
        Path data = folder.resolve("log").resolve("data.mdb");
        Path syncs = folder.resolve("log").resolve("varve.sync");
        byte[] dataThen;
        byte[] syncsThen;
        try (EventStore store = EventStore.open(async(HOUR))) {
            append(store, 5);
            store.sync();
            append(store, 7);
            dataThen = Files.readAllBytes(data);
            syncsThen = Files.readAllBytes(syncs);
        }
        for (int at = 0; at < 2 * Long.BYTES; at++) {
            int of = 144 + at / Long.BYTES * 4096 + at % Long.BYTES;
            byte[] damaged = dataThen.clone();
            damaged[of] ^= 4;
            Files.write(data, damaged);
            Files.write(syncs, syncsThen);
            Files.delete(folder.resolve("index").resolve("data.mdb"));
            try (EventStore store = EventStore.open(async(HOUR))) {
                assertEquals(5, assertSound(store).size(), "damaged at=" + of);
            }
        }
    }

    /** The machine went down, and the log is back at a sync that the index is ahead of. */
    @Test
    void shouldBuildAnIndexAgainThatIsAheadOfTheLog() throws Exception {
        Path data = folder.resolve("log").resolve("data.mdb");
        Path syncs = folder.resolve("log").resolve("varve.sync");
        List<RecordedEvent> synced;
        byte[] dataThen;
        byte[] syncsThen;
        try (EventStore store = EventStore.open(async(HOUR))) {
            append(store, 50);
            store.sync();
            synced = TestEvents.all(store);
            dataThen = Files.readAllBytes(data);
            syncsThen = Files.readAllBytes(syncs);
            append(store, 50);
        }
        Files.write(data, dataThen);
        Files.write(syncs, syncsThen);
        try (EventStore store = EventStore.open(async(HOUR))) {
            assertEquals(synced, assertSound(store));
            append(store, 20);
            assertEquals(70, assertSound(store).size());
        }
    }

    /** It was closed, and so all of it is known to be there. */
    @Test
    void shouldRefuseALogThatIsOlderThanItWasWhenItWasClosed() throws Exception {
        Path data = folder.resolve("log").resolve("data.mdb");
        byte[] earlier;
        try (EventStore store = EventStore.open(TestEvents.restless(folder))) {
            append(store, 5);
            earlier = Files.readAllBytes(data);
            append(store, 2);
        }
        Files.delete(folder.resolve("index").resolve("data.mdb"));
        Files.write(data, earlier);
        StoreCorruptedException e =
                assertThrows(
                        StoreCorruptedException.class,
                        () -> EventStore.open(TestEvents.restless(folder)).close());
        assertTrue(e.remedy().contains("varve.sync"), e.remedy());
        assertFalse(ClosedStore.verify(folder, (done, total) -> {}).isClean());
        Files.delete(folder.resolve("log").resolve("varve.sync"));
        try (EventStore store = EventStore.open(TestEvents.restless(folder))) {
            assertEquals(5, assertSound(store).size());
        }
    }

    @Test
    void shouldRefuseWhenTheFileOfSyncsIsDamaged() throws Exception {
        try (EventStore store = EventStore.open(async(HOUR))) {
            append(store, 5);
        }
        Path file = folder.resolve("log").resolve("varve.sync");
        byte[] good = Files.readAllBytes(file);
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.write(new byte[8_000]);
        }
        StoreCorruptedException e =
                assertThrows(
                        StoreCorruptedException.class, () -> EventStore.open(async(HOUR)).close());
        assertTrue(e.remedy().contains("varve.sync"));
        Files.write(file, good);
        EventStore.open(async(HOUR)).close();
        Files.delete(file);
        try (EventStore store = EventStore.open(async(HOUR))) {
            assertEquals(5, assertSound(store).size());
        }
    }
}
