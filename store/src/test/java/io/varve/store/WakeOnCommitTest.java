package io.varve.store;

import static io.varve.store.TestEvents.event;
import static io.varve.store.TestEvents.stream;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.store.errors.StoreClosedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class WakeOnCommitTest {
    private static final StreamId A = stream("a");
    private static final int EVENTS = 20_000;

    @TempDir Path folder;

    private EventStore open() {
        return EventStore.open(
                StoreConfig.at(folder).withDurability(Durability.async(Duration.ofSeconds(1))));
    }

    private static <T> FutureTask<T> begun(Callable<T> body) {
        FutureTask<T> task = new FutureTask<>(body);
        new Thread(task, "waiting").start();
        return task;
    }

    /** Waits as its users do: arms, looks, parks. */
    private static long await(EventStore store, WakeOnCommit wake, long position) {
        while (store.head() < position) {
            wake.arm(Thread.currentThread(), position);
            LockSupport.park();
        }
        return store.head();
    }

    @Test
    void shouldWakeAThreadAtThePosition() throws Exception {
        try (EventStore store = open();
                WakeOnCommit wake = store.wakeOnCommit()) {
            FutureTask<Long> task = begun(() -> await(store, wake, 2));
            store.append(A, ExpectedVersion.any(), event("0"), event("1"));
            store.append(A, ExpectedVersion.any(), event("2"), event("3"));
            assertEquals(3, task.get(1, TimeUnit.MINUTES));
        }
    }

    @Test
    void shouldNotLetAThreadParkWhereThePositionIsThere() {
        try (EventStore store = open();
                WakeOnCommit wake = store.wakeOnCommit()) {
            store.append(A, ExpectedVersion.any(), event("0"));
            wake.arm(Thread.currentThread(), 0);
            LockSupport.park(); // would not return
        }
    }

    @Test
    void shouldWakeWhoWaitsWhenTheStoreIsClosed() throws Exception {
        EventStore store = open();
        WakeOnCommit wake = store.wakeOnCommit();
        FutureTask<Long> task = begun(() -> await(store, wake, 0));
        store.close();
        Throwable why = assertThrows(ExecutionException.class, () -> task.get(1, TimeUnit.MINUTES));
        assertEquals(StoreClosedException.class, why.getCause().getClass());
    }

    /** Whoever holds the lock waits for the next commit, and then lets another do so. */
    @Test
    void shouldMissNoCommitWhileThreadsTakeTurns() throws Exception {
        try (EventStore store = open();
                WakeOnCommit wake = store.wakeOnCommit()) {
            ReentrantLock turn = new ReentrantLock();
            long[] seen = {-1};
            List<FutureTask<Long>> tasks = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                tasks.add(begun(() -> follow(store, wake, turn, seen)));
            }
            for (int i = 0; i < EVENTS; i++) {
                store.append(A, ExpectedVersion.any(), event("any"));
            }
            for (FutureTask<Long> task : tasks) {
                assertEquals(EVENTS - 1, task.get(1, TimeUnit.MINUTES));
            }
        }
    }

    private static long follow(
            EventStore store, WakeOnCommit wake, ReentrantLock turn, long[] seen) {
        while (true) {
            turn.lock();
            try {
                if (seen[0] == EVENTS - 1) {
                    return seen[0];
                }
                seen[0] = await(store, wake, seen[0] + 1);
            } finally {
                turn.unlock();
            }
        }
    }
}
