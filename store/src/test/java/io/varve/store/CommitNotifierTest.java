package io.varve.store;

import static io.varve.store.TestEvents.event;
import static io.varve.store.TestEvents.restless;
import static io.varve.store.TestEvents.stream;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.StoreClosedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommitNotifierTest {
    private static final StreamId A = stream("a");

    @TempDir Path folder;

    private static long get(CompletableFuture<Long> future) throws Exception {
        return future.get(1, TimeUnit.MINUTES);
    }

    private static void assertClosed(CompletableFuture<Long> future) {
        Throwable why = assertThrows(ExecutionException.class, () -> get(future)).getCause();
        assertInstanceOf(StoreClosedException.class, why);
    }

    @Test
    void shouldCompleteWithTheHead() throws Exception {
        try (EventStore store = EventStore.open(folder)) {
            CompletableFuture<Long> second = store.whenCommitted(2);
            CompletableFuture<Long> first = store.whenCommitted(0);
            CompletableFuture<Long> far = store.whenCommitted(100);
            store.append(A, ExpectedVersion.any(), event("0"), event("1"));
            assertEquals(1, get(first));
            assertEquals(1, store.whenCommitted(1).getNow(-1L));
            assertFalse(second.isDone());
            store.append(A, ExpectedVersion.any(), event("2"), event("3"));
            assertEquals(3, get(second));
            assertFalse(far.isDone());
        }
    }

    @Test
    void shouldKnowTheHeadAtOnceAfterAReopening() throws Exception {
        for (int events = 0; events < 3; events++) {
            try (EventStore store = EventStore.open(folder)) {
                assertEquals(events - 1, store.head());
                for (int there = 0; there < events; there++) {
                    assertTrue(store.awaitPosition(there, Duration.ZERO));
                    assertEquals(events - 1, store.whenCommitted(there).getNow(-1L));
                }
                CompletableFuture<Long> next = store.whenCommitted(events);
                assertFalse(store.awaitPosition(events, Duration.ZERO));
                assertFalse(next.isDone());
                store.append(A, ExpectedVersion.any(), event("" + events));
                assertEquals(events, get(next));
            }
        }
    }

    @Test
    void shouldNotRunUsersCodeOnTheThreadThatCommits() throws Exception {
        try (EventStore store = EventStore.open(folder)) {
            CountDownLatch added = new CountDownLatch(1);
            CompletableFuture<Thread> thread =
                    store.whenCommitted(0).thenApply(head -> Thread.currentThread());
            CompletableFuture<Long> blocked =
                    store.whenCommitted(0)
                            .thenApply(
                                    head -> {
                                        awaitQuietly(added);
                                        return head;
                                    });
            store.append(A, ExpectedVersion.any(), event("0"));
            assertNotEquals(Thread.currentThread(), thread.get(1, TimeUnit.MINUTES));
            // Neither appends nor other futures wait for the one that blocks.
            CompletableFuture<Long> later = store.whenCommitted(1);
            store.append(A, ExpectedVersion.any(), event("1"));
            assertFalse(blocked.isDone());
            added.countDown();
            assertEquals(1, get(later));
            assertEquals(0, get(blocked));
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertTrue(latch.await(1, TimeUnit.MINUTES));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldForgetWhatWasCancelled() {
        CommitSignal signal = new CommitSignal("test");
        CommitNotifier notifier = new CommitNotifier(signal);
        CompletableFuture<Long> first = notifier.whenCommitted(5);
        CompletableFuture<Long> second = notifier.whenCommitted(5);
        assertEquals(2, notifier.size());
        assertTrue(first.cancel(false));
        assertEquals(1, notifier.size());
        second.complete(7L);
        assertEquals(0, notifier.size());
        signal.close();
    }

    @Test
    void shouldFailWhenTheStoreIsClosed() throws Exception {
        EventStore store = EventStore.open(folder);
        store.append(A, ExpectedVersion.any(), event("0"));
        List<CompletableFuture<Long>> futures = new ArrayList<>();
        for (int i = 1; i < 50; i++) {
            futures.add(store.whenCommitted(i));
        }
        store.close();
        futures.forEach(CommitNotifierTest::assertClosed);
        assertClosed(store.whenCommitted(0));
        assertClosed(store.whenCommitted(7));
    }

    @Test
    void shouldCompleteEveryFutureThatIsMadeWhileTheStoreCloses() throws Exception {
        for (int round = 0; round < 64; round++) {
            CommitSignal signal = new CommitSignal("test");
            CommitNotifier notifier = new CommitNotifier(signal);
            CountDownLatch begun = new CountDownLatch(1 + round % 64);
            FutureTask<List<CompletableFuture<Long>>> maker =
                    new FutureTask<>(
                            () -> {
                                List<CompletableFuture<Long>> made = new ArrayList<>();
                                for (int i = 0; i < 64; i++) {
                                    made.add(notifier.whenCommitted(i));
                                    begun.countDown();
                                }
                                return made;
                            });
            new Thread(maker).start();
            begun.await();
            signal.close();
            maker.get(1, TimeUnit.MINUTES).forEach(CommitNotifierTest::assertClosed);
        }
    }

    /**
     * Some ask for a position at the moment when it is committed, and nothing is committed again
     * before all of them were told: a lost wake-up would hang it.
     */
    @Test
    void shouldLoseNoWakeUp() throws Exception {
        int positions = 2_000;
        int askers = 3;
        CommitSignal signal = new CommitSignal("test");
        CommitNotifier notifier = new CommitNotifier(signal);
        CyclicBarrier together = new CyclicBarrier(1 + askers);
        List<FutureTask<Boolean>> tasks = new ArrayList<>();
        for (int t = 0; t < askers; t++) {
            SplittableRandom random = new SplittableRandom(t);
            FutureTask<Boolean> task =
                    new FutureTask<>(
                            () -> {
                                for (int i = 0; i < positions; i++) {
                                    together.await(1, TimeUnit.MINUTES);
                                    pause(random);
                                    assertEquals(i, get(notifier.whenCommitted(i)));
                                }
                                return true;
                            });
            new Thread(task).start();
            tasks.add(task);
        }
        SplittableRandom random = new SplittableRandom(askers);
        for (int i = 0; i < positions; i++) {
            together.await(1, TimeUnit.MINUTES);
            pause(random);
            signal.advance(i);
        }
        for (FutureTask<Boolean> task : tasks) {
            assertTrue(task.get(2, TimeUnit.MINUTES));
        }
        signal.close();
    }

    /** So that each of the two comes first at times, and in the middle of the other. */
    private static void pause(SplittableRandom random) {
        for (int i = random.nextInt(200); i > 0; i--) {
            Thread.onSpinWait();
        }
    }

    /** As above, one commit for each wait: whoever waits is the only one who can go on. */
    @Test
    void shouldWakeTheOneThatWaitsForTheNextPosition() throws Exception {
        try (EventStore store = EventStore.open(restless(folder))) {
            for (int i = 0; i < 500; i++) {
                CompletableFuture<Long> next = store.whenCommitted(i);
                store.append(A, ExpectedVersion.any(), event("" + i));
                assertEquals(i, get(next));
            }
        }
    }
}
