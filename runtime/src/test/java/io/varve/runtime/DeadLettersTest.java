package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Projection;
import io.varve.store.EventStore;
import io.varve.store.ExpectedVersion;
import io.varve.store.NewEvent;
import io.varve.store.StoreConfig;
import io.varve.store.StreamId;
import io.varve.store.errors.EventsTruncatedException;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.StoreCorruptedException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of events that cannot be applied. */
class DeadLettersTest extends RuntimeTestBase {
    private static final StreamId ONE = StreamId.of(Notes.CATEGORY, "author-1");
    private static final StreamId TWO = StreamId.of(Notes.CATEGORY, "author-2");
    private static final ProjectionConfig DEAD =
            ProjectionConfig.defaults().withErrorPolicy(ErrorPolicy.deadLetter());

    private final List<Long> applied = Collections.synchronizedList(new ArrayList<>());
    private final List<DeadLetter> told = Collections.synchronizedList(new ArrayList<>());
    private final AtomicBoolean mended = new AtomicBoolean();

    /** Notes what was applied, as author * 100 + number; fails on some numbers of author 1. */
    private Projection recording(Long... wrong) {
        return digest(
                "one",
                note -> {
                    if (!mended.get()
                            && note.author() == 1
                            && List.of(wrong).contains(note.number())) {
                        throw new IllegalStateException("wrong " + note.number());
                    }
                    applied.add(note.author() * 100 + note.number());
                });
    }

    /** Code sees an event again when what came after it has failed; rows do not. */
    private List<Long> appliedOnce() {
        return applied.stream().distinct().toList();
    }

    private ProjectionRuntime running(ProjectionConfig config, Projection projection) {
        ProjectionListener listener =
                new ProjectionListener() {
                    @Override
                    public void onDeadLetter(
                            String name, GenerationId generation, DeadLetter letter) {
                        told.add(letter);
                    }
                };
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(projection, config)
                                .listener(listener)
                                .build());
        runtime.start();
        return runtime;
    }

    private void awaitHead(ProjectionRuntime runtime) throws InterruptedException {
        assertTrue(runtime.awaitPosition("one", store.head(), Notes.LONG), "not reached");
    }

    private long count(ProjectionRuntime runtime) throws InterruptedException {
        try (ReadView view = runtime.readView("one", PositionBound.any(), Notes.LONG)) {
            return Notes.digestOf(view).count();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldKeepADeadEventAndLetItsStreamWaitWhileOthersGoOn(boolean live) throws Exception {
        ProjectionRuntime runtime = live ? running(DEAD, recording(1L)) : null;
        append(1, 0, 3);
        append(2, 0, 2);
        append(1, 3, 1);
        runtime = live ? runtime : running(DEAD, recording(1L));
        awaitHead(runtime);
        DeadLetters letters = runtime.deadLetters("one");
        assertEquals(new DeadLetterCounts(1, 2, 0), letters.count());
        assertEquals(new DeadLetterCounts(1, 2, 0), runtime.status("one").deadLetters());
        assertEquals(List.of(ONE), letters.streams());
        List<DeadLetter> list = letters.list();
        assertEquals(List.of(1L, 2L, 5L), list.stream().map(DeadLetter::position).toList());
        assertEquals(list, letters.list(ONE));
        assertEquals(List.of(), letters.list(TWO));
        assertEquals(list.subList(1, 2), letters.list(2, 1));
        assertEquals(list, letters.list(0, 9));
        assertEquals(List.of(), letters.list(6, 9));
        try (ReadView view = runtime.readView("one", PositionBound.at(5), Notes.LONG)) {
            assertEquals(Optional.of(list.get(2)), view.deadLetter(5));
            assertEquals(Optional.empty(), view.deadLetter(4));
        }
        DeadLetter dead = list.get(0);
        assertEquals(DeadLetter.Kind.DEAD, dead.kind());
        assertEquals("noted", dead.type());
        assertEquals(1, dead.attempts());
        assertEquals(
                Optional.of(
                        new DeadLetter.Failure(IllegalStateException.class.getName(), "wrong 1")),
                dead.failure());
        DeadLetter waiting = list.get(2);
        assertEquals(DeadLetter.Kind.WAITING, waiting.kind());
        assertEquals(Optional.empty(), waiting.failure());
        assertEquals(0, waiting.attempts());
        assertEquals(List.of(dead), told);
        assertEquals(Optional.of(dead), letters.find(1));
        assertEquals(Optional.empty(), letters.find(0));
        assertEquals(3, count(runtime));
        assertEquals(3, runtime.status("one").applied());
    }

    @Test
    void shouldApplyDeadAndWaitingEventsInOrderWhenRetried() throws Exception {
        ProjectionRuntime runtime = running(DEAD, recording(1L));
        append(1, 0, 4);
        append(2, 0, 1);
        awaitHead(runtime);
        mended.set(true);
        applied.clear();
        DeadLetters letters = runtime.deadLetters("one");
        assertEquals(
                new RetryResult(3, 0, RetryResult.End.DONE, Optional.empty()),
                letters.retry(ONE, Notes.LONG));
        assertEquals(List.of(101L, 102L, 103L), appliedOnce());
        assertEquals(DeadLetterCounts.NONE, letters.count());
        assertEquals(List.of(), letters.list());
        assertEquals(5, count(runtime));
        append(1, 4, 1);
        awaitHead(runtime);
        assertEquals(List.of(101L, 102L, 103L, 104L), appliedOnce());
        assertEquals(
                new RetryResult(0, 0, RetryResult.End.DONE, Optional.empty()),
                letters.retry(ONE, Notes.LONG));
    }

    @Test
    void shouldListStreamsWithoutTheirLetters() throws Exception {
        Projection projection =
                digest(
                        "one",
                        note -> {
                            if (note.number() == 1) {
                                throw new IllegalStateException("easy to find");
                            }
                        });
        ProjectionRuntime runtime = running(DEAD, projection);
        append(2, 0, 2);
        append(1, 0, 3);
        append(2, 2, 2);
        awaitHead(runtime);
        DeadLetters letters = runtime.deadLetters("one");
        assertEquals(List.of(TWO, ONE), letters.streams());
        assertTrue(letters.discard(1, Notes.LONG));
        assertEquals(List.of(ONE, TWO), letters.streams());
        runtime.pause("one");
        ReadModelFiles.flip(
                ReadModelFiles.generation(folder.resolve("models"), "one").resolve("data.mdb"),
                "easy to find".getBytes(StandardCharsets.UTF_8));
        assertEquals(List.of(ONE, TWO), letters.streams());
        assertThrows(StoreCorruptedException.class, letters::list);
    }

    @Test
    void shouldStayUnderQuarantineWhenItFailsAgain() throws Exception {
        ProjectionRuntime runtime = running(DEAD, recording(1L, 3L));
        append(1, 0, 5);
        awaitHead(runtime);
        DeadLetters letters = runtime.deadLetters("one");
        RetryResult same = letters.retry(ONE, Notes.LONG);
        assertEquals(0, same.applied());
        assertEquals(4, same.remaining());
        assertEquals("wrong 1", same.failure().orElseThrow().getCause().getMessage());
        assertEquals(2, letters.find(1).orElseThrow().attempts());
        runtime.close();

        // The first is mended, the second is not.
        ProjectionRuntime next = running(DEAD, recording(3L));
        letters = next.deadLetters("one");
        RetryResult further = letters.retry(ONE, Notes.LONG);
        assertEquals(2, further.applied());
        assertEquals(2, further.remaining());
        assertEquals(DeadLetter.Kind.DEAD, letters.find(3).orElseThrow().kind());
        assertEquals(1, letters.find(3).orElseThrow().attempts());
        assertEquals(new DeadLetterCounts(1, 1, 0), letters.count());
        mended.set(true);
        assertEquals(
                new RetryResult(2, 0, RetryResult.End.DONE, Optional.empty()),
                letters.retry(ONE, Notes.LONG));
        assertComplete(next, "one");
    }

    @Test
    void shouldRememberTheQuarantineWhenItIsStartedAgain() throws Exception {
        ProjectionRuntime runtime = running(DEAD, recording(1L));
        append(1, 0, 3);
        awaitHead(runtime);
        runtime.close();
        append(1, 3, 1);
        append(2, 0, 1);
        mended.set(true);
        ProjectionRuntime next = running(DEAD, recording());
        awaitHead(next);
        assertEquals(new DeadLetterCounts(1, 2, 0), next.status("one").deadLetters());
        assertEquals(2, count(next));
        assertEquals(3, next.deadLetters("one").retry(ONE, Notes.LONG).applied());
        assertEquals(List.of(100L, 200L, 101L, 102L, 103L), appliedOnce());
    }

    @Test
    void shouldDiscardOneEventAndApplyWhatWaitsBehindIt() throws Exception {
        ProjectionRuntime runtime = running(DEAD, recording(1L));
        append(1, 0, 4);
        awaitHead(runtime);
        DeadLetters letters = runtime.deadLetters("one");
        Duration soon = Notes.LONG;
        assertFalse(letters.discard(0, soon), "it was applied");
        assertTrue(letters.discard(1, soon));
        assertFalse(letters.discard(1, soon), "it is skipped already");
        assertTrue(letters.discard(3, soon), "one that waits");
        assertEquals(new DeadLetterCounts(0, 1, 2), letters.count());
        assertEquals("wrong 1", letters.find(1).orElseThrow().failure().orElseThrow().message());
        append(1, 4, 1);
        awaitHead(runtime);
        assertEquals(new DeadLetterCounts(0, 2, 2), letters.count());
        assertEquals(
                new RetryResult(2, 0, RetryResult.End.DONE, Optional.empty()),
                letters.retry(ONE, soon));
        assertEquals(List.of(100L, 102L, 104L), appliedOnce());
        assertEquals(new DeadLetterCounts(0, 0, 2), letters.count());
    }

    @Test
    void shouldDiscardAllOfAStream() throws Exception {
        ProjectionRuntime runtime = running(DEAD, recording(1L));
        append(1, 0, 4);
        awaitHead(runtime);
        DeadLetters letters = runtime.deadLetters("one");
        assertEquals(3, letters.discard(ONE, Notes.LONG));
        assertEquals(0, letters.discard(ONE, Notes.LONG));
        assertEquals(new DeadLetterCounts(0, 0, 3), letters.count());
        assertEquals(List.of(), letters.streams());
        append(1, 4, 1);
        awaitHead(runtime);
        assertEquals(List.of(100L, 104L), appliedOnce());
        runtime.close();
        ProjectionRuntime next = running(DEAD, recording(1L));
        assertEquals(new DeadLetterCounts(0, 0, 3), next.status("one").deadLetters());
    }

    @Test
    void shouldLiftTheQuarantineWhenTheOnlyEventIsDiscarded() throws Exception {
        ProjectionRuntime runtime = running(DEAD, recording(1L));
        append(1, 0, 2);
        awaitHead(runtime);
        assertTrue(runtime.deadLetters("one").discard(1, Notes.LONG));
        append(1, 2, 1);
        awaitHead(runtime);
        assertEquals(List.of(100L, 102L), appliedOnce());
    }

    @Test
    void shouldSkipCountedAndStored() throws Exception {
        ProjectionRuntime runtime =
                running(DEAD.withErrorPolicy(ErrorPolicy.skip()), recording(1L, 2L));
        append(1, 0, 4);
        awaitHead(runtime);
        assertEquals(List.of(100L, 103L), appliedOnce());
        assertEquals(2, count(runtime));
        assertEquals(new DeadLetterCounts(0, 0, 2), runtime.status("one").deadLetters());
        assertEquals(2, told.size());
        assertEquals(DeadLetter.Kind.SKIPPED, told.get(0).kind());
        assertEquals(told, runtime.deadLetters("one").list());
    }

    @Test
    void shouldTryAgainUntilItWorks() throws Exception {
        AtomicInteger left = new AtomicInteger(3);
        Projection projection =
                digest(
                        "one",
                        note -> {
                            if (note.number() == 2 && left.getAndDecrement() > 0) {
                                throw new IllegalStateException("not yet");
                            }
                        });
        ErrorPolicy policy = ErrorPolicy.retry(3, Duration.ofMillis(1), ErrorPolicy.fail());
        ProjectionRuntime runtime = running(DEAD.withErrorPolicy(policy), projection);
        append(1, 0, 5);
        assertComplete(runtime, "one");
        assertEquals(-1, left.get());
        assertEquals(DeadLetterCounts.NONE, runtime.status("one").deadLetters());
        assertEquals(Optional.empty(), runtime.status("one").retry());
    }

    @Test
    void shouldCountAttemptsBeforeItGivesUp() throws Exception {
        ErrorPolicy policy = ErrorPolicy.retry(2, Duration.ofMillis(1), ErrorPolicy.deadLetter());
        ProjectionRuntime runtime = running(DEAD.withErrorPolicy(policy), recording(1L));
        append(1, 0, 3);
        awaitHead(runtime);
        assertEquals(3, runtime.deadLetters("one").find(1).orElseThrow().attempts());
    }

    @Test
    void shouldKeepAnEventThatCannotBeDecodedAndApplyItWhenItCan() throws Exception {
        append(1, 0, 1);
        store.append(ONE, ExpectedVersion.any(), NewEvent.of("unheard-of", new byte[] {1}));
        append(1, 1, 1);
        ProjectionRuntime runtime = running(DEAD, recording());
        awaitHead(runtime);
        DeadLetters letters = runtime.deadLetters("one");
        assertEquals("unheard-of", letters.find(1).orElseThrow().type());
        RetryResult result = letters.retry(ONE, Notes.LONG);
        assertInstanceOf(PoisonEventException.class, result.failure().orElseThrow());
        assertEquals(2, letters.find(1).orElseThrow().attempts());
        assertEquals(new DeadLetterCounts(1, 1, 0), letters.count());
    }

    @Test
    void shouldShowWhatItWaitsForAndEndThatAtOnceWhenClosed() throws Exception {
        ErrorPolicy policy = ErrorPolicy.retry(9, Duration.ofSeconds(30), ErrorPolicy.fail());
        ProjectionRuntime runtime = running(DEAD.withErrorPolicy(policy), recording(2L));
        append(1, 0, 5);
        assertTrue(runtime.awaitPosition("one", 1, Notes.LONG));
        ProjectionRetry retry = awaitRetry(runtime);
        assertEquals(2, retry.position());
        assertEquals(1, retry.attempt());
        assertEquals("wrong 2", retry.failure().getCause().getMessage());
        assertEquals(ProjectionActivity.RETRYING, runtime.status("one").activity());
        long before = System.nanoTime();
        runtime.close();
        assertTrue(System.nanoTime() - before < Duration.ofSeconds(9).toNanos());
        assertEquals(ProjectionState.STOPPED, runtime.status("one").state());
        assertEquals(1, runtime.status("one").position());
        assertEquals(Optional.empty(), runtime.status("one").failure());
    }

    private static ProjectionRetry awaitRetry(ProjectionRuntime runtime) {
        long deadline = System.nanoTime() + Notes.LONG.toNanos();
        while (System.nanoTime() < deadline) {
            Optional<ProjectionRetry> retry = runtime.status("one").retry();
            if (retry.isPresent()) {
                return retry.get();
            }
            Polling.pause();
        }
        throw new AssertionError("does not wait");
    }

    @Test
    void shouldServeItsDeadLettersWhileItWaits() throws Exception {
        append(1, 0, 2);
        ProjectionRuntime first = running(DEAD, recording(1L));
        awaitHead(first);
        first.close();
        ErrorPolicy policy = ErrorPolicy.retry(9, Duration.ofSeconds(30), ErrorPolicy.fail());
        Projection projection =
                digest(
                        "one",
                        note -> {
                            if (note.author() == 2) {
                                throw new IllegalStateException("always");
                            }
                        });
        append(2, 0, 1);
        ProjectionRuntime runtime = running(DEAD.withErrorPolicy(policy), projection);
        awaitRetry(runtime);
        RetryResult result = runtime.deadLetters("one").retry(ONE, Duration.ofSeconds(9));
        assertEquals(new RetryResult(1, 0, RetryResult.End.DONE, Optional.empty()), result);
        assertTrue(runtime.status("one").retry().isPresent(), "it waits still");
        assertEquals(1, runtime.status("one").position());
    }

    @Test
    void shouldFailWithOneLetterTooManyAndServeThemAllTheSame() throws Exception {
        append(1, 0, 9);
        ProjectionRuntime runtime = running(DEAD.withMaxDeadLetters(3), recording(2L));
        assertThrows(ProjectionFailedException.class, () -> awaitHead(runtime));
        DeadLettersFullException full =
                assertInstanceOf(
                        DeadLettersFullException.class,
                        runtime.status("one").failure().orElseThrow());
        assertEquals(3, full.limit());
        assertEquals("one", full.projection());
        assertTrue(full.remedy().contains("resume(projection)"), full.remedy());
        // The dead event was committed alone; those that wait were not committed any more.
        assertEquals(2, runtime.status("one").position());
        DeadLetters letters = runtime.deadLetters("one");
        mended.set(true);
        assertEquals(
                new RetryResult(1, 0, RetryResult.End.DONE, Optional.empty()),
                letters.retry(ONE, Notes.LONG));
        assertEquals(DeadLetterCounts.NONE, runtime.status("one").deadLetters());
        runtime.close();
        ProjectionRuntime next = running(DEAD.withMaxDeadLetters(3), recording());
        assertComplete(next, "one");
    }

    @Test
    void shouldKeepTheEventsOfLettersInTheLog() throws Exception {
        ProjectionRuntime runtime = running(DEAD, recording(1L));
        for (int i = 0; i < 20; i++) {
            append(1 + i % 2, i / 2, 1);
        }
        awaitHead(runtime);
        assertEquals(2, store.retention().truncateBefore(15).firstPosition());
        runtime.close();
        assertEquals(2, store.retention().truncateBefore(15).firstPosition());
        mended.set(true);
        ProjectionRuntime next = running(DEAD, recording());
        assertEquals(9, next.deadLetters("one").retry(ONE, Notes.LONG).applied());
        assertEquals(15, store.retention().truncateBefore(15).firstPosition());
        assertEquals(20, count(next));
    }

    @Test
    void shouldSayThatTheEventOfALetterIsGone() throws Exception {
        ProjectionRuntime runtime = running(DEAD, recording(1L));
        for (int i = 0; i < 20; i++) {
            append(1 + i % 2, i / 2, 1);
        }
        awaitHead(runtime);
        store.retention().truncateBeforeRegardless(15);
        DeadLetters letters = runtime.deadLetters("one");
        assertThrows(EventsTruncatedException.class, () -> letters.retry(ONE, Notes.LONG));
        runtime.close();
        ProjectionRuntime next = running(DEAD, recording(1L));
        DeadLetters again = next.deadLetters("one");
        assertThrows(EventsTruncatedException.class, () -> again.retry(ONE, Notes.LONG));
        append(2, 10, 1);
        awaitHead(next);
        while (again.list(ONE).stream()
                .anyMatch(letter -> letter.isRetriable() && letter.position() < 15)) {
            again.discard(
                    again.list(ONE).stream()
                            .filter(DeadLetter::isRetriable)
                            .findFirst()
                            .orElseThrow()
                            .position(),
                    Notes.LONG);
        }
        mended.set(true);
        assertEquals(Optional.empty(), again.retry(ONE, Notes.LONG).failure());
        assertEquals(0, again.count().retriable());
    }

    @Test
    void shouldRefuseToWaitForItself() throws Exception {
        AtomicReference<ProjectionRuntime> runtime = new AtomicReference<>();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Consumer<Notes.Note> hook =
                note -> {
                    try {
                        runtime.get().deadLetters("one").retry(ONE, Notes.LONG);
                    } catch (Throwable e) {
                        thrown.set(e);
                    }
                };
        runtime.set(running(DEAD, digest("one", hook)));
        append(1, 0, 1);
        awaitHead(runtime.get());
        assertInstanceOf(IllegalStateException.class, thrown.get());
    }

    @Test
    void shouldGiveUpWaitingForAStuckProjection() throws Exception {
        Gate gate = new Gate(0);
        ProjectionRuntime runtime = running(DEAD, digest("one", gate));
        append(1, 0, 1);
        gate.entered.await();
        DeadLetters letters = runtime.deadLetters("one");
        ProjectionBusyException busy =
                assertThrows(
                        ProjectionBusyException.class,
                        () -> letters.retry(ONE, Duration.ofMillis(20)));
        assertFalse(busy.begun());
        assertEquals("one", busy.projection());
        gate.opened.countDown();
        awaitHead(runtime);
    }

    @Test
    void shouldSayThatARetryHasBegunAndGoesOn() throws Exception {
        append(1, 0, 1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger times = new AtomicInteger();
        Projection projection =
                digest(
                        "one",
                        note -> {
                            if (times.getAndIncrement() == 0) {
                                throw new IllegalStateException("first");
                            }
                            awaitQuietly(go);
                        });
        ProjectionRuntime runtime = running(DEAD, projection);
        awaitHead(runtime);
        DeadLetters letters = runtime.deadLetters("one");
        ProjectionBusyException busy;
        do { // one that is refused has done nothing
            busy =
                    assertThrows(
                            ProjectionBusyException.class,
                            () -> letters.retry(ONE, Duration.ofMillis(100)));
        } while (!busy.begun());
        go.countDown();
        assertEquals(
                new RetryResult(0, 0, RetryResult.End.DONE, Optional.empty()),
                letters.retry(ONE, Notes.LONG));
        assertComplete(runtime, "one");
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldServeManyCallersAtOnceUntilItIsClosed() throws Exception {
        mended.set(false);
        Projection projection =
                AuthorDigests.projection(
                        "one",
                        serde,
                        note -> {
                            if (note.number() % 7 == 3 && !mended.get()) {
                                throw new IllegalStateException("wrong " + note);
                            }
                        });
        ProjectionRuntime runtime = running(DEAD, projection);
        List<Throwable> unexpected = Collections.synchronizedList(new ArrayList<>());
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int author = i % 2 + 1;
            Thread caller = new Thread(() -> callUntilClosed(runtime, author, unexpected));
            caller.start();
            callers.add(caller);
        }
        for (int i = 0; i < 300; i++) {
            append(1 + i % 2, i / 2, 1);
            if (i == 150) {
                mended.set(true);
            }
        }
        awaitHead(runtime);
        runtime.close();
        for (Thread caller : callers) {
            caller.join();
        }
        assertEquals(List.of(), unexpected);
        ProjectionRuntime next = running(DEAD, projection);
        for (StreamId stream : next.deadLetters("one").streams()) {
            assertEquals(0, next.deadLetters("one").retry(stream, Notes.LONG).remaining());
        }
        try (ReadView view = next.readView("one", PositionBound.any(), Notes.LONG)) {
            List<Long> numbers = LongStream.range(0, 150).boxed().toList();
            assertEquals(AuthorDigests.of(1, numbers), AuthorDigests.read(view, 1));
            assertEquals(AuthorDigests.of(2, numbers), AuthorDigests.read(view, 2));
        }
    }

    private static void callUntilClosed(
            ProjectionRuntime runtime, int author, List<Throwable> unexpected) {
        StreamId stream = StreamId.of(Notes.CATEGORY, "author-" + author);
        try {
            while (true) {
                runtime.deadLetters("one").retry(stream, Notes.LONG);
            }
        } catch (StoreClosedException e) {
            // as it should be, in the end
        } catch (Throwable e) {
            unexpected.add(e);
        }
    }

    @Test
    void shouldWaitForACallerInThePlaceOfAFailedProjectionWhenClosed() throws Exception {
        append(1, 0, 6);
        Gate gate = new Gate(3);
        AtomicBoolean gated = new AtomicBoolean();
        Consumer<Notes.Note> hook =
                note -> {
                    if (gated.get()) {
                        gate.accept(note);
                    } else if (note.number() == 2) {
                        throw new IllegalStateException("wrong");
                    }
                };
        ProjectionRuntime first = running(DEAD, digest("one", hook));
        awaitHead(first);
        first.close();
        append(1, 6, 1);
        ProjectionRuntime failed = running(DEAD.withMaxDeadLetters(4), digest("one", hook));
        assertThrows(ProjectionFailedException.class, () -> awaitHead(failed));
        gated.set(true);
        FutureTask<RetryResult> retrying =
                new FutureTask<>(() -> failed.deadLetters("one").retry(ONE, Notes.LONG));
        new Thread(retrying).start();
        gate.entered.await();
        Thread closer = new Thread(failed::close);
        closer.start();
        awaitRefusal(failed);
        gate.opened.countDown();
        ExecutionException ended = assertThrows(ExecutionException.class, retrying::get);
        assertInstanceOf(StoreClosedException.class, ended.getCause());
        closer.join();

        ProjectionRuntime next = running(DEAD, digest("one", NOTHING));
        awaitHead(next);
        assertEquals(new DeadLetterCounts(0, 4, 0), next.deadLetters("one").count());
        assertEquals(new RetryResult(4, 0, RetryResult.End.DONE, Optional.empty()), retryOne(next));
        assertComplete(next, "one");
    }

    private static RetryResult retryOne(ProjectionRuntime runtime) throws InterruptedException {
        return runtime.deadLetters("one").retry(ONE, Notes.LONG);
    }

    private static void awaitRefusal(ProjectionRuntime runtime) {
        try {
            while (true) {
                runtime.deadLetters("one").count();
            }
        } catch (StoreClosedException e) {
            // it is closing
        }
    }

    @Test
    void shouldServeNoLettersOnceClosed() throws Exception {
        ProjectionRuntime runtime = running(DEAD, recording(1L));
        append(1, 0, 2);
        awaitHead(runtime);
        DeadLetters letters = runtime.deadLetters("one");
        runtime.close();
        assertThrows(StoreClosedException.class, letters::list);
        assertThrows(StoreClosedException.class, () -> letters.retry(ONE, Notes.LONG));
        assertThrows(IllegalArgumentException.class, () -> runtime.deadLetters("other"));
    }

    @Test
    void shouldKeepInTheLogWhatALetterInASnapshotNeeds() throws Exception {
        for (int i = 0; i < 4; i++) {
            append(1, i, 1);
            append(2, i, 1);
        }
        ProjectionRuntime runtime = running(DEAD, recording(1L));
        awaitHead(runtime);
        assertEquals(7, runtime.snapshot("one").position());
        mended.set(true);
        runtime.deadLetters("one").retry(ONE, Notes.LONG);
        append(2, 4, 1);
        awaitHead(runtime);
        assertEquals(8, count(runtime) - 1);
        assertEquals(2, store.retention().truncateBefore(8).firstPosition());
        runtime.close();
        assertEquals(2, store.retention().holds().get(0).position());

        // Its letter is still there, and can be retried.
        ReadModelFiles.delete(ReadModelFiles.generation(folder.resolve("models"), "one"));
        ProjectionRuntime again = running(DEAD, recording(1L));
        awaitHead(again);
        assertEquals(new DeadLetterCounts(1, 2, 0), again.deadLetters("one").count());
        assertEquals(
                new RetryResult(3, 0, RetryResult.End.DONE, Optional.empty()),
                again.deadLetters("one").retry(ONE, Notes.LONG));
        assertEquals(9, count(again));
    }

    @Test
    void shouldCountAttemptsOverRestarts() throws Exception {
        append(2, 0, 1);
        append(1, 1, 1);
        ErrorPolicy patient =
                ErrorPolicy.retry(9, Duration.ofSeconds(30), ErrorPolicy.deadLetter());
        for (int attempt = 1; attempt <= 3; attempt++) {
            ProjectionRuntime runtime =
                    running(ProjectionConfig.defaults().withErrorPolicy(patient), recording(1L));
            int tried = attempt;
            await(() -> runtime.status("one").retry().isPresent());
            assertEquals(tried, runtime.status("one").retry().orElseThrow().attempt());
            runtime.close();
        }
        ErrorPolicy short3 = ErrorPolicy.retry(3, Duration.ofMillis(1), ErrorPolicy.deadLetter());
        ProjectionRuntime runtime =
                running(ProjectionConfig.defaults().withErrorPolicy(short3), recording(1L));
        awaitHead(runtime);
        assertEquals(4, runtime.deadLetters("one").find(1).orElseThrow().attempts());
        // Another event begins to count at one.
        append(2, 1, 1);
        append(3, 1, 1);
        append(1, 2, 1);
        awaitHead(runtime);
        runtime.deadLetters("one").retry(ONE, Notes.LONG);
        runtime.close();
        ProjectionRuntime again = running(DEAD, recording(1L));
        assertEquals(5, again.deadLetters("one").find(1).orElseThrow().attempts());
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Notes.LONG.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "not in time");
            Polling.pause();
        }
    }

    @Test
    void shouldTryAsOftenAgainWhenItIsResumedAfterAFailure() throws Exception {
        append(1, 1, 1);
        AtomicInteger calls = new AtomicInteger();
        Projection projection =
                digest(
                        "one",
                        note -> {
                            calls.incrementAndGet();
                            throw new IllegalStateException("wrong");
                        });
        ErrorPolicy policy = ErrorPolicy.retry(2, Duration.ofMillis(1), ErrorPolicy.fail());
        ProjectionRuntime runtime =
                running(ProjectionConfig.defaults().withErrorPolicy(policy), projection);
        for (int time = 1; time <= 2; time++) {
            await(() -> runtime.status("one").state() == ProjectionState.FAILED);
            assertEquals(3 * time, calls.get());
            if (time == 1) {
                runtime.resume("one");
            }
        }
    }

    private static ProjectionConfig skipping(LetterRetention retention) {
        return ProjectionConfig.defaults()
                .withErrorPolicy(ErrorPolicy.skip())
                .withLetterRetention(retention);
    }

    @Test
    void shouldPurgeTheOldestSkippedLettersAndCountThem() throws Exception {
        append(1, 1, 1);
        ProjectionRuntime first = running(DEAD, recording(1L));
        awaitHead(first);
        first.close();
        append(2, 1, 25);
        Projection wrong =
                digest(
                        "one",
                        note -> {
                            throw new IllegalStateException("wrong");
                        });
        LetterRetention ten = LetterRetention.defaults().withMost(10);
        ProjectionRuntime runtime = running(skipping(ten), wrong);
        awaitHead(runtime);
        DeadLetters letters = runtime.deadLetters("one");
        DeadLetterCounts counts = letters.count();
        assertEquals(1, counts.dead());
        assertEquals(25, counts.skipped() + counts.purged());
        assertTrue(counts.skipped() <= 10 && counts.skipped() >= 9, counts::toString);
        assertEquals(counts, runtime.metrics("one").deadLetters());
        List<Long> kept = new ArrayList<>(List.of(0L));
        for (long position = 26 - counts.skipped(); position < 26; position++) {
            kept.add(position);
        }
        assertEquals(kept, letters.list().stream().map(DeadLetter::position).toList());
        runtime.close();
        ProjectionRuntime again = running(skipping(ten), wrong);
        assertEquals(counts, again.deadLetters("one").count());
    }

    @Test
    void shouldPurgeSkippedLettersOfAnAge() throws Exception {
        SetClock clock = new SetClock();
        store.close();
        store = EventStore.open(StoreConfig.at(folder.resolve("log")).withClock(clock));
        Projection wrong =
                digest(
                        "one",
                        note -> {
                            if (note.author() == 1) {
                                throw new IllegalStateException("wrong");
                            }
                        });
        ProjectionRuntime runtime =
                running(skipping(LetterRetention.defaults().withAge(Duration.ofHours(10))), wrong);
        append(1, 1, 3);
        awaitHead(runtime);
        clock.millis.addAndGet(Duration.ofHours(9).toMillis());
        append(1, 4, 2);
        awaitHead(runtime);
        assertEquals(new DeadLetterCounts(0, 0, 5, 0), runtime.deadLetters("one").count());
        clock.millis.addAndGet(Duration.ofHours(2).toMillis());
        append(2, 1, 1);
        awaitHead(runtime);
        assertEquals(new DeadLetterCounts(0, 0, 2, 3), runtime.deadLetters("one").count());
    }
}
