package io.varve.store.lmdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.LimitExceededException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Syncs, and those who write, read and grow the map at the same time. */
@Timeout(60)
class PinnedSyncTest {
    private static final int ROW = 20_000;

    @TempDir Path folder;
    private final long usualMost = SyncSchedule.mostBytes;

    @AfterEach
    void unset() {
        PinnedSync.observer = step -> {};
        SyncSchedule.mostBytes = usualMost;
    }

    private LmdbEnvironment open(Duration interval) {
        return LmdbEnvironment.open(
                folder,
                new LmdbOptions(
                        1 << 20, 1, CommitMode.pinned(interval), "None.", (e, tag) -> true));
    }

    /** Puts a row, growing the map where that is needed; whether it was. */
    private static boolean put(LmdbEnvironment environment, LmdbTable table, long key) {
        boolean grown = false;
        while (true) {
            try (LmdbWriter writer = environment.writer()) {
                writer.append(table, key, ROW);
                writer.commit();
                return grown;
            } catch (LmdbWriter.MapFullSignal full) {
                grown = true;
                environment.grow();
            }
        }
    }

    private static long count(LmdbEnvironment environment, LmdbTable table) {
        try (LmdbReader reader = environment.reader()) {
            return reader.count(table);
        }
    }

    private static void awaitBlocked(Thread thread) {
        while (thread.getState() != Thread.State.WAITING
                && thread.getState() != Thread.State.TIMED_WAITING
                && thread.isAlive()) {
            Thread.onSpinWait();
        }
    }

    /** What is committed waits for a later sync; it is not as if the disk had failed. */
    @Test
    void shouldPutASyncOffWhereThereIsNoReaderForThePin() {
        try (LmdbEnvironment environment = open(Duration.ofDays(1))) {
            LmdbTable table = environment.longTable("rows");
            List<LmdbReader> pins = new ArrayList<>();
            assertThrows(
                    LimitExceededException.class,
                    () -> {
                        while (pins.size() < 10_000) {
                            pins.add(environment.pin());
                        }
                    });
            put(environment, table, 1);
            assertThrows(LimitExceededException.class, environment::sync);
            put(environment, table, 2);
            pins.forEach(LmdbReader::destroy);
            environment.sync();
            put(environment, table, 3);
            assertEquals(3, count(environment, table));
        }
    }

    private static Thread syncing() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("varve-sync"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldGoOnSyncingWhereAStrangerInterrupts() throws Exception {
        Semaphore synced = new Semaphore(0);
        PinnedSync.observer =
                step -> {
                    if (step == PinnedSync.Step.PIN_DROPPED) {
                        synced.release();
                    }
                };
        try (LmdbEnvironment environment = open(Duration.ofMillis(200))) {
            LmdbTable table = environment.longTable("rows");
            Thread thread = syncing();
            for (int i = 0; i < 3; i++) {
                put(environment, table, i);
                awaitBlocked(thread);
                thread.interrupt();
                synced.acquire();
            }
            assertSame(thread, syncing());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CAPTURED", "DATA_SYNCED", "SLOT_WRITTEN"})
    void shouldSyncAgainWhereMemoryRanOutOnTheWay(PinnedSync.Step where) throws Exception {
        assertSyncsAgain(
                where,
                () -> {
                    throw new OutOfMemoryError("made up");
                });
    }

    /** Libraries wrap what they meet. */
    @ParameterizedTest
    @EnumSource(names = {"CAPTURED", "DATA_SYNCED", "SLOT_WRITTEN"})
    void shouldSyncAgainWhoeverToldThatMemoryRanOut(PinnedSync.Step where) throws Exception {
        assertSyncsAgain(
                where,
                () -> {
                    throw new IllegalStateException("made up", new OutOfMemoryError());
                });
    }

    private void assertSyncsAgain(PinnedSync.Step where, Runnable lack) throws Exception {
        Semaphore ranOut = new Semaphore(0);
        Semaphore synced = new Semaphore(0);
        AtomicBoolean exhausted = new AtomicBoolean();
        PinnedSync.observer =
                step -> {
                    if (step == where && exhausted.get()) {
                        ranOut.release();
                        lack.run();
                    }
                    if (step == PinnedSync.Step.PIN_DROPPED) {
                        synced.release();
                    }
                };
        try (LmdbEnvironment environment = open(Duration.ofMillis(1))) {
            LmdbTable table = environment.longTable("rows");
            Thread thread = syncing();
            exhausted.set(true);
            put(environment, table, 1);
            ranOut.acquire(2);
            exhausted.set(false);
            synced.acquire();
            put(environment, table, 2);
            synced.acquire();
            assertSame(thread, syncing());
            assertEquals(2, count(environment, table));
        }
    }

    @Test
    void shouldKeepReadersForItselfAndGiveThemBack() {
        try (LmdbEnvironment environment = open(Duration.ofDays(1))) {
            LmdbTable table = environment.longTable("rows");
            List<LmdbReader> lent = new ArrayList<>();
            for (int i = 0; i < LmdbOptions.READERS; i++) {
                lent.add(environment.lentReader());
            }
            for (int i = 0; i < 3 * LmdbOptions.SLOTS; i++) {
                assertThrows(LimitExceededException.class, environment::lentReader);
                assertEquals(0, count(environment, table));
            }
            environment.sync();
            put(environment, table, 1);
            environment.sync();
            lent.forEach(LmdbReader::close);
            assertEquals(0, environment.openReaders().count());
            assertEquals(1, count(environment, table));
        }
    }

    /** Who wants a sync while the map is about to move waits, and is not waited for. */
    @Test
    void shouldGrowWhileSomebodyWaitsToSync() throws Exception {
        List<Thread> waiting = new ArrayList<>();
        AtomicInteger synced = new AtomicInteger();
        AtomicBoolean growing = new AtomicBoolean();
        AtomicBoolean armed = new AtomicBoolean(true);
        LmdbEnvironment[] opened = new LmdbEnvironment[1];
        PinnedSync.observer =
                step -> {
                    if (growing.get()
                            && step == PinnedSync.Step.CAPTURED
                            && armed.getAndSet(false)) {
                        Thread other =
                                new Thread(
                                        () -> {
                                            opened[0].sync();
                                            synced.incrementAndGet();
                                        });
                        other.start();
                        awaitBlocked(other);
                        waiting.add(other);
                    }
                };
        try (LmdbEnvironment environment = open(Duration.ofHours(1))) {
            opened[0] = environment;
            LmdbTable table = environment.longTable("rows");
            put(environment, table, 0);
            growing.set(true);
            environment.grow();
            growing.set(false);
            assertEquals(1, waiting.size());
            waiting.get(0).join();
            assertEquals(1, synced.get());
            assertEquals(2 << 20, environment.mapBytes());
        }
    }

    @Test
    void shouldGrowAgainAndAgainAmongSyncsAndReaders() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger ended = new AtomicInteger();
        try (LmdbEnvironment environment = open(Duration.ofMillis(1))) {
            LmdbTable table = environment.longTable("rows");
            List<Thread> others = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                boolean syncs = i % 2 == 0;
                Thread other =
                        new Thread(
                                () -> {
                                    while (!done.get()) {
                                        if (syncs) {
                                            environment.sync();
                                        } else {
                                            count(environment, table);
                                        }
                                    }
                                    ended.incrementAndGet();
                                });
                other.start();
                others.add(other);
            }
            int grown = 0;
            for (long key = 0; key < 1_500; key++) {
                grown += put(environment, table, key) ? 1 : 0;
            }
            done.set(true);
            for (Thread other : others) {
                other.join();
            }
            assertEquals(4, ended.get());
            assertTrue(grown >= 4, "grown=" + grown);
            assertEquals(1_500, count(environment, table));
        }
    }

    /** Appends wait for a disk that is stuck, and do not fail; what is written is bounded. */
    @Test
    void shouldMakeWritersWaitWhileASyncIsStuck() throws Exception {
        SyncSchedule.mostBytes = 4 << 20;
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch free = new CountDownLatch(1);
        AtomicBoolean armed = new AtomicBoolean();
        PinnedSync.observer =
                step -> {
                    if (step == PinnedSync.Step.CAPTURED && armed.get()) {
                        stuck.countDown();
                        await(free);
                    }
                };
        LmdbEnvironment environment =
                LmdbEnvironment.open(
                        folder,
                        new LmdbOptions(
                                1L << 30,
                                1,
                                CommitMode.pinned(Duration.ofHours(1)),
                                "None.",
                                (e, tag) -> true));
        LmdbTable table = environment.longTable("rows");
        armed.set(true);
        AtomicInteger written = new AtomicInteger();
        Thread writer =
                new Thread(
                        () -> {
                            for (long key = 0; key < 1_000; key++) {
                                put(environment, table, key);
                                written.incrementAndGet();
                            }
                        });
        writer.start();
        assertTrue(stuck.await(30, TimeUnit.SECONDS), "a sync begins early");
        // It waits for a moment as well where the sync takes the write lock.
        while (written.get() * (ROW + SyncSchedule.COMMIT) < SyncSchedule.mostBytes
                || !waitsForRoom(writer)) {
            Thread.onSpinWait();
        }
        int before = written.get();
        assertTrue(before * (long) ROW < 4 << 20, "written=" + before);
        assertTrue(environment.fileBytes() < 12 << 20, "bytes=" + environment.fileBytes());
        assertEquals(before, count(environment, table)); // readers go on
        free.countDown();
        writer.join();
        assertEquals(1_000, written.get());
        environment.close();
        try (LmdbEnvironment again = open(Duration.ofHours(1))) {
            assertEquals(1_000, count(again, again.longTable("rows")));
        }
    }

    /** Not for another writer, or a lock: those go on by themselves. */
    private static boolean waitsForRoom(Thread thread) {
        Set<String> calls =
                Arrays.stream(thread.getStackTrace())
                        .map(StackTraceElement::getMethodName)
                        .collect(Collectors.toSet());
        return calls.contains("awaitRoom") && calls.contains("awaitUninterruptibly");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
