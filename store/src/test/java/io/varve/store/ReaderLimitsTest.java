package io.varve.store;

import static io.varve.store.TestEvents.assertSound;
import static io.varve.store.TestEvents.event;
import static io.varve.store.TestEvents.stream;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.LimitExceededException;
import io.varve.store.errors.StoreFullException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Readers that stay too long, are too many, or were killed. */
class ReaderLimitsTest {
    private static final StreamId A = stream("a");

    /** Reads at once. */
    private static final int MOST = 1024;

    @TempDir Path folder;

    /** How many reads fit into each other, on a thread with room for them. */
    private static int nest(EventStore store) throws InterruptedException {
        int[] reached = {-1};
        Thread thread = new Thread(null, () -> reached[0] = nest(store, 0), "nest", 256 << 20);
        thread.start();
        thread.join();
        return reached[0];
    }

    private static int nest(EventStore store, int depth) {
        int[] reached = {depth};
        try {
            store.read(
                    EventQuery.all().limit(1),
                    event -> {
                        reached[0] = nest(store, depth + 1);
                        return true;
                    });
        } catch (LimitExceededException e) {
            assertEquals(MOST, e.limit());
        }
        return reached[0];
    }

    /** Does something while there is room for no other read. */
    private static void whileAllRead(EventStore store, Runnable action)
            throws InterruptedException {
        Thread thread = new Thread(null, () -> nest(store, MOST, action), "nest", 256 << 20);
        thread.start();
        thread.join();
    }

    private static void nest(EventStore store, int depth, Runnable action) {
        if (depth == 0) {
            action.run();
            return;
        }
        store.read(
                EventQuery.all().limit(1),
                event -> {
                    nest(store, depth - 1, action);
                    return true;
                });
    }

    @Test
    void shouldReadSlicesWhereAllOtherReadersAreTaken() throws Exception {
        List<Long> read = new ArrayList<>();
        List<LimitExceededException> refused = new ArrayList<>();
        try (EventStore store = EventStore.open(folder)) {
            append(store, 5);
            whileAllRead(
                    store,
                    () -> {
                        store.readSlice(1, 3, event -> read.add(event.position()));
                        refused.add(
                                assertThrows(
                                        LimitExceededException.class,
                                        () -> store.readList(EventQuery.all())));
                    });
            assertEquals(List.of(1L, 2L, 3L), read);
            assertEquals(1, refused.size());
            assertSound(store);
        }
    }

    /** More than there are readers for: the others wait for them, and are not refused. */
    @Test
    void shouldReadManySlicesAtOnceWhereAllOtherReadersAreTaken() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        AtomicInteger ended = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        try (EventStore store = EventStore.open(folder)) {
            append(store, 2);
            for (int i = 0; i < 120; i++) {
                threads.add(
                        new Thread(
                                () -> {
                                    store.readSlice(0, 2, event -> await(over));
                                    ended.incrementAndGet();
                                }));
            }
            whileAllRead(store, () -> startAll(threads, over));
            assertEquals(threads.size(), ended.get());
            assertSound(store);
        }
    }

    private static boolean await(CountDownLatch over) {
        try {
            return over.await(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Starts them, and lets none end before none can go on. */
    private static void startAll(List<Thread> threads, CountDownLatch over) {
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            while (thread.getState() == Thread.State.RUNNABLE) {
                Thread.onSpinWait();
            }
        }
        over.countDown();
        threads.forEach(ReaderLimitsTest::join);
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void assertRoom(int readers) {
        assertTrue(readers >= MOST && readers < MOST * 5 / 4, "readers=" + readers);
    }

    @Test
    void shouldSayThatThereAreTooManyReadersAndGoOnAfterwards() throws Exception {
        try (EventStore store = EventStore.open(folder)) {
            store.append(A, ExpectedVersion.any(), event("x"));
            for (int round = 0; round < 3; round++) {
                assertRoom(nest(store));
                store.append(A, ExpectedVersion.exactly(round), event("x"));
                assertEquals(round + 2, assertSound(store).size());
            }
        }
    }

    @Test
    void shouldHaveAllReadersAgainAfterAKill() throws Exception {
        try (EventStore store = EventStore.open(folder)) {
            store.append(A, ExpectedVersion.any(), event("x"));
        }
        for (int round = 0; round < 2; round++) {
            try (ChildJvm child = new ChildJvm(NestedReads.class, folder)) {
                assertEquals("inside", child.line());
                child.kill();
            }
            try (EventStore store = EventStore.open(folder)) {
                assertRoom(nest(store));
                store.append(A, ExpectedVersion.exactly(round), event("x"));
            }
        }
    }

    /** Has as many reads open as there can be, and stays there. */
    static final class NestedReads {
        private NestedReads() {}

        public static void main(String[] arguments) {
            EventStore store = EventStore.open(Path.of(arguments[0]));
            new Thread(null, () -> nestAndStay(store, 0), "nest", 256 << 20).start();
        }

        private static void nestAndStay(EventStore store, int depth) {
            try {
                store.read(
                        EventQuery.all().limit(1),
                        event -> {
                            nestAndStay(store, depth + 1);
                            return true;
                        });
            } catch (LimitExceededException e) {
                System.out.println("inside");
                System.out.flush();
                java.util.concurrent.locks.LockSupport.park();
            }
        }
    }

    /** What is not read any more cannot be written over while a reader stays: a few pages each. */
    @Test
    void shouldGrowByAFewPagesForEachAppendWhileAReaderStays() throws IOException {
        Path file = folder.resolve("log").resolve("data.mdb");
        int appends = 100;
        try (EventStore store = EventStore.open(folder)) {
            append(store, appends);
            long[] sizes = {Files.size(file), 0, 0};
            store.read(
                    EventQuery.all().limit(1),
                    event -> {
                        append(store, appends);
                        sizes[1] = size(file);
                        return true;
                    });
            assertTrue(sizes[1] - sizes[0] < appends * 10L * 4096, "grew by " + sizes[1]);
            append(store, 3 * appends);
            sizes[2] = Files.size(file);
            assertTrue(
                    sizes[2] - sizes[1] < (sizes[1] - sizes[0]) / 2,
                    "pages are not used again: " + sizes[0] + " " + sizes[1] + " " + sizes[2]);
            assertEquals(5 * appends, assertSound(store).size());
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void append(EventStore store, int appends) {
        for (int i = 0; i < appends; i++) {
            store.append(A, ExpectedVersion.any(), event("x"));
        }
    }

    @Test
    void shouldSayThatTheMapCannotGrowUnderAReaderAndGrowAfterwards() {
        StoreConfig config = TestEvents.restless(folder);
        try (EventStore store = ShortPatience.open(() -> EventStore.open(config))) {
            store.append(A, ExpectedVersion.any(), event("x"));
            long[] appended = {1};
            store.read(
                    EventQuery.all(),
                    event -> {
                        // On the reader's own thread: waiting for itself would never end.
                        assertThrows(
                                StoreFullException.class,
                                () -> {
                                    while (true) {
                                        store.append(
                                                A,
                                                ExpectedVersion.exactly(appended[0] - 1),
                                                event(appended[0], 50_000));
                                        appended[0]++;
                                    }
                                });
                        assertEquals(appended[0] - 1, store.head());
                        assertEquals(0, event.position());
                        return true;
                    });
            store.append(A, ExpectedVersion.exactly(appended[0] - 1), event(1, 3_000_000));
            assertEquals(appended[0] + 1, assertSound(store).size());
        }
    }
}
