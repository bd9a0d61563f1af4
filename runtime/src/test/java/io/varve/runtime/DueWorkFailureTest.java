package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Consumed;
import io.varve.projections.DueWorkException;
import io.varve.projections.EmitStrategy;
import io.varve.projections.EventStream;
import io.varve.projections.Grouped;
import io.varve.projections.GroupedStream;
import io.varve.projections.Materialized;
import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.projections.Suppressed;
import io.varve.projections.Table;
import io.varve.projections.TimeWindowedStream;
import io.varve.projections.TimeWindows;
import io.varve.projections.Windowed;
import io.varve.store.ExpectedVersion;
import io.varve.store.NewEvent;
import io.varve.store.StreamId;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serdes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What fails because its time has come takes no events with it, whatever the policy. */
class DueWorkFailureTest extends RuntimeTestBase {
    private static final int EVENTS = 6;
    private static final StoreRef<String, Long> PLAIN = StoreRef.of("plain");
    private static final StoreRef<Windowed<String>, Long> COUNTS = StoreRef.of("counts");
    private static final StoreRef<Windowed<String>, Long> PENDING = StoreRef.of("pending");
    private static final EventSerde<String> TEXT =
            EventSerde.of(String.class).type("text", String.class, Serdes.utf8()).build();

    private final AtomicInteger refused = new AtomicInteger();
    private volatile boolean mended;

    /** Whether the event of the stream of this name fails by itself. */
    private volatile boolean broken;

    private void take(Windowed<String> key) {
        if (!mended && key.key().equals("k2")) {
            refused.incrementAndGet();
            throw new IllegalStateException("on purpose");
        }
    }

    private boolean isWhole(String key) {
        if (broken && key.equals("broken")) {
            throw new IllegalStateException("broken");
        }
        return true;
    }

    /** A count that has nothing to do with it beside windows of which one cannot be taken. */
    private Projection projection(boolean suppressed) {
        StreamsBuilder builder = new StreamsBuilder();
        EventStream<String, String> words =
                builder.stream("words", Consumed.with(TEXT)).filter((key, word) -> isWhole(key));
        GroupedStream<String, String> byKey =
                words.groupByKey(Grouped.with(Serdes.utf8(), Serdes.utf8()));
        byKey.count(Materialized.as(PLAIN));
        TimeWindowedStream<String, String> windows =
                byKey.windowedBy(TimeWindows.ofSizeWithNoGrace(Duration.ofMillis(20)));
        Table<Windowed<String>, Long> results =
                suppressed
                        ? windows.count(Materialized.as(COUNTS))
                                .suppress(Suppressed.untilWindowCloses(Materialized.as(PENDING)))
                        : windows.emitStrategy(EmitStrategy.onWindowClose())
                                .count(Materialized.as(COUNTS));
        results.toStream().foreach((key, count) -> take(key));
        return Projection.of("one", 1, builder.build());
    }

    private void appendAll() {
        for (int i = 0; i < EVENTS; i++) {
            append("k" + i, 1_000 + 25 * i);
        }
    }

    private void append(String key, long time) {
        NewEvent word = NewEvent.of("text", "v".getBytes(StandardCharsets.UTF_8));
        store.append(StreamId.of("words", key), ExpectedVersion.any(), word.at(time));
    }

    private ProjectionRuntime running(Projection projection, ProjectionConfig config) {
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .listener(states)
                                .add(projection, config)
                                .build());
        runtime.start();
        return runtime;
    }

    static Stream<Arguments> policies() {
        ErrorPolicy retry = ErrorPolicy.retry(2, Duration.ofMillis(1), ErrorPolicy.deadLetter());
        return Stream.of(
                Arguments.of(ErrorPolicy.skip(), 1, 1),
                Arguments.of(retry, 1, 3),
                Arguments.of(retry, 2, 3));
    }

    @ParameterizedTest
    @MethodSource("policies")
    void shouldFailInsteadOfLeavingOutInnocentEvents(ErrorPolicy policy, int partitions, int tries)
            throws Exception {
        appendAll();
        ProjectionRuntime runtime =
                running(
                        projection(partitions == 1),
                        ProjectionConfig.defaults()
                                .withErrorPolicy(policy)
                                .withPartitions(partitions));
        DueWorkException failure =
                assertInstanceOf(DueWorkException.class, states.awaitFailure("one"));
        assertEquals(3, failure.position());
        assertTrue(refused.get() >= tries, "tried " + refused);
        assertEquals(2, runtime.status("one").position(), "everything before it is there");
        assertEquals(0, runtime.deadLetters("one").count().retriable());
        assertEquals(0, runtime.deadLetters("one").count().skipped());
        mended = true;
        runtime.resume("one");
        assertWhole(runtime);
    }

    private void assertWhole(ProjectionRuntime runtime) throws InterruptedException {
        assertTrue(runtime.awaitPosition("one", store.head(), Notes.LONG));
        try (ReadView view = runtime.readView("one", PositionBound.at(store.head()), Notes.LONG)) {
            assertEquals(EVENTS, view.store(PLAIN).all().size());
        }
        assertEquals(0, runtime.deadLetters("one").count().retriable());
        assertEquals(0, runtime.deadLetters("one").count().skipped());
    }

    /** It lets time go on, so that a window closes that cannot be taken: that is not its fault. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldLeaveALetterAsItWasWhoseRetryMeetsIt(int partitions) throws Exception {
        broken = true;
        append("k0", 1_040);
        append("k2", 1_050);
        append("broken", 1_500);
        append("k3", 1_055);
        ProjectionRuntime runtime =
                running(
                        projection(partitions == 1),
                        ProjectionConfig.defaults()
                                .withErrorPolicy(ErrorPolicy.deadLetter())
                                .withPartitions(partitions));
        assertTrue(runtime.awaitPosition("one", store.head(), Notes.LONG));
        DeadLetters letters = runtime.deadLetters("one");
        List<DeadLetter> before = letters.list();
        assertEquals(1, before.size());
        broken = false;
        StreamId stream = StreamId.of("words", "broken");
        for (int i = 0; i < 2; i++) {
            RetryResult met = letters.retry(stream, Notes.LONG);
            DueWorkException failure =
                    assertInstanceOf(DueWorkException.class, met.failure().orElseThrow());
            assertEquals(2, failure.position());
            assertEquals(0, met.applied());
            assertEquals(1, met.remaining());
            assertEquals(before, letters.list(), "it has not failed again");
        }
        assertEquals(ProjectionState.LIVE, runtime.status("one").state());
        mended = true;
        assertEquals(
                new RetryResult(1, 0, RetryResult.End.DONE, Optional.empty()),
                letters.retry(stream, Notes.LONG));
        try (ReadView view = runtime.readView("one", PositionBound.at(store.head()), Notes.LONG)) {
            assertEquals(
                    List.of("broken=1", "k0=1", "k2=1", "k3=1"),
                    view.store(PLAIN).all().stream().map(Object::toString).toList());
        }
    }

    @Test
    void shouldFailARebuildLikewise() throws Exception {
        mended = true;
        appendAll();
        ProjectionRuntime runtime =
                running(
                        projection(true),
                        ProjectionConfig.defaults().withErrorPolicy(ErrorPolicy.skip()));
        assertWhole(runtime);
        mended = false;
        Rebuild rebuild = runtime.rebuild("one");
        ProjectionFailedException failed =
                assertThrows(ProjectionFailedException.class, () -> rebuild.await(Notes.LONG));
        assertInstanceOf(DueWorkException.class, failed.getCause());
        assertInstanceOf(DueWorkException.class, rebuild.progress().failure().orElseThrow());
        assertWhole(runtime);
    }
}
