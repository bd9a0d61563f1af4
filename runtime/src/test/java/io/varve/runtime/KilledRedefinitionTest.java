package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Projection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A process is killed with -9 while a read model becomes that of another definition. */
class KilledRedefinitionTest extends RuntimeTestBase {
    private static final ProjectionConfig PARTS = FAILING.withPartitions(3);

    static Projection before() {
        return StateOfTest.counting(StateOfTest.NONE, StateOfTest.COUNTS);
    }

    /** With operators inserted, and a store more. */
    static Projection now() {
        return StateOfTest.counting(StateOfTest.SOME, StateOfTest.COUNTS, StateOfTest.NEW);
    }

    static ProjectionConfig keeping() {
        return PARTS.withStateOf(before().topology().fingerprint());
    }

    private ProjectionRuntime started(Projection projection, ProjectionConfig config) {
        ProjectionRuntime runtime =
                ProjectionRuntime.builder(store, folder.resolve("models"))
                        .add(projection, config)
                        .build();
        runtime.start();
        return runtime;
    }

    private ProjectionRuntime run(Projection projection, ProjectionConfig config)
            throws InterruptedException {
        ProjectionRuntime runtime = started(projection, config);
        assertTrue(runtime.awaitPosition("p", store.head(), Notes.LONG));
        return runtime;
    }

    private Path partition(int number) {
        return ReadModelFiles.generation(folder.resolve("models"), "p")
                .resolve("partition-" + number + "-of-3");
    }

    /** As if it had been killed when some partitions had committed, and others not. */
    @Test
    void shouldRefuseAChangeUntilPartitionsAreAtOnePosition() throws Exception {
        long time = StateOfTest.say(store, 0, "no", "yes", "a", "b", "c");
        run(before(), PARTS).close();
        Path old = folder.resolve("old");
        ReadModelFiles.copy(partition(1), old);
        StateOfTest.say(store, time, "yes", "a");
        run(before(), PARTS).close();
        ReadModelFiles.delete(partition(1));
        Files.move(old, partition(1));
        try (ProjectionRuntime runtime = started(now(), keeping())) {
            ChangedDefinitionException refused =
                    assertInstanceOf(
                            ChangedDefinitionException.class,
                            runtime.status("p").failure().orElseThrow());
            assertTrue(refused.getMessage().contains("position"), refused.getMessage());
        }
        run(before(), PARTS).close();
        try (ProjectionRuntime runtime = run(now(), keeping())) {
            assertEquals(
                    Map.of("no", 1L, "yes", 2L, "a", 2L, "b", 1L, "c", 1L),
                    StateOfTest.rows(runtime, StateOfTest.COUNTS));
        }
    }

    @Test
    void shouldComeToTheEndOfAChangeBetweenPartitions() throws Exception {
        killAt("definition.opened", 2);
    }

    @Tag("long")
    @ParameterizedTest
    @CsvSource({
        "definition.opened, 1",
        "definition.changed, 1",
        "definition.changed, 2",
        "definition.opened, 3",
        "definition.changed, 3"
    })
    void shouldComeToTheEndOfAChangeWhereverItWasKilled(String step, int number) throws Exception {
        killAt(step, number);
    }

    private void killAt(String step, int number) throws Exception {
        long time = StateOfTest.say(store, 0, "no", "yes", "a", "b", "c", "d", "e");
        run(before(), PARTS).close();
        StateOfTest.say(store, time, "no", "yes", "a");
        store.close();
        try (ChildJvm child = new ChildJvm(RedefiningChild.class, folder, step, number)) {
            assertEquals("reached", child.line());
            child.kill();
        }
        openStore();
        try (ProjectionRuntime runtime = run(now(), keeping())) {
            assertEquals(
                    Map.of("no", 1L, "yes", 2L, "a", 2L, "b", 1L, "c", 1L, "d", 1L, "e", 1L),
                    StateOfTest.rows(runtime, StateOfTest.COUNTS));
            assertEquals(Map.of("yes", 1L, "a", 1L), StateOfTest.rows(runtime, StateOfTest.NEW));
            assertEquals(1, runtime.status("p").changes().size());
        }
    }
}
