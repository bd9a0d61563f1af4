package io.varve.store;

import static io.varve.store.TestEvents.assertSound;
import static io.varve.store.TestEvents.event;
import static io.varve.store.TestEvents.stream;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.errors.StoreLockedException;
import io.varve.store.lmdb.LmdbReader;
import io.varve.store.lmdb.LostChange;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** What closing does to those who use the store meanwhile, and afterwards. */
class EventStoreCloseTest {
    private static final StreamId A = stream("a");
    private static final Duration LONG = Duration.ofMinutes(1);

    @TempDir Path folder;

    private static <T> FutureTask<T> start(java.util.concurrent.Callable<T> body) {
        FutureTask<T> task = new FutureTask<>(body);
        new Thread(task).start();
        return task;
    }

    /** Closing it does not wait long for readers. */
    private EventStore openImpatiently() {
        return ShortPatience.open(() -> EventStore.open(folder));
    }

    private static <T> T get(FutureTask<T> task) throws Exception {
        return task.get(1, TimeUnit.MINUTES);
    }

    @Test
    void shouldSayThatItIsNotClosedAndNeverWillBeWhereAChangeWasLost() {
        StoreParts store = StoreParts.open(StoreConfig.at(folder));
        LostChange.begin(store.log().environment());
        for (int i = 0; i < 2; i++) {
            StoreIoException told = assertThrows(StoreIoException.class, store::close);
            assertTrue(told.what().contains("Not closed"), told::what);
            assertTrue(told.what().contains("path=" + folder), told::what);
            assertTrue(told.remedy().contains("End the process"), told::remedy);
        }
        assertTrue(lockedRemedy().contains("End the process"), this::lockedRemedy);
    }

    @Test
    void shouldSayThatNobodyGetsAFolderInWhichAChangeWasFoundLostAfterClosing() {
        StoreParts store = ShortPatience.open(() -> StoreParts.open(StoreConfig.at(folder)));
        LmdbReader reading = store.log().environment().lentReader();
        LostChange.begin(store.log().environment());
        store.close(); // while somebody reads, nobody can look
        assertTrue(lockedRemedy().contains("close it first"), this::lockedRemedy);
        reading.close();
        assertTrue(lockedRemedy().contains("End the process"), this::lockedRemedy);
        StoreIoException told = assertThrows(StoreIoException.class, store::close);
        assertTrue(told.remedy().contains("End the process"), told::remedy);
    }

    private String lockedRemedy() {
        return assertThrows(StoreLockedException.class, () -> EventStore.open(folder)).remedy();
    }

    @Test
    void shouldRefuseEverythingAfterClose() {
        EventStore store = EventStore.open(folder);
        store.append(A, ExpectedVersion.any(), event("0"));
        store.close();
        store.close();
        List<Executable> calls =
                List.of(
                        () -> store.append(A, ExpectedVersion.any(), event("1")),
                        () -> store.append(new EventBatch().add(A, event("1"))),
                        () -> store.read(EventQuery.all(), event -> true),
                        () -> store.read(EventQuery.all().from(7), event -> true),
                        () -> store.read(EventQuery.stream(A), event -> true),
                        () -> store.read(EventQuery.stream(stream("none")), event -> true),
                        () -> store.readList(EventQuery.all()),
                        () -> store.cursor(EventQuery.all()),
                        () -> store.version(A),
                        () -> store.version(stream("none")),
                        () -> store.awaitPosition(0, LONG),
                        () -> store.awaitPosition(1, LONG),
                        () -> store.chainHash(0),
                        () -> store.commitTimeMillis(0));
        for (int i = 0; i < calls.size(); i++) {
            StoreClosedException refused =
                    assertThrows(StoreClosedException.class, calls.get(i), "call " + i);
            assertTrue(refused.what().contains("path=" + folder), refused.what());
        }
        assertEquals(0, store.head());
        assertEquals(folder, store.config().path());
        try (EventStore again = EventStore.open(folder)) {
            assertEquals(store.identity(), again.identity());
            assertEquals(1, assertSound(again).size());
        }
    }

    @Test
    void shouldCloseAnEmptyStore() {
        EventStore.open(folder).close();
        try (EventStore store = EventStore.open(folder)) {
            assertEquals(-1, store.head());
        }
    }

    @Test
    void shouldLetWaitersGo() throws Exception {
        EventStore store = EventStore.open(folder);
        List<FutureTask<Boolean>> waiters = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            FutureTask<Boolean> task = new FutureTask<>(() -> store.awaitPosition(5, LONG));
            Thread thread = new Thread(task);
            thread.start();
            waiters.add(task);
            threads.add(thread);
        }
        for (Thread thread : threads) {
            while (thread.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
        }
        store.close();
        for (FutureTask<Boolean> task : waiters) {
            Throwable cause = assertThrows(ExecutionException.class, () -> get(task)).getCause();
            assertInstanceOf(StoreClosedException.class, cause);
        }
    }

    @Test
    void shouldWaitForAReaderThatIsInside() throws Exception {
        EventStore store = EventStore.open(folder);
        store.append(A, ExpectedVersion.any(), event("0"), event("1"));
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        FutureTask<List<String>> reader =
                start(
                        () -> {
                            List<String> texts = new ArrayList<>();
                            store.read(
                                    EventQuery.all(),
                                    event -> {
                                        inside.countDown();
                                        awaitQuietly(go);
                                        return texts.add(TestEvents.text(event.toRecordedEvent()));
                                    });
                            return texts;
                        });
        inside.await();
        Thread closer = new Thread(store::close);
        closer.start();
        while (closer.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        assertThrows(StoreLockedException.class, () -> EventStore.open(folder));
        go.countDown();
        assertEquals(List.of("0", "1"), get(reader));
        closer.join();
        EventStore.open(folder).close();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertTrue(latch.await(1, TimeUnit.MINUTES));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldCloseOnAnInterruptedThreadAndKeepTheInterrupt() throws Exception {
        EventStore store = EventStore.open(folder);
        store.append(A, ExpectedVersion.any(), event("0"));
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        FutureTask<Boolean> reader =
                start(
                        () -> {
                            store.read(
                                    EventQuery.all(),
                                    event -> {
                                        inside.countDown();
                                        awaitQuietly(go);
                                        return true;
                                    });
                            return true;
                        });
        inside.await();
        FutureTask<Boolean> closer =
                new FutureTask<>(
                        () -> {
                            Thread.currentThread().interrupt();
                            store.close();
                            return Thread.currentThread().isInterrupted();
                        });
        Thread closing = new Thread(closer);
        closing.start();
        while (closing.getState() != Thread.State.TIMED_WAITING) {
            assertFalse(closer.isDone(), "close() did not wait for the reader");
            Thread.onSpinWait();
        }
        go.countDown();
        assertTrue(get(closer));
        assertTrue(get(reader));
        EventStore.open(folder).close();
    }

    /**
     * A folder is given to nobody while a reader that would not end has its memory mapped: two
     * environments of one process on one file would take each other's locks away.
     */
    @Test
    void shouldKeepTheFolderLockedWhileAReaderIsInside() {
        EventStore store = openImpatiently();
        store.append(A, ExpectedVersion.any(), event("0"), event("1"));
        List<String> texts = new ArrayList<>();
        EventVisitor closing =
                event -> {
                    store.close();
                    assertThrows(StoreLockedException.class, () -> EventStore.open(folder));
                    return texts.add(TestEvents.text(event.toRecordedEvent()));
                };
        assertThrows(StoreClosedException.class, () -> store.read(EventQuery.all(), closing));
        assertEquals(List.of("0"), texts);
        store.close();
        try (EventStore again = EventStore.open(folder)) {
            assertEquals(2, assertSound(again).size());
        }
    }

    /** At the next event, however quick the visitor was until then. */
    @Test
    void shouldEndAReadThatClosesItsOwnStore() {
        for (boolean stream : List.of(false, true)) {
            EventStore store = openImpatiently();
            for (int i = 0; i < 100; i++) {
                store.append(A, ExpectedVersion.any(), event("0"), event("1"), event("2"));
            }
            long last = store.head();
            for (long at : new long[] {last - 40, last - 1, last}) {
                EventStore one = store;
                long[] seen = {0};
                EventVisitor closing =
                        event -> {
                            seen[0] = event.position();
                            if (event.position() == at) {
                                one.close();
                            }
                            return true;
                        };
                EventQuery query = stream ? EventQuery.stream(A) : EventQuery.all();
                if (at == last) {
                    one.read(query, closing); // nothing was left to read
                } else {
                    assertThrows(StoreClosedException.class, () -> one.read(query, closing));
                }
                assertEquals(at, seen[0]);
                store = openImpatiently();
            }
            store.close();
        }
    }

    @Test
    void shouldCloseWhileOthersAppendReadAndWait() throws Exception {
        long acknowledged = -1;
        for (int round = 0; round < 20; round++) {
            EventStore store = EventStore.open(StoreConfig.at(folder).withMergeEvents(5));
            assertTrue(store.head() >= acknowledged);
            AtomicLong last = new AtomicLong(acknowledged);
            CountDownLatch busy = new CountDownLatch(6);
            List<FutureTask<Boolean>> tasks = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                StreamId mine = stream("s" + i);
                tasks.add(start(() -> append(store, mine, last, busy)));
                tasks.add(start(() -> read(store, busy)));
                tasks.add(start(() -> await(store, busy)));
            }
            busy.await();
            store.close();
            for (FutureTask<Boolean> task : tasks) {
                assertTrue(get(task));
            }
            acknowledged = last.get();
        }
        try (EventStore store = EventStore.open(folder)) {
            assertTrue(assertSound(store).size() > acknowledged);
        }
    }

    private static boolean append(
            EventStore store, StreamId stream, AtomicLong last, CountDownLatch busy) {
        try {
            for (int i = 0; ; i++) {
                AppendResult result = store.append(stream, ExpectedVersion.any(), event("" + i));
                last.accumulateAndGet(result.lastPosition(), Math::max);
                busy.countDown();
            }
        } catch (StoreClosedException e) {
            return true;
        }
    }

    private static boolean read(EventStore store, CountDownLatch busy) {
        try {
            while (true) {
                long[] next = {0};
                store.read(EventQuery.all(), event -> event.position() == next[0]++);
                store.read(EventQuery.stream(stream("s0")), event -> true);
                busy.countDown();
            }
        } catch (StoreClosedException e) {
            return true;
        }
    }

    private static boolean await(EventStore store, CountDownLatch busy) throws Exception {
        try {
            for (long next = store.head() + 1; ; next++) {
                assertTrue(store.awaitPosition(next, LONG));
                busy.countDown();
            }
        } catch (StoreClosedException e) {
            return true;
        }
    }

    @Test
    void shouldCloseOnceWhenManyClose() throws Exception {
        for (int round = 0; round < 10; round++) {
            EventStore store = EventStore.open(folder);
            store.append(A, ExpectedVersion.any(), event("x"));
            List<FutureTask<Boolean>> tasks = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                tasks.add(
                        start(
                                () -> {
                                    store.close();
                                    return true;
                                }));
            }
            for (FutureTask<Boolean> task : tasks) {
                assertTrue(get(task));
            }
        }
        try (EventStore store = EventStore.open(folder)) {
            assertEquals(10, assertSound(store).size());
        }
    }
}
