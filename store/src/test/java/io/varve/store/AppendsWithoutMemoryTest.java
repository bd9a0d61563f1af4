package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.AppendOutcomeUnknownException;
import io.varve.store.errors.StoreFailedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

    @Test
    void shouldTellAllWhoWaitAndStopWriting() throws Exception {
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
                            throw new OutOfMemoryError("none");
                        });
        List<FutureTask<Throwable>> appends = new ArrayList<>();
        appends.add(appending(appender));
        assertTrue(await(leading));
        for (int i = 1; i < THREADS; i++) {
            appends.add(appending(appender));
        }
        goOn.countDown();
        int unknown = 0;
        for (FutureTask<Throwable> append : appends) {
            Throwable told = append.get(60, TimeUnit.SECONDS);
            if (told instanceof AppendOutcomeUnknownException) {
                unknown++;
            } else {
                assertEquals(StoreFailedException.class, told.getClass());
            }
        }
        assertTrue(unknown >= 1, () -> "unknown of " + appends.size());
        assertEquals(1, commits.get());
        StoreFailedException later =
                assertThrows(StoreFailedException.class, () -> appender.append(batch()));
        assertTrue(later.getMessage().contains("memory ran out"), later::getMessage);
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
