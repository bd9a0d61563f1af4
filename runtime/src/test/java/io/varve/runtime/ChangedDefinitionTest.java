package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Consumed;
import io.varve.projections.EventStream;
import io.varve.projections.FoldBuilder;
import io.varve.projections.Grouped;
import io.varve.projections.Materialized;
import io.varve.projections.Predicate;
import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.store.bytes.BytesView;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;
import io.varve.store.state.StateConfig;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateTransaction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A read model of another definition is never gone on with. */
class ChangedDefinitionTest extends RuntimeTestBase {
    private Projection counting(int version, String... stores) {
        StreamsBuilder builder = new StreamsBuilder();
        for (String name : stores) {
            builder.stream("notes", Consumed.with(serde))
                    .groupByKey(Grouped.keySerde(Serdes.utf8()))
                    .count(Materialized.as(StoreRef.of(name), Serdes.utf8(), Serdes.int64()));
        }
        return Projection.of("counting", version, builder.build());
    }

    private Projection counting(List<String> categories) {
        StreamsBuilder builder = new StreamsBuilder();
        for (String category : categories) {
            builder.stream(category, Consumed.with(serde))
                    .groupByKey(Grouped.keySerde(Serdes.utf8()))
                    .count(Materialized.as(StoreRef.of(category), Serdes.utf8(), Serdes.int64()));
        }
        return Projection.of("counting", 1, builder.build());
    }

    @Test
    void shouldGoOnWhereSourcesAreDeclaredInAnotherOrder() throws Exception {
        append(1, 0, 10);
        applyAll(counting(List.of("notes", "others")));
        append(1, 10, 12);
        applyAll(counting(List.of("others", "notes")));
        assertTrue(refused(counting(List.of("notes"))).getMessage().contains("others"));
    }

    record Sum(long count) {}

    record Total(long count, String unit) {}

    private <V> Projection summing(int version, Serde<V> values) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("notes", Consumed.with(serde))
                .groupByKey(Grouped.keySerde(Serdes.utf8()))
                .aggregate(
                        () -> (V) null,
                        (key, note, old) -> old,
                        Materialized.as(StoreRef.of("sums"), Serdes.utf8(), values));
        return Projection.of("counting", version, builder.build());
    }

    private ChangedDefinitionException refused(Projection projection) {
        ProjectionRuntime runtime = run(projection);
        ChangedDefinitionException failure =
                assertInstanceOf(
                        ChangedDefinitionException.class,
                        runtime.status("counting").failure().orElseThrow());
        // Also for what its read model has reached: those are not its rows.
        assertThrows(
                ProjectionFailedException.class,
                () -> runtime.awaitPosition("counting", 0, Notes.LONG));
        runtime.close();
        return failure;
    }

    @Test
    void shouldRefuseAnotherSerdeOfAStoreAndSayWhich() throws Exception {
        append(1, 0, 10);
        applyAll(summing(1, Serdes.json(Sum.class)));
        for (Serde<?> other :
                List.of(
                        Serdes.json(Total.class),
                        Serdes.record(Sum.class),
                        Serdes.int64(),
                        Serdes.named("sum-2", Serdes.json(Sum.class)))) {
            ChangedDefinitionException failure = refused(summing(1, other));
            assertTrue(
                    failure.getMessage()
                            .contains("was=[store sums value=json Sum Sum{count:long}]"),
                    failure.getMessage());
            assertTrue(
                    failure.getMessage().contains("is=[store sums value=" + other.describe() + "]"),
                    failure.getMessage());
            assertTrue(failure.remedy().contains("higher version"), failure.remedy());
        }
        applyAll(summing(2, Serdes.record(Sum.class)));
        applyAll(summing(1, Serdes.json(Sum.class)));
    }

    private Projection filtering(boolean not) {
        StreamsBuilder builder = new StreamsBuilder();
        EventStream<String, Notes.Note> notes = builder.stream("notes", Consumed.with(serde));
        Predicate<String, Notes.Note> first = (key, note) -> key.equals("0");
        (not ? notes.filterNot(first) : notes.filter(first))
                .groupByKey(Grouped.keySerde(Serdes.utf8()))
                .count(Materialized.as(StoreRef.of("kept"), Serdes.utf8(), Serdes.int64()));
        return Projection.of("counting", 1, builder.build());
    }

    @Test
    void shouldRefuseAnotherOperatorInThePlaceOfOne() throws Exception {
        append(1, 0, 10);
        applyAll(filtering(false));
        ChangedDefinitionException failure = refused(filtering(true));
        assertTrue(failure.getMessage().contains("KSTREAM-FILTER- not"), failure.getMessage());
        assertTrue(failure.remedy().contains("withStateOf"), failure.remedy());
        applyAll(filtering(false));
    }

    @Test
    void shouldRefuseAReadModelThatDoesNotSayItsOperatorsUntilItIsNamed() throws Exception {
        append(1, 0, 10);
        applyAll(filtering(false));
        forget("operators");
        ChangedDefinitionException failure = refused(filtering(false));
        String known = failure.fingerprint().orElseThrow();
        ProjectionConfig config = ProjectionConfig.defaults().withStateOf(known);
        try (ProjectionRuntime named =
                ProjectionRuntime.builder(store, folder.resolve("models"))
                        .add(filtering(false), config)
                        .build()) {
            named.start();
            assertTrue(named.awaitPosition("counting", store.head(), Notes.LONG));
        }
        applyAll(filtering(false));
    }

    @Test
    void shouldRefuseAReadModelThatDoesNotSayItsSerdes() throws Exception {
        append(1, 0, 10);
        applyAll(summing(1, Serdes.json(Sum.class)));
        forget("serdes");
        ChangedDefinitionException failure = refused(summing(1, Serdes.json(Sum.class)));
        assertTrue(failure.getMessage().contains("serdes"), failure.getMessage());
        assertTrue(failure.getMessage().contains("earlier version"), failure.getMessage());
    }

    /** As if an earlier version of Varve had computed the rows. */
    private void forget(String text) {
        Path generation = folder.resolve("models/counting/generation-1-v1");
        StateConfig config = StateConfig.at(generation).withTables(Definition.TABLE);
        try (StateEnvironment environment = StateEnvironment.open(config);
                StateTransaction transaction = environment.begin()) {
            BytesView key = BytesView.of(text.getBytes(StandardCharsets.UTF_8));
            assertTrue(transaction.table(Definition.TABLE).delete(key));
            transaction.commit();
        }
    }

    @Test
    void shouldBeginWithNoSnapshotOfOtherSerdes() throws Exception {
        append(1, 0, 10);
        ProjectionRuntime first = run(summing(1, Serdes.json(Sum.class)));
        assertTrue(first.awaitPosition("counting", store.head(), Notes.LONG));
        first.snapshot("counting");
        first.close();
        ProjectionRuntime changed = run(summing(1, Serdes.record(Sum.class)));
        assertEquals(List.of(), changed.snapshots("counting"));
        changed.close();
        ProjectionRuntime same = run(summing(1, Serdes.json(Sum.class)));
        assertEquals(1, same.snapshots("counting").size());
    }

    /** Without the listener that sees a projection through one life only. */
    private ProjectionRuntime run(Projection projection) {
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(projection)
                                .build());
        runtime.start();
        return runtime;
    }

    private void applyAll(Projection projection) throws InterruptedException {
        ProjectionRuntime runtime = run(projection);
        assertTrue(runtime.awaitPosition("counting", store.head(), Notes.LONG));
        runtime.close();
    }

    @Test
    void shouldRefuseAStoreThatWasNotThereBefore() throws Exception {
        append(1, 0, 10);
        applyAll(counting(1, "first"));

        ProjectionRuntime changed = run(counting(1, "first", "new"));

        ProjectionStatus status = changed.status("counting");
        assertEquals(ProjectionState.FAILED, status.state());
        ChangedDefinitionException failure =
                assertInstanceOf(ChangedDefinitionException.class, status.failure().orElseThrow());
        assertEquals("counting", failure.projection());
        assertTrue(failure.remedy().contains("version"), failure.remedy());
        assertThrows(
                ProjectionFailedException.class,
                () -> changed.readView("counting", PositionBound.any(), Notes.LONG));
    }

    @Test
    void shouldComputeAHigherVersionBesideTheOldOne() throws Exception {
        append(1, 0, 10);
        applyAll(counting(1, "first"));
        applyAll(counting(2, "first", "new"));
        applyAll(counting(1, "first"));
    }

    @Test
    void shouldGoOnWithTheSameDefinition() throws Exception {
        append(1, 0, 10);
        applyAll(counting(1, "first", "second"));
        append(1, 10, 10);
        applyAll(counting(1, "first", "second"));
    }

    interface Money {
        record Deposited(long cents) implements Money {}

        record Withdrawn(long cents) implements Money {}
    }

    private static FoldBuilder<Money, String, Long> balance(int version) {
        EventSerde<Money> money =
                EventSerde.of(Money.class)
                        .record("deposited", Money.Deposited.class)
                        .record("withdrawn", Money.Withdrawn.class)
                        .build();
        return Projection.fold(
                        "counting",
                        version,
                        "money",
                        money,
                        Materialized.as(StoreRef.of("balance"), Serdes.utf8(), Serdes.int64()),
                        () -> 0L)
                .on(Money.Deposited.class, (sum, event) -> sum + event.cents());
    }

    @Test
    void shouldRefuseAFoldThatTakesOtherEventsThanBefore() throws Exception {
        append(1, 0, 10);
        applyAll(balance(1).build());
        ChangedDefinitionException failure =
                refused(balance(1).on(Money.Withdrawn.class, (sum, event) -> sum).build());
        assertTrue(failure.getMessage().contains("balance/on withdrawn"), failure.getMessage());
        applyAll(balance(1).build());
        applyAll(balance(2).on(Money.Withdrawn.class, (sum, event) -> sum).build());
    }
}
