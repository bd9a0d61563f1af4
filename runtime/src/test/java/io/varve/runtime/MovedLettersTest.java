package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.StreamId;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Letters that are changed while another generation becomes live. */
class MovedLettersTest extends RuntimeTestBase {
    private static final StreamId ONE = StreamId.of(Notes.CATEGORY, "author-1");

    private final AtomicInteger times = new AtomicInteger();
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch opened = new CountDownLatch(1);

    /** Fails, then is held, then works. */
    private void apply(Notes.Note note) {
        int before = note.number() == 1 ? times.getAndIncrement() : 2;
        if (before == 0) {
            throw new IllegalStateException("wrong");
        }
        if (before == 1) {
            entered.countDown();
            awaitUnheard();
        }
    }

    private void awaitUnheard() {
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

    private ProjectionRuntime impatient() throws Exception {
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .config(
                                        RuntimeConfig.defaults()
                                                .withShutdownTimeout(Duration.ofMillis(1)))
                                .add(
                                        digest("one", this::apply),
                                        ProjectionConfig.defaults()
                                                .withErrorPolicy(ErrorPolicy.deadLetter()))
                                .build());
        runtime.start();
        append(1, 0, 3);
        assertTrue(runtime.awaitPosition("one", store.head(), Notes.LONG));
        return runtime;
    }

    @Test
    void shouldSayThatARetryHasEndedBecauseItsWorkerWasAskedTo() throws Exception {
        ProjectionRuntime runtime = impatient();
        DeadLetters letters = runtime.deadLetters("one");
        FutureTask<RetryResult> retrying = new FutureTask<>(() -> letters.retry(ONE, Notes.LONG));
        new Thread(retrying).start();
        entered.await();
        assertThrows(ProjectionStuckException.class, () -> runtime.pause("one"));
        opened.countDown();
        assertEquals(
                new RetryResult(1, 1, RetryResult.End.STOPPED, Optional.empty()), retrying.get());
        RetryResult again = letters.retry(ONE, Notes.LONG);
        assertEquals(new RetryResult(1, 0, RetryResult.End.DONE, Optional.empty()), again);
    }

    @Test
    void shouldAnswerForTheGenerationThatIsLiveWhenTheOneAskedIsGone() throws Exception {
        ProjectionRuntime runtime = impatient();
        DeadLetters letters = runtime.deadLetters("one");
        FutureTask<RetryResult> retrying = new FutureTask<>(() -> letters.retry(ONE, Notes.LONG));
        new Thread(retrying).start();
        entered.await();
        Rebuild rebuild = runtime.rebuild("one");
        assertTrue(rebuild.await(Notes.LONG));
        rebuild.promote();
        assertThrows(ProjectionStuckException.class, () -> runtime.discard("one"));
        opened.countDown();
        assertEquals(new RetryResult(0, 0, RetryResult.End.DONE, Optional.empty()), retrying.get());
        assertEquals(new DeadLetterCounts(0, 0, 0), letters.count());
        append(1, 3, 1);
        assertComplete(runtime, "one");
    }
}
