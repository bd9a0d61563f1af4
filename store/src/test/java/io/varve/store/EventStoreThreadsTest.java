package io.varve.store;

import static io.varve.store.TestEvents.all;
import static io.varve.store.TestEvents.assertSound;
import static io.varve.store.TestEvents.event;
import static io.varve.store.TestEvents.restless;
import static io.varve.store.TestEvents.stream;
import static io.varve.store.TestEvents.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.WrongExpectedVersionException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many threads on one store. */
class EventStoreThreadsTest {
    private static final StreamId A = stream("a");
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Executor PLATFORM = body -> new Thread(body).start();

    @TempDir Path folder;

    private static <T> List<T> together(Executor threads, List<Callable<T>> bodies)
            throws Exception {
        List<FutureTask<T>> tasks = new ArrayList<>();
        for (Callable<T> body : bodies) {
            FutureTask<T> task = new FutureTask<>(body);
            tasks.add(task);
            threads.execute(task);
        }
        List<T> results = new ArrayList<>();
        for (FutureTask<T> task : tasks) {
            results.add(task.get(20, TimeUnit.MINUTES)); // long ones wait for a slow disk
        }
        return results;
    }

    @Test
    void shouldCommitGroupsOfManyThreadsInTheOrderOfEach() throws Exception {
        appendFrom(PLATFORM, 64, 40);
    }

    @Test
    void shouldAppendFromVirtualThreads() throws Exception {
        appendFrom(virtualThreads(), 200, 20);
    }

    @Test
    void shouldAppendFromVirtualAndPlatformThreadsTogether() throws Exception {
        Executor virtual = virtualThreads();
        int[] turn = {0};
        appendFrom(body -> (turn[0]++ % 2 == 0 ? virtual : PLATFORM).execute(body), 64, 40);
    }

    private void appendFrom(Executor threads, int count, int rounds) throws Exception {
        try (EventStore store = EventStore.open(restless(folder))) {
            List<Callable<List<AppendResult>>> bodies = new ArrayList<>();
            for (int t = 0; t < count; t++) {
                StreamId mine = stream("t" + t);
                bodies.add(
                        () -> {
                            List<AppendResult> results = new ArrayList<>();
                            for (int i = 0; i < rounds; i++) {
                                ExpectedVersion expected =
                                        i == 0
                                                ? ExpectedVersion.noStream()
                                                : ExpectedVersion.exactly(2L * i - 1);
                                results.add(
                                        store.append(
                                                mine, expected, event("x" + i), event("y" + i)));
                                // Whoever appended reads it.
                                assertEquals(2L * i + 1, store.version(mine).orElseThrow());
                            }
                            return results;
                        });
            }
            List<List<AppendResult>> results = together(threads, bodies);
            List<RecordedEvent> events = assertSound(store);
            assertEquals(count * rounds * 2, events.size());
            for (int t = 0; t < count; t++) {
                long previous = -1;
                for (int i = 0; i < rounds; i++) {
                    AppendResult result = results.get(t).get(i);
                    assertTrue(result.firstPosition() > previous);
                    assertEquals(2, result.count());
                    previous = result.lastPosition();
                    RecordedEvent first = events.get((int) result.firstPosition());
                    assertEquals(stream("t" + t), first.stream());
                    assertEquals("x" + i, text(first));
                    assertEquals("y" + i, text(events.get((int) result.lastPosition())));
                    assertEquals(2L * i + 1, result.version());
                }
            }
        }
    }

    /** Virtual threads where the JVM has them. */
    private static Executor virtualThreads() throws Exception {
        Assumptions.assumeTrue(Runtime.version().feature() >= 21, "needs virtual threads");
        return (Executor)
                java.util.concurrent.Executors.class
                        .getMethod("newVirtualThreadPerTaskExecutor")
                        .invoke(null);
    }

    @Test
    void shouldLetVirtualThreadsReadWaitAndClose() throws Exception {
        Executor virtual = virtualThreads();
        EventStore store = EventStore.open(restless(folder));
        List<Callable<Long>> bodies = new ArrayList<>();
        for (int t = 0; t < 50; t++) {
            StreamId mine = stream("t" + t);
            bodies.add(
                    () -> {
                        AppendResult result =
                                store.append(mine, ExpectedVersion.noStream(), event("x"));
                        assertTrue(store.awaitPosition(49, LONG));
                        long[] count = {0};
                        store.read(
                                EventQuery.all(),
                                event -> {
                                    Thread.yield();
                                    return ++count[0] < 50;
                                });
                        assertEquals(50, count[0]);
                        return result.lastPosition();
                    });
        }
        assertEquals(50, together(virtual, bodies).stream().distinct().count());
        together(
                virtual,
                List.of(
                        () -> {
                            store.close();
                            return true;
                        }));
        together(
                virtual,
                List.of(
                        () ->
                                assertThrows(
                                        io.varve.store.errors.StoreClosedException.class,
                                        () -> store.append(A, ExpectedVersion.any(), event("x")))));
    }

    @Test
    void shouldLetExactlyOneWinEachVersion() throws Exception {
        try (EventStore store = EventStore.open(restless(folder))) {
            int versions = 100;
            Callable<Integer> racer =
                    () -> {
                        int won = 0;
                        for (int v = 0; v < versions; v++) {
                            try {
                                store.append(
                                        A,
                                        v == 0
                                                ? ExpectedVersion.noStream()
                                                : ExpectedVersion.exactly(v - 1),
                                        event("v" + v));
                                won++;
                            } catch (WrongExpectedVersionException e) {
                                // Another was first: its version is there now.
                                assertTrue(e.actual() >= v);
                            }
                        }
                        return won;
                    };
            List<Integer> won = together(PLATFORM, List.of(racer, racer, racer, racer));
            assertEquals(versions, won.stream().mapToInt(Integer::intValue).sum());
            List<RecordedEvent> events = assertSound(store);
            for (int v = 0; v < versions; v++) {
                assertEquals("v" + v, text(events.get(v)));
            }
        }
    }

    @Test
    void shouldShowReadersAPrefixThatNeverChanges() throws Exception {
        try (EventStore store = EventStore.open(restless(folder))) {
            AtomicBoolean done = new AtomicBoolean();
            Map<Long, String> seen = new ConcurrentHashMap<>();
            List<Callable<Long>> bodies = new ArrayList<>();
            for (int t = 0; t < 2; t++) {
                long seed = t;
                bodies.add(() -> appendPairs(store, seed, done));
            }
            for (int t = 0; t < 4; t++) {
                bodies.add(() -> readPrefixes(store, seen, done));
            }
            long appended = together(PLATFORM, bodies).stream().mapToLong(Long::longValue).sum();
            List<RecordedEvent> events = assertSound(store);
            assertEquals(appended, events.size());
            events.forEach(
                    event -> {
                        String before = seen.getOrDefault(event.position(), signature(event));
                        assertEquals(before, signature(event));
                    });
        }
    }

    private static String signature(RecordedEvent event) {
        return event.stream() + "@" + event.version() + "=" + text(event);
    }

    private static long appendPairs(EventStore store, long seed, AtomicBoolean done) {
        java.util.SplittableRandom random = new java.util.SplittableRandom(seed);
        int rounds = 400;
        for (int i = 0; i < rounds; i++) {
            String text = seed + "-" + i;
            // A new stream now and then, so that names are published under load, too.
            store.append(
                    new EventBatch()
                            .add(stream("s" + random.nextInt(20 + i / 4)), event(text))
                            .add(stream("t" + random.nextInt(5)), event(text)));
        }
        done.set(true);
        return rounds * 2L;
    }

    private static long readPrefixes(EventStore store, Map<Long, String> seen, AtomicBoolean done) {
        while (!done.get()) {
            long before = store.head();
            long[] next = {0};
            store.read(
                    EventQuery.all(),
                    event -> {
                        RecordedEvent copy = event.toRecordedEvent();
                        assertEquals(next[0]++, copy.position());
                        String old = seen.putIfAbsent(copy.position(), signature(copy));
                        assertEquals(old == null ? signature(copy) : old, signature(copy));
                        return true;
                    });
            assertTrue(next[0] > before);
            for (int i = 0; i < 5; i++) {
                StreamId stream = stream("t" + i);
                long version = store.version(stream).orElse(-1);
                long[] count = {0};
                store.read(
                        EventQuery.stream(stream),
                        event -> {
                            assertEquals(stream, event.stream());
                            assertEquals(count[0]++, event.version());
                            return true;
                        });
                assertTrue(count[0] > version);
            }
        }
        return 0;
    }

    @Test
    void shouldNeverMoveTheHeadBack() throws Exception {
        try (EventStore store = EventStore.open(restless(folder))) {
            ExpectedVersion any = ExpectedVersion.any();
            AtomicInteger appending = new AtomicInteger(4);
            Callable<Long> appender =
                    () -> {
                        try {
                            long last = -1;
                            for (int i = 0; i < 100; i++) {
                                last = store.append(A, any, event("x")).lastPosition();
                                assertTrue(store.head() >= last, "not shown: " + last);
                            }
                            return last;
                        } finally {
                            appending.decrementAndGet();
                        }
                    };
            Callable<Long> watcher =
                    () -> {
                        long head = -1;
                        while (appending.get() > 0) {
                            long next = store.head();
                            assertTrue(next >= head, head + " came before " + next);
                            assertTrue(store.version(A).orElse(-1) >= next);
                            assertTrue(next < 0 || store.whenCommitted(next).getNow(-1L) >= next);
                            head = next;
                        }
                        return head;
                    };
            together(PLATFORM, List.of(watcher, appender, appender, appender, appender, watcher));
            assertEquals(399, store.head());
        }
    }

    /** What one batch appends to two streams appears in both at once. */
    @Test
    void shouldShowABatchInAllItsStreamsAtOnce() throws Exception {
        try (EventStore store = EventStore.open(StoreConfig.at(folder).withMergeEvents(50))) {
            int streams = 400;
            AtomicBoolean done = new AtomicBoolean();
            Callable<Boolean> appender =
                    () -> {
                        for (int i = 0; i < 300; i++) {
                            EventBatch batch = new EventBatch();
                            for (int s = 0; s < streams; s++) {
                                batch.add(stream("s" + s), event("x"));
                            }
                            store.append(batch);
                        }
                        done.set(true);
                        return true;
                    };
            Callable<Boolean> reader =
                    () -> {
                        StreamId first = stream("s0");
                        StreamId last = stream("s" + (streams - 1));
                        while (!done.get()) {
                            long before = store.version(first).orElse(-1);
                            assertTrue(store.version(last).orElse(-1) >= before);
                            assertTrue(store.head() + 1 >= (before + 1) * streams);
                            before = store.version(last).orElse(-1);
                            assertTrue(store.version(first).orElse(-1) >= before);
                        }
                        return true;
                    };
            together(PLATFORM, List.of(appender, reader));
        }
    }

    @Test
    void shouldWakeWhoWaitsForAPosition() throws Exception {
        try (EventStore store = EventStore.open(folder)) {
            assertFalse(store.awaitPosition(0, Duration.ZERO));
            assertFalse(store.awaitPosition(0, Duration.ofMillis(-1)));
            assertFalse(store.awaitPosition(0, Duration.ofMillis(1)));
            List<Callable<Boolean>> bodies = new ArrayList<>();
            for (int t = 0; t < 16; t++) {
                long position = t / 2;
                bodies.add(() -> store.awaitPosition(position, Duration.ofSeconds(Long.MAX_VALUE)));
            }
            bodies.add(
                    () -> {
                        for (int i = 0; i < 8; i++) {
                            store.append(A, ExpectedVersion.any(), event("x"));
                        }
                        return true;
                    });
            assertFalse(together(PLATFORM, bodies).contains(false));
            assertTrue(store.awaitPosition(7, Duration.ZERO));
            assertFalse(store.awaitPosition(8, Duration.ofMillis(1)));
        }
    }

    @Test
    void shouldLoseNoWakeUp() throws Exception {
        // Two threads take turns: one lost wake-up and both wait for ever.
        CommitSignal ping = new CommitSignal("test");
        CommitSignal pong = new CommitSignal("test");
        int turns = 30_000;
        Callable<Boolean> first =
                () -> {
                    for (int i = 0; i < turns; i++) {
                        ping.advance(i);
                        assertTrue(pong.await(i, LONG));
                    }
                    return true;
                };
        Callable<Boolean> second =
                () -> {
                    for (int i = 0; i < turns; i++) {
                        assertTrue(ping.await(i, LONG));
                        pong.advance(i);
                    }
                    return true;
                };
        Callable<Boolean> watcher =
                () -> {
                    for (int i = 0; i < turns; i += 100) {
                        assertTrue(ping.await(i, LONG));
                    }
                    return true;
                };
        assertEquals(3, together(PLATFORM, List.of(first, second, watcher)).size());
    }

    @Test
    void shouldLoseNoWakeUpBetweenAppendersOfTheStore() throws Exception {
        handOver(1_000);
    }

    @Test
    @Tag("long")
    void shouldLoseNoWakeUpInALongTime() throws Exception {
        handOver(100_000);
    }

    private void handOver(int turns) throws Exception {
        try (EventStore store = EventStore.open(StoreConfig.at(folder).withMergeEvents(64))) {
            List<Callable<Boolean>> bodies = new ArrayList<>();
            for (int t = 0; t < 2; t++) {
                int mine = t;
                bodies.add(
                        () -> {
                            for (int i = mine; i < turns; i += 2) {
                                assertTrue(i == 0 || store.awaitPosition(i - 1, LONG));
                                AppendResult result =
                                        store.append(A, ExpectedVersion.any(), event("" + mine));
                                assertEquals(i, result.firstPosition());
                            }
                            return true;
                        });
            }
            together(PLATFORM, bodies);
            assertEquals(turns - 1, store.head());
        }
    }

    @Test
    void shouldKeepTheInterruptOfAnAppender() throws Exception {
        try (EventStore store = EventStore.open(restless(folder))) {
            List<Callable<Boolean>> bodies = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                StreamId mine = stream("t" + t);
                bodies.add(
                        () -> {
                            for (int i = 0; i < 50; i++) {
                                Thread.currentThread().interrupt();
                                AppendResult result =
                                        store.append(mine, ExpectedVersion.any(), event("x" + i));
                                assertEquals(i, result.version());
                                assertTrue(Thread.currentThread().isInterrupted());
                                long[] read = {0};
                                store.read(EventQuery.stream(mine), event -> ++read[0] >= 0);
                                assertEquals(i + 1, read[0]);
                                assertTrue(Thread.interrupted());
                            }
                            return true;
                        });
            }
            together(PLATFORM, bodies);
            assertEquals(400, assertSound(store).size());
        }
    }

    @Test
    void shouldTellAnInterruptedWaiter() throws Exception {
        try (EventStore store = EventStore.open(folder)) {
            CountDownLatch started = new CountDownLatch(1);
            FutureTask<Boolean> task =
                    new FutureTask<>(
                            () -> {
                                started.countDown();
                                assertThrows(
                                        InterruptedException.class,
                                        () -> store.awaitPosition(0, LONG));
                                return true;
                            });
            Thread thread = new Thread(task);
            thread.start();
            started.await();
            thread.interrupt();
            assertTrue(task.get(1, TimeUnit.MINUTES));
            store.append(A, ExpectedVersion.any(), event("x"));
            assertTrue(store.awaitPosition(0, LONG));
        }
    }

    @Test
    void shouldOpenOnAnInterruptedThreadOrSayWhyNot() {
        Thread.currentThread().interrupt();
        try {
            EventStore.open(folder).close();
        } catch (io.varve.store.errors.StoreIoException e) {
            assertTrue(Thread.currentThread().isInterrupted());
        } finally {
            assertTrue(Thread.interrupted());
        }
        EventStore.open(folder).close();
    }

    @Test
    void shouldGrowTheMapUnderReadersAndAppenders() throws Exception {
        StoreConfig small = StoreConfig.at(folder).withInitialMapBytes(1 << 20).withMergeEvents(64);
        try (EventStore store = EventStore.open(small)) {
            AtomicBoolean done = new AtomicBoolean();
            byte[] large = TestEvents.payload(1, 50_000);
            Callable<Boolean> appender =
                    () -> {
                        for (int i = 0; i < 300; i++) {
                            store.append(A, ExpectedVersion.any(), NewEvent.of("Large", large));
                        }
                        done.set(true);
                        return true;
                    };
            Callable<Boolean> reader =
                    () -> {
                        while (!done.get()) {
                            long from = Math.max(0, store.head() - 20);
                            store.read(
                                    EventQuery.all().from(from),
                                    event -> event.payload().length() == large.length);
                        }
                        return true;
                    };
            together(PLATFORM, List.of(appender, reader, reader, appender));
            assertEquals(600, all(store).size());
        }
    }
}
