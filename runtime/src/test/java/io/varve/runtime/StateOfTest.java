package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Consumed;
import io.varve.projections.EventStream;
import io.varve.projections.Grouped;
import io.varve.projections.Materialized;
import io.varve.projections.Produced;
import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.projections.TimeWindows;
import io.varve.store.EventBatch;
import io.varve.store.EventQuery;
import io.varve.store.EventStore;
import io.varve.store.StreamId;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serdes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Other operators around the rows of a read model that is gone on with. */
class StateOfTest extends RuntimeTestBase {
    record Word(String text) {}

    private static final EventSerde<Word> WORDS =
            EventSerde.of(Word.class).record("word", Word.class).build();
    static final StoreRef<String, Long> COUNTS = StoreRef.of("counts");
    static final StoreRef<String, Long> NEW = StoreRef.of("new");
    private static final Consumer<String> NO_STEPS = step -> {};
    static final UnaryOperator<EventStream<String, Word>> NONE = UnaryOperator.identity();
    static final UnaryOperator<EventStream<String, Word>> SOME =
            words -> words.filter((key, word) -> !word.text().equals("no")).peek((key, word) -> {});

    private long time;

    private static EventStream<String, Word> words(StreamsBuilder builder) {
        return builder.stream("words", Consumed.with(WORDS));
    }

    private static void count(EventStream<String, Word> words, StoreRef<String, Long> store) {
        words.groupBy((key, word) -> word.text(), Grouped.keySerde(Serdes.utf8()))
                .count(Materialized.as(store, Serdes.utf8(), Serdes.int64()));
    }

    @SafeVarargs
    static Projection counting(
            UnaryOperator<EventStream<String, Word>> before, StoreRef<String, Long>... stores) {
        StreamsBuilder builder = new StreamsBuilder();
        EventStream<String, Word> words = before.apply(words(builder));
        for (StoreRef<String, Long> store : stores) {
            count(words, store);
        }
        return Projection.of("p", 1, builder.build());
    }

    private static Projection windowed(UnaryOperator<EventStream<String, Word>> before, int size) {
        StreamsBuilder builder = new StreamsBuilder();
        before.apply(words(builder))
                .groupByKey(Grouped.keySerde(Serdes.utf8()))
                .windowedBy(TimeWindows.ofSizeWithNoGrace(Duration.ofMillis(size)))
                .count(
                        Materialized.windowed(
                                StoreRef.of("windows"), Serdes.utf8(), Serdes.int64()));
        return Projection.of("p", 1, builder.build());
    }

    private static Projection emitting(UnaryOperator<EventStream<String, Word>> before) {
        StreamsBuilder builder = new StreamsBuilder();
        EventStream<String, Word> words = before.apply(words(builder));
        count(words, COUNTS);
        words.to("out", Produced.with(WORDS));
        return Projection.of("p", 1, builder.build());
    }

    private void say(String... texts) {
        time = say(store, time, texts);
    }

    /** Appends words of times from one on; answers the next time. */
    static long say(EventStore store, long first, String... texts) {
        long time = first;
        for (String text : texts) {
            store.append(
                    new EventBatch()
                            .add(
                                    StreamId.of("words", "k"),
                                    WORDS,
                                    new Word(text),
                                    OptionalLong.of(time++)));
        }
        return time;
    }

    private ProjectionRuntime run(
            Projection projection, ProjectionConfig config, Consumer<String> steps) {
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .steps(steps)
                                .add(projection, config)
                                .build());
        runtime.start();
        return runtime;
    }

    private ProjectionRuntime applied(Projection projection, String... stateOf)
            throws InterruptedException {
        ProjectionRuntime runtime = run(projection, FAILING.withStateOf(stateOf), NO_STEPS);
        assertTrue(runtime.awaitPosition("p", store.head(), Notes.LONG));
        return runtime;
    }

    private void applyAll(Projection projection, String... stateOf) throws InterruptedException {
        applied(projection, stateOf).close();
    }

    static Map<String, Long> rows(ProjectionRuntime runtime, StoreRef<String, Long> ref)
            throws InterruptedException {
        Map<String, Long> rows = new LinkedHashMap<>();
        try (ReadView view = runtime.readView("p", PositionBound.any(), Notes.LONG)) {
            view.store(ref).forEach(rows::put);
        }
        return rows;
    }

    private ChangedDefinitionException refused(Projection projection, String... stateOf) {
        try (ProjectionRuntime runtime = run(projection, FAILING.withStateOf(stateOf), NO_STEPS)) {
            return assertInstanceOf(
                    ChangedDefinitionException.class, runtime.status("p").failure().orElseThrow());
        }
    }

    private static String fingerprint(Projection projection) {
        return projection.topology().fingerprint();
    }

    @Test
    void shouldGoOnWithTheRowsOfTheDefinitionThatIsNamed() throws Exception {
        Projection before = counting(NONE, COUNTS);
        Projection now = counting(SOME, COUNTS);
        say("yes", "no");
        applyAll(before);
        ChangedDefinitionException refused = refused(now);
        assertEquals(fingerprint(before), refused.fingerprint().orElseThrow());
        assertTrue(refused.remedy().contains("higher version"), refused.remedy());
        String way = "withStateOf(\"" + fingerprint(before) + "\")";
        assertTrue(refused.remedy().contains(way), refused.remedy());
        assertTrue(refused.remedy().contains("from position=2 on"), refused.remedy());
        refused(now, "0123456789ab");
        say("no", "yes");
        try (ProjectionRuntime runtime = applied(now, fingerprint(before))) {
            assertEquals(Map.of("no", 1L, "yes", 2L), rows(runtime, COUNTS));
            assertEquals(
                    List.of(new DefinitionChange(fingerprint(before), 1, List.of(), List.of())),
                    runtime.status("p").changes());
        }
        // It is of the new definition now, whether that is still said or not.
        applyAll(now);
        say("no");
        applyAll(now, fingerprint(before));
        refused(before);
        try (ProjectionRuntime runtime = applied(before, fingerprint(now))) {
            say("no");
            assertTrue(runtime.awaitPosition("p", store.head(), Notes.LONG));
            assertEquals(Map.of("no", 2L, "yes", 2L), rows(runtime, COUNTS));
            assertEquals(2, runtime.status("p").changes().size());
        }
    }

    @Test
    void shouldBeginANewStoreEmptyAndEmptyOneThatIsNotDeclaredAnyMore() throws Exception {
        Projection one = counting(NONE, COUNTS);
        Projection both = counting(NONE, NEW, COUNTS);
        Projection other = counting(NONE, NEW);
        say("yes");
        applyAll(one);
        say("yes");
        try (ProjectionRuntime runtime = applied(both, fingerprint(one))) {
            assertEquals(Map.of("yes", 2L), rows(runtime, COUNTS));
            assertEquals(Map.of("yes", 1L), rows(runtime, NEW));
            assertEquals(List.of("new"), runtime.status("p").changes().get(0).added());
        }
        try (ProjectionRuntime runtime = applied(other, fingerprint(both))) {
            assertEquals(List.of("counts"), runtime.status("p").changes().get(1).dropped());
        }
        say("yes");
        try (ProjectionRuntime runtime = applied(both, fingerprint(other))) {
            assertEquals(Map.of("yes", 1L), rows(runtime, COUNTS));
            assertEquals(Map.of("yes", 2L), rows(runtime, NEW));
            assertEquals(3, runtime.status("p").changes().size());
        }
    }

    @Test
    void shouldRefuseOtherStoresAndSayInWhatTheyDiffer() throws Exception {
        say("yes");
        applyAll(windowed(NONE, 10));
        Projection now = windowed(SOME, 20);
        ChangedDefinitionException refused = refused(now, fingerprint(windowed(NONE, 10)));
        assertTrue(
                refused.getMessage()
                        .contains(
                                "store=windows was=[time windows size=PT0.01S advance=PT0.01S]"
                                        + " is=[time windows size=PT0.02S advance=PT0.02S]"),
                refused.getMessage());
        assertFalse(refused.remedy().contains("withStateOf"), refused.remedy());
        // Nothing but the windows is another: it used to go on with rows of both.
        refused(windowed(NONE, 20));
        applyAll(windowed(SOME, 10), fingerprint(windowed(NONE, 10)));
    }

    @Test
    void shouldBuildAnewWithTheNewDefinition() throws Exception {
        Projection before = counting(NONE, COUNTS);
        Projection now = counting(SOME, COUNTS);
        say("no", "yes");
        applyAll(before);
        try (ProjectionRuntime runtime = applied(now, fingerprint(before))) {
            assertEquals(Map.of("no", 1L, "yes", 1L), rows(runtime, COUNTS));
            Rebuild rebuild = runtime.rebuild("p");
            assertTrue(rebuild.await(Notes.LONG));
            rebuild.promote();
            assertEquals(Map.of("yes", 1L), rows(runtime, COUNTS));
            assertEquals(List.of(), runtime.status("p").changes());
            assertTrue(runtime.timeTravel("p").verify().isSound());
        }
    }

    @Test
    void shouldVerifyFromASnapshotBehindTheChangeOnAndSayOtherwiseThatItCannot() throws Exception {
        Projection before = counting(NONE, COUNTS);
        Projection now = counting(SOME, COUNTS);
        say("no");
        try (ProjectionRuntime runtime = applied(before)) {
            runtime.snapshot("p");
        }
        try (ProjectionRuntime runtime = applied(now, fingerprint(before))) {
            TimeTravel travel = runtime.timeTravel("p");
            PositionUnavailableException refused =
                    assertThrows(PositionUnavailableException.class, travel::verify);
            assertTrue(refused.getMessage().contains("another definition"), refused.getMessage());
            assertTrue(refused.remedy().contains("snapshot(\"p\")"), refused.remedy());
            assertEquals(0, refused.position());
            runtime.snapshot("p");
            say("no", "yes");
            assertTrue(runtime.awaitPosition("p", store.head(), Notes.LONG));
            ReadModelVerification found = travel.verify();
            assertTrue(found.isSound());
            assertEquals(0, found.from());
            assertThrows(PositionUnavailableException.class, () -> travel.asOf(-1));
            try (ReadView then = travel.asOf(1)) {
                assertEquals(1L, then.store(COUNTS).get("no").orElseThrow());
            }
        }
        // The first snapshot is of this definition again, but not of what came after it.
        try (ProjectionRuntime runtime = applied(before, fingerprint(now))) {
            assertThrows(
                    PositionUnavailableException.class, () -> runtime.timeTravel("p").verify());
        }
    }

    @Test
    void shouldComeToTheEndOfAChangeThatWasCutShort() throws Exception {
        Projection before = counting(NONE, COUNTS);
        Projection now = counting(SOME, COUNTS, NEW);
        ProjectionConfig parts = FAILING.withPartitions(3);
        say("no", "yes", "a", "b", "c", "d", "e");
        try (ProjectionRuntime runtime = run(before, parts, NO_STEPS)) {
            assertTrue(runtime.awaitPosition("p", store.head(), Notes.LONG));
        }
        AtomicInteger changed = new AtomicInteger();
        Consumer<String> once =
                step -> {
                    if (step.equals("definition.changed") && changed.incrementAndGet() == 2) {
                        throw new IllegalStateException("cut short");
                    }
                };
        ProjectionConfig keeping = parts.withStateOf(fingerprint(before));
        try (ProjectionRuntime runtime = run(now, keeping, once)) {
            assertEquals(ProjectionState.FAILED, runtime.status("p").state());
        }
        // Some partitions are of this, and some of that: either can be had.
        try (ProjectionRuntime runtime = run(before, parts, NO_STEPS)) {
            assertInstanceOf(
                    ChangedDefinitionException.class, runtime.status("p").failure().orElseThrow());
        }
        say("no", "yes");
        try (ProjectionRuntime runtime = run(now, keeping, NO_STEPS)) {
            assertTrue(runtime.awaitPosition("p", store.head(), Notes.LONG));
            assertEquals(3, changed.get() + 1);
            assertEquals(
                    Map.of("no", 1L, "yes", 2L, "a", 1L, "b", 1L, "c", 1L, "d", 1L, "e", 1L),
                    rows(runtime, COUNTS));
            assertEquals(Map.of("yes", 1L), rows(runtime, NEW));
        }
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Polling.pause();
        }
    }

    private List<String> emitted() {
        List<String> emitted = new ArrayList<>();
        store.read(
                EventQuery.category("out"),
                event -> {
                    emitted.add(WORDS.deserialize(event.type(), event.payload()).text());
                    return true;
                });
        return emitted;
    }

    @Test
    void shouldEmitEachEventOnceOverAChange() throws Exception {
        say("yes", "no");
        ProjectionRuntime first = applied(emitting(NONE));
        await(() -> emitted().size() == 2);
        first.close();
        say("no", "yes");
        ProjectionRuntime second = applied(emitting(SOME), fingerprint(emitting(NONE)));
        say("last");
        await(() -> emitted().contains("last"));
        second.close();
        assertEquals(List.of("yes", "no", "yes", "last"), emitted());
    }

    @Test
    void shouldNotLoseWhatWasEmittedWhereNothingIsEmittedAnyMore() throws Exception {
        Projection before = emitting(NONE);
        Projection now = counting(NONE, COUNTS);
        say("yes");
        Consumer<String> failing =
                step -> {
                    if (step.equals("emit.begun")) {
                        throw new IllegalStateException("cut short");
                    }
                };
        try (ProjectionRuntime runtime = run(before, FAILING, failing)) {
            await(() -> runtime.status("p").state() == ProjectionState.FAILED);
        }
        assertEquals(List.of(), emitted());
        ChangedDefinitionException refused = refused(now, fingerprint(before));
        assertTrue(refused.getMessage().contains("not in the log yet"), refused.getMessage());
        ProjectionRuntime again = applied(before);
        await(() -> emitted().size() == 1);
        again.close();
        try (ProjectionRuntime runtime = applied(now, fingerprint(before))) {
            assertEquals(List.of("sinks/outbox"), runtime.status("p").changes().get(0).dropped());
        }
        say("yes");
        try (ProjectionRuntime runtime = applied(before, fingerprint(now))) {
            say("last");
            await(() -> emitted().contains("last"));
            assertEquals(3L, rows(runtime, COUNTS).values().stream().mapToLong(one -> one).sum());
        }
        assertEquals(List.of("yes", "yes", "last"), emitted());
    }
}
