package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.varve.projections.query.RangeQuery;
import io.varve.store.errors.VarveException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The threads of those who watch end, and nobody waits for them for ever. */
class WatchThreadsTest extends RuntimeTestBase {
    private final CountDownLatch called = new CountDownLatch(1);
    private final CountDownLatch opened = new CountDownLatch(1);
    private final AtomicInteger calls = new AtomicInteger();

    /** Its first call does not return. */
    private final class Stuck implements WatchListener<String, Notes.Digest> {
        private void hold() {
            calls.incrementAndGet();
            called.countDown();
            boolean waiting = true;
            while (waiting) {
                try {
                    opened.await();
                    waiting = false;
                } catch (InterruptedException e) {
                    // code that does not listen
                }
            }
        }

        @Override
        public void onRows(long position, List<Map.Entry<String, Notes.Digest>> rows) {
            hold();
        }

        @Override
        public void onChanges(long position, List<RowChange<String, Notes.Digest>> changes) {
            hold();
        }

        @Override
        public void onEnd(VarveException reason) {
            hold();
        }
    }

    @Test
    void shouldCloseAWatchWhoseListenerIsStuckAndTellItNothingMore() throws Exception {
        append(1, 0, 3);
        RuntimeConfig impatient =
                RuntimeConfig.defaults().withShutdownTimeout(Duration.ofMillis(10));
        ProjectionRuntime runtime = started(impatient, digest("one", NOTHING));
        Watch watch = runtime.watch("one", Notes.DIGEST, RangeQuery.all(), new Stuck());
        called.await();
        watch.close(); // waits for ever without a limit
        append(1, 3, 1);
        assertComplete(runtime, "one");
        opened.countDown();
        watch.close();
        assertEquals(1, calls.get());
    }

    @Test
    void shouldLetNoThreadWaitForANextCallOnceItIsClosed() throws Exception {
        WatchThreads threads = WatchThreads.of(Duration.ofDays(1), Notes.LONG);
        CompletableFuture<Thread> first = new CompletableFuture<>();
        threads.execute(() -> first.complete(Thread.currentThread()));
        threads.close();
        first.get().join(Notes.LONG.toMillis());
        assertFalse(first.get().isAlive());
        CompletableFuture<Thread> late = new CompletableFuture<>();
        threads.execute(() -> late.complete(Thread.currentThread()));
        late.get().join(Notes.LONG.toMillis());
        assertFalse(late.get().isAlive());
    }
}
