package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Consumed;
import io.varve.projections.Grouped;
import io.varve.projections.Materialized;
import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.store.serde.Serdes;
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
}
