package io.varve.store;

import static io.varve.store.TestEvents.assertSound;
import static io.varve.store.TestEvents.event;
import static io.varve.store.TestEvents.stream;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.StoreLockedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Closing and interrupting at any moment, under everything that a store can do. */
class LifecycleRacesTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    @TempDir Path folder;

    @Test
    void shouldCloseAtAnyMoment() throws Exception {
        closeAtAnyMoment(40, 4_711);
    }

    @Test
    @Tag("long")
    void shouldCloseAtAnyMomentThousandsOfTimes() throws Exception {
        closeAtAnyMoment(5_000, System.nanoTime());
    }

    private void closeAtAnyMoment(int rounds, long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        Set<String> acknowledged = new ConcurrentSkipListSet<>();
        for (int round = 0; round < rounds; round++) {
            String told = "seed=" + seed + " round=" + round;
            EventStore store = EventStore.open(StoreConfig.at(folder).withMergeEvents(20));
            AtomicBoolean closed = new AtomicBoolean();
            List<FutureTask<String>> tasks = startAll(store, round, closed, acknowledged);
            LockSupport.parkNanos(random.nextLong(3_000_000));
            FutureTask<String> other = start(() -> closeIt(store, closed));
            closeIt(store, closed);
            for (FutureTask<String> task : tasks) {
                assertEquals("closed", task.get(1, TimeUnit.MINUTES), told);
            }
            other.get(1, TimeUnit.MINUTES);
        }
        try (EventStore store = EventStore.open(folder)) {
            Set<String> kept = new TreeSet<>();
            List<RecordedEvent> events = assertSound(store);
            events.forEach(event -> kept.add(TestEvents.text(event)));
            // Whoever was told that the store is closed has appended nothing.
            assertEquals(new TreeSet<>(acknowledged), kept);
            assertEquals(events.size(), kept.size());
        }
    }

    private static String closeIt(EventStore store, AtomicBoolean closed) {
        store.close();
        closed.set(true);
        return "closed";
    }

    private List<FutureTask<String>> startAll(
            EventStore store, int round, AtomicBoolean closed, Set<String> acknowledged) {
        List<Callable<String>> bodies = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            String name = round + "-" + i;
            bodies.add(() -> append(store, name, closed, acknowledged));
        }
        bodies.add(() -> untilClosed(() -> store.readList(EventQuery.all().backward().limit(50))));
        bodies.add(() -> untilClosed(() -> TestEvents.of(store, stream("s1"))));
        bodies.add(() -> untilClosed(() -> drain(store)));
        bodies.add(() -> untilClosed(() -> follow(store)));
        bodies.add(() -> untilClosed(() -> store.awaitPosition(store.head() + 1, LONG)));
        bodies.add(() -> untilClosed(() -> subscribe(store)));
        bodies.add(() -> untilClosed(() -> joined(store.whenCommitted(store.head() + 2))));
        return bodies.stream().map(LifecycleRacesTest::start).toList();
    }

    private static <T> FutureTask<T> start(Callable<T> body) {
        FutureTask<T> task = new FutureTask<>(body);
        new Thread(task).start();
        return task;
    }

    private static String append(
            EventStore store, String name, AtomicBoolean closed, Set<String> acknowledged)
            throws Exception {
        return untilClosed(
                () -> {
                    String text = name + "-" + System.nanoTime();
                    boolean late = closed.get();
                    store.append(
                            stream("s" + text.hashCode() % 5), ExpectedVersion.any(), event(text));
                    acknowledged.add(text);
                    assertTrue(!late, "acknowledged what was appended after close()");
                    return true;
                });
    }

    private static Object drain(EventStore store) {
        try (EventCursor cursor = store.cursor(EventQuery.all())) {
            long next = 0;
            while (cursor.hasNext()) {
                assertEquals(next++, cursor.next().position());
            }
            return next;
        }
    }

    private static Object follow(EventStore store) throws InterruptedException {
        long[] next = {0};
        store.follow(
                EventQuery.all(),
                event -> {
                    assertEquals(next[0]++, event.position());
                    return true;
                });
        return next[0];
    }

    private static Object subscribe(EventStore store) throws Exception {
        CompletableFuture<Long> ended = new CompletableFuture<>();
        store.publisher(EventQuery.all()).subscribe(new Counting(ended));
        return joined(ended);
    }

    private static Object joined(CompletableFuture<Long> future) throws Exception {
        try {
            return future.get(1, TimeUnit.MINUTES);
        } catch (ExecutionException e) {
            throw assertInstanceOf(StoreClosedException.class, e.getCause());
        }
    }

    private static String untilClosed(Callable<Object> call) throws Exception {
        try {
            while (true) {
                call.call();
            }
        } catch (StoreClosedException e) {
            return "closed";
        }
    }

    /** Sees each position once, in order. */
    private static final class Counting implements Flow.Subscriber<RecordedEvent> {
        private final CompletableFuture<Long> ended;
        private long next;

        Counting(CompletableFuture<Long> ended) {
            this.ended = ended;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(RecordedEvent event) {
            if (event.position() != next++) {
                ended.completeExceptionally(new AssertionError("position=" + event.position()));
            }
        }

        @Override
        public void onError(Throwable error) {
            ended.completeExceptionally(error);
        }

        @Override
        public void onComplete() {
            ended.complete(next);
        }
    }

    @Test
    void shouldSurviveInterruptsAtAnyMoment() throws Exception {
        EventStore store = EventStore.open(StoreConfig.at(folder).withMergeEvents(20));
        AtomicBoolean done = new AtomicBoolean();
        Set<String> acknowledged = new ConcurrentSkipListSet<>();
        List<Thread> threads = new ArrayList<>();
        List<FutureTask<Integer>> tasks = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            String name = "i" + i;
            tasks.add(new FutureTask<>(() -> appendInterrupted(store, name, done, acknowledged)));
            tasks.add(new FutureTask<>(() -> readInterrupted(store, done)));
        }
        tasks.forEach(task -> threads.add(new Thread(task)));
        threads.forEach(Thread::start);
        SplittableRandom random = new SplittableRandom(11);
        for (int i = 0; i < 3_000; i++) {
            threads.get(random.nextInt(threads.size())).interrupt();
            LockSupport.parkNanos(random.nextInt(300_000));
        }
        done.set(true);
        int interrupts = 0;
        for (FutureTask<Integer> task : tasks) {
            interrupts += task.get(1, TimeUnit.MINUTES);
        }
        assertTrue(interrupts > 100, "interrupts=" + interrupts);
        assertThrows(StoreLockedException.class, () -> EventStore.open(folder));
        try (ChildJvm child = new ChildJvm(HoldingChild.class, folder)) {
            assertEquals(1, child.exitCode(), "the lock is held no more");
        }
        List<RecordedEvent> events = assertSound(store);
        Set<String> kept = new TreeSet<>();
        events.forEach(event -> kept.add(TestEvents.text(event)));
        assertEquals(new TreeSet<>(acknowledged), kept);
        assertEquals(events.size(), kept.size());
        store.close();
        EventStore.open(folder).close();
    }

    /** An interrupt fails no append, and is there afterwards. */
    private static int appendInterrupted(
            EventStore store, String name, AtomicBoolean done, Set<String> acknowledged) {
        int interrupts = 0;
        for (int i = 0; !done.get(); i++) {
            String text = name + "-" + i;
            store.append(stream(name), ExpectedVersion.any(), event(text));
            acknowledged.add(text);
            interrupts += Thread.interrupted() ? 1 : 0;
        }
        return interrupts;
    }

    private static int readInterrupted(EventStore store, AtomicBoolean done) {
        int interrupts = 0;
        while (!done.get()) {
            long head = store.head();
            assertTrue((long) drain(store) > head);
            interrupts += Thread.interrupted() ? 1 : 0;
            try {
                store.awaitPosition(head + 3, Duration.ofMillis(1));
                long[] seen = {0};
                store.follow(
                        EventQuery.all().from(head + 1), event -> ++seen[0] < 3 && !done.get());
            } catch (InterruptedException e) {
                interrupts++;
            }
        }
        return interrupts;
    }
}
