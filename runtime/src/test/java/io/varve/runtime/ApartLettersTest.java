package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.StreamId;
import io.varve.store.errors.StoreIoException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Letters of partitions of which one could not commit, and is behind the others. */
class ApartLettersTest extends RuntimeTestBase {
    private static final int COUNT = 2;
    private static final StreamId ONE = StreamId.of(Notes.CATEGORY, "author-1");

    private final AtomicBoolean armed = new AtomicBoolean();
    private final AtomicBoolean mended = new AtomicBoolean();
    private ProjectionRuntime runtime;

    private void apply(Notes.Note note) {
        if (note.number() == 2 && !mended.get()) {
            throw new IllegalStateException("two");
        }
    }

    private void start(int behind) {
        ProjectionConfig config =
                ProjectionConfig.defaults()
                        .withErrorPolicy(ErrorPolicy.deadLetter())
                        .withPartitions(COUNT);
        runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(AuthorDigests.projection("one", serde, this::apply), config)
                                .steps(step -> reached(step, behind))
                                .build());
        runtime.start();
    }

    private void reached(String step, int behind) {
        if (step.equals("letter.added")) {
            armed.set(true);
        } else if (step.equals("commit.written." + behind) && armed.getAndSet(false)) {
            throw new StoreIoException("The disk failed: test=true", new IOException("test"));
        }
    }

    /** A letter is in all partitions but one, which has not come to its event. */
    @BeforeEach
    void appendAll() {
        append(1, 0, 5);
    }

    private void startApart(int behind) {
        start(behind);
        assertThrows(
                ProjectionFailedException.class,
                () -> runtime.awaitPosition("one", store.head(), Notes.LONG));
    }

    private Notes.Digest digest() throws InterruptedException {
        assertTrue(runtime.awaitPosition("one", store.head(), Notes.LONG));
        try (ReadView view = runtime.readView("one", PositionBound.any(), Notes.LONG)) {
            return AuthorDigests.read(view, 1);
        }
    }

    private static Notes.Digest upTo(long end) {
        return AuthorDigests.of(1, LongStream.range(0, end).boxed().toList());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void shouldRetryNoLetterThatAPartitionHasNotComeTo(int behind) throws Exception {
        startApart(behind);
        DeadLetters letters = runtime.deadLetters("one");
        RetryResult early = letters.retry(ONE, Notes.LONG);
        assertEquals(0, early.applied());
        assertEquals(RetryResult.End.NOT_REACHED, early.end());
        runtime.resume("one");
        assertEquals(upTo(2), digest());
        assertEquals(new DeadLetterCounts(1, 2, 0), letters.count());
        mended.set(true);
        assertEquals(
                new RetryResult(3, 0, RetryResult.End.DONE, Optional.empty()),
                letters.retry(ONE, Notes.LONG));
        assertEquals(upTo(5), digest());
        assertEquals(List.of(), letters.list());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void shouldLeaveOutInEachPartitionWhatIsDiscardedWhileOneIsBehind(int behind) throws Exception {
        startApart(behind);
        DeadLetters letters = runtime.deadLetters("one");
        letters.discard(2, Notes.LONG);
        runtime.resume("one");
        mended.set(true); // so that whoever has no letter would apply it
        digest();
        letters.retry(ONE, Notes.LONG);
        assertEquals(AuthorDigests.of(1, List.of(0L, 1L, 3L, 4L)), digest());
    }
}
