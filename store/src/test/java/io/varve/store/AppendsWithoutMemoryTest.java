package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.AppendOutcomeUnknownException;
import io.varve.store.errors.StoreFailedException;
import io.varve.store.errors.VarveException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Memory runs out while appends are being committed: everybody is told, and nobody waits. */
class AppendsWithoutMemoryTest {
    private static final int THREADS = 8;

    @TempDir private Path folder;

    /** There is not even memory to tell what it is about. */
    private static final class Untold extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public synchronized Throwable getCause() {
            throw new StackOverflowError("none");
        }

        @Override
        public String toString() {
            throw new OutOfMemoryError("none");
        }
    }

    private static EventBatch batch() {
        return new EventBatch().add(StreamId.of("a", "b"), NewEvent.of("T", new byte[8]));
    }

    private FutureTask<Throwable> appending(LogAppender appender) {
        FutureTask<Throwable> task =
                new FutureTask<>(
                        () -> {
                            try {
                                appender.append(batch());
                                return null;
                            } catch (Throwable e) {
                                return e;
                            }
                        });
        new Thread(task).start();
        return task;
    }

    /** What each of some is told whose leader's commit fails, and who comes afterwards. */
    private List<Throwable> told(Throwable failure) throws Exception {
        CountDownLatch leading = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicInteger commits = new AtomicInteger();
        LogAppender appender =
                new LogAppender(
                        StoreConfig.at(folder),
                        group -> {
                            commits.incrementAndGet();
                            leading.countDown();
                            assertTrue(await(goOn));
                            ClockTest.failUndeclared(failure);
                        });
        List<FutureTask<Throwable>> appends = new ArrayList<>();
        appends.add(appending(appender));
        assertTrue(await(leading));
        for (int i = 1; i < THREADS; i++) {
            appends.add(appending(appender));
        }
        goOn.countDown();
        List<Throwable> told = new ArrayList<>();
        for (FutureTask<Throwable> append : appends) {
            told.add(append.get(60, TimeUnit.SECONDS));
        }
        assertEquals(1, commits.get());
        told.add(assertThrows(VarveException.class, () -> appender.append(batch())));
        return told;
    }

    private static void check(List<Throwable> told) {
        assertInstanceOf(AppendOutcomeUnknownException.class, told.get(0));
        for (Throwable one : told.subList(1, told.size())) {
            StoreFailedException later = assertInstanceOf(StoreFailedException.class, one);
            assertTrue(later.getMessage().contains("memory ran out"), later::getMessage);
        }
    }

    @Test
    void shouldTellAllWhoWaitAndStopWriting() throws Exception {
        check(told(new OutOfMemoryError("none")));
    }

    @Test
    void shouldTellAllWhereThereIsNoMemoryToSayWhatFailed() throws Exception {
        check(told(new Untold()));
    }

    @Test
    void shouldTellAllWhereThereIsNoMemoryToSayThatNothingWasWritten() throws Exception {
        check(told(new NotCommittedException(new Untold())));
    }

    @Test
    void shouldTellAllWhateverIsThrown() throws Exception {
        List<Throwable> told = told(new IOException("undeclared"));
        assertInstanceOf(AppendOutcomeUnknownException.class, told.get(0));
        for (Throwable one : told.subList(1, told.size())) {
            assertInstanceOf(StoreFailedException.class, one);
        }
    }

    private EventStore open(Clock clock) {
        return EventStore.open(StoreConfig.at(folder).withClock(clock));
    }

    @Test
    void shouldLeaveTheIndexToTheNextOpeningWhereMemoryRanOut() {
        ActingClock clock = new ActingClock();
        try (EventStore store = open(clock)) {
            store.append(batch());
            clock.setNext(
                    () -> {
                        throw new OutOfMemoryError("none");
                    });
            assertThrows(AppendOutcomeUnknownException.class, () -> store.append(batch()));
            assertEquals(1, store.readList(EventQuery.all()).size());
        }
        // What is in memory then may be ahead of the head: an index with names whose events it has
        // not makes the log look damaged.
        assertEquals(Optional.empty(), IndexReach.of(folder.resolve("index")));
        clock.setNext(() -> {});
        try (EventStore store = open(clock)) {
            store.append(batch());
            assertEquals(2, store.readList(EventQuery.all()).size());
        }
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
