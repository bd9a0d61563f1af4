package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Consumed;
import io.varve.projections.Grouped;
import io.varve.projections.Materialized;
import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.store.ExpectedVersion;
import io.varve.store.NewEvent;
import io.varve.store.StreamId;
import io.varve.store.errors.LimitExceededException;
import io.varve.store.errors.SerdeException;
import io.varve.store.serde.Serdes;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How much is made of a single event that fails: no more than it is worth. */
class FailedEventTest extends RuntimeTestBase {
    private static final ErrorPolicy AGAIN =
            ErrorPolicy.retry(3, Duration.ofMillis(1), ErrorPolicy.deadLetter());

    private ProjectionRuntime running(
            RuntimeConfig config, ErrorPolicy policy, Projection projection) {
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .listener(states)
                                .config(config)
                                .add(
                                        projection,
                                        ProjectionConfig.defaults().withErrorPolicy(policy))
                                .build());
        runtime.start();
        return runtime;
    }

    private ProjectionRuntime running(ErrorPolicy policy, Projection projection) {
        return running(RuntimeConfig.defaults(), policy, projection);
    }

    private DeadLetter letterOf(ProjectionRuntime runtime) throws InterruptedException {
        assertTrue(runtime.awaitPosition("one", store.head(), Notes.LONG));
        return runtime.deadLetters("one").list().get(0);
    }

    private static Consumer<Notes.Note> throwingAt(long number, RuntimeException failure) {
        return note -> {
            if (note.number() == number) {
                throw failure;
            }
        };
    }

    @Test
    void shouldNotTryAgainWhatCannotBeDecoded() throws Exception {
        ProjectionRuntime runtime = running(AGAIN, digest("one", NOTHING));
        append(1, 0, 1);
        StreamId stream = StreamId.of(Notes.CATEGORY, "author-1");
        store.append(stream, ExpectedVersion.any(), NewEvent.of("unheard-of", new byte[] {1}));
        append(1, 1, 1);
        assertEquals(1, letterOf(runtime).attempts());
    }

    static Stream<Error> errors() {
        return Stream.of(
                new StackOverflowError("on purpose"),
                new AssertionError("on purpose"),
                new NoClassDefFoundError("on purpose"));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void shouldTreatErrorsOfTheCodeAsExceptions(Error error) throws Exception {
        Consumer<Notes.Note> hook =
                note -> {
                    if (note.number() == 1) {
                        throw error;
                    }
                };
        ProjectionRuntime runtime = running(ErrorPolicy.deadLetter(), digest("one", hook));
        append(1, 0, 3);
        assertEquals(1, letterOf(runtime).position());
        assertEquals(2, runtime.deadLetters("one").list().size(), "the one behind it waits");
    }

    static Stream<RuntimeException> lasting() {
        return Stream.of(
                new SerdeException("on purpose", "Give it a serde.", new Exception()),
                new LimitExceededException("on purpose", 2, 1),
                new IllegalStateException(new LimitExceededException("on purpose", 2, 1)));
    }

    @ParameterizedTest
    @MethodSource("lasting")
    void shouldNotTryAgainWhatIsTheSameEachTime(RuntimeException failure) throws Exception {
        ProjectionRuntime runtime = running(AGAIN, digest("one", throwingAt(1, failure)));
        append(1, 0, 3);
        assertEquals(1, letterOf(runtime).attempts());
    }

    @ParameterizedTest
    @ValueSource(ints = {600, 0})
    void shouldNotTryAgainToWriteARowWhoseKeyIsTooLongOrEmpty(int length) throws Exception {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(Notes.CATEGORY, Consumed.with(serde))
                .groupBy(
                        (key, note) -> "k".repeat(note.number() == 1 ? length : 6),
                        Grouped.keySerde(Serdes.utf8()))
                .count(Materialized.as(StoreRef.of("counts"), Serdes.utf8(), Serdes.int64()));
        ProjectionRuntime runtime = running(AGAIN, Projection.of("one", 1, builder.build()));
        append(1, 0, 3);
        DeadLetter letter = letterOf(runtime);
        assertEquals(1, letter.position());
        assertEquals(1, letter.attempts());
    }

    /** The first attempt fails of something that may pass, the second of what will not. */
    @Test
    void shouldStopTryingWhereAFailureHasComeToLast() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        Consumer<Notes.Note> hook =
                note -> {
                    throw calls.incrementAndGet() < 2
                            ? new IllegalStateException("may pass")
                            : new LimitExceededException("on purpose", 2, 1);
                };
        ProjectionRuntime runtime = running(AGAIN, digest("one", hook));
        append(1, 0, 1);
        assertEquals(2, letterOf(runtime).attempts());
    }

    static Stream<ErrorPolicy> policies() {
        return Stream.of(ErrorPolicy.skip(), ErrorPolicy.deadLetter(), AGAIN);
    }

    @ParameterizedTest
    @MethodSource("policies")
    void shouldStayLiveWhereAnEventFails(ErrorPolicy policy) throws Exception {
        ProjectionRuntime runtime =
                running(
                        policy,
                        digest("one", throwingAt(7, new IllegalStateException("on purpose"))));
        states.await("one", ProjectionState.LIVE);
        append(1, 7, 1);
        append(2, 0, 3);
        assertTrue(runtime.awaitPosition("one", store.head(), Notes.LONG));
        append(2, 3, 3);
        assertTrue(runtime.awaitPosition("one", store.head(), Notes.LONG));
        assertEquals(
                List.of(ProjectionState.CREATED, ProjectionState.CATCHING_UP, ProjectionState.LIVE),
                states.of("one"));
    }

    @Test
    void shouldCatchUpWhereItHasFallenFarBehindWhileAnEventFailed() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        Gate gate = new Gate(7);
        Consumer<Notes.Note> hook =
                note -> {
                    if (note.number() == 7) {
                        if (calls.incrementAndGet() > 1) {
                            gate.accept(note);
                        }
                        throw new IllegalStateException("on purpose");
                    }
                };
        ProjectionRuntime runtime = running(tiny(), AGAIN, digest("one", hook));
        states.await("one", ProjectionState.LIVE);
        append(1, 7, 1);
        gate.entered.await();
        assertEquals(ProjectionState.LIVE, runtime.status("one").state());
        append(2, 0, 5);
        gate.opened.countDown();
        states.await("one", ProjectionState.LIVE, 2);
        assertEquals(
                List.of(
                        ProjectionState.CREATED,
                        ProjectionState.CATCHING_UP,
                        ProjectionState.LIVE,
                        ProjectionState.CATCHING_UP,
                        ProjectionState.LIVE),
                states.of("one"));
    }

    @Test
    void shouldLogALineForEachEventAndTheStackOfEachKindOfFailureOnce() throws Exception {
        Consumer<Notes.Note> hook =
                note -> {
                    throw note.number() == 3
                            ? new ArithmeticException("another kind")
                            : new IllegalStateException("first line\nsecond line");
                };
        try (Logged logged = new Logged(Level.WARNING)) {
            ProjectionRuntime runtime = running(ErrorPolicy.skip(), digest("one", hook));
            append(1, 0, 2);
            assertTrue(runtime.awaitPosition("one", store.head(), Notes.LONG));
            runtime.pause("one");
            append(1, 2, 2);
            runtime.resume("one");
            assertTrue(runtime.awaitPosition("one", store.head(), Notes.LONG));
            runtime.close(); // what is committed can be read a moment before it is logged
            List<LogRecord> lines = logged.of("An event was not applied: projection=one");
            assertEquals(
                    List.of(true, false, false, true),
                    lines.stream().map(one -> one.getThrown() != null).toList());
            String third = lines.get(2).getMessage();
            assertTrue(third.contains("position=2 stream=notes/author-1"), third);
            assertTrue(third.contains("IllegalStateException: first line second line"), third);
            assertTrue(third.contains("times=3"), third);
        }
    }
}
