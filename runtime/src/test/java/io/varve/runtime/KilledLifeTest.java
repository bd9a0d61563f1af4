package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.Hold;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A process dies at a step of a change: one generation is live, and nothing is left over. */
class KilledLifeTest extends RuntimeTestBase {
    @ParameterizedTest
    @CsvSource({
        "rebuild.written, promote, 1, 2",
        "rollback.written, 'promote,rollback', 1, 2",
        "discard.written, 'promote,discard', 2, 1",
        "remove.written, 'promote,remove', 3, 1"
    })
    void shouldLeaveOneLiveGeneration(String step, String actions, int live, int generations)
            throws Exception {
        kill(step, actions.replace("'", ""), 1, false);
        check(live, generations, 1);
    }

    @ParameterizedTest
    @Tag("long")
    @CsvSource({
        "cancel.written, cancel, 1, 1",
        "recovery.settled, restore, 1, 1",
        "rebuild.restored, restore, 1, 1",
        "rollback.opened, 'promote,rollback', 2, 2",
        "discard.swept, 'promote,discard', 2, 1",
        "remove.written, remove, 2, 1"
    })
    void shouldLeaveOneLiveGenerationAtOtherSteps(
            String step, String actions, int live, int generations) throws Exception {
        kill(step, actions.replace("'", ""), 1, false);
        check(live, generations, 1);
    }

    /** Events come and views are open meanwhile; where there are several, they go over together. */
    @ParameterizedTest
    @CsvSource({"promote.synced, 1, 3", "promote.written, 2, 1", "promote.written, 2, 3"})
    void shouldLeaveOneLiveGenerationWhereEventsComeAndAreReadMeanwhile(
            String step, int live, int partitions) throws Exception {
        kill(step, "promote", partitions, true);
        check(live, 2, partitions);
    }

    @ParameterizedTest
    @Tag("long")
    @CsvSource({"promote.halted, 1, 1", "promote.swept, 2, 1"})
    void shouldLeaveOneLiveGenerationAtOtherStepsMeanwhile(String step, int live, int partitions)
            throws Exception {
        kill(step, "promote", partitions, true);
        check(live, 2, partitions);
    }

    @Test
    void shouldGoOnWithARebuildThatWasKilledHalfway() throws Exception {
        goOn(180, 3);
    }

    @ParameterizedTest
    @Tag("long")
    @CsvSource({"1, 1", "120, 1"})
    void shouldGoOnWithARebuildThatWasKilledElsewhere(long killedAt, int partitions)
            throws Exception {
        goOn(killedAt, partitions);
    }

    private void goOn(long killedAt, int partitions) throws Exception {
        append(1, 50, 150);
        kill(String.valueOf(killedAt), "resume", partitions, false);
        append(1, 200, 10);
        AtomicLong given = new AtomicLong();
        try (ProjectionRuntime runtime = runtime(partitions, note -> given.incrementAndGet())) {
            runtime.start();
            assertComplete(runtime, "one");
            GenerationId candidate = runtime.status("one").generations().candidate().orElseThrow();
            assertEquals(10, given.getAndSet(0), "the live one goes on behind its commit");
            Rebuild resumed = runtime.rebuild("one");
            assertEquals(candidate, resumed.generation());
            assertTrue(resumed.await(Notes.LONG));
            // Commits were 20 events apart at most: so much was kept.
            assertTrue(given.get() <= 210 - Math.max(0, killedAt - 40), given + " were given");
            assertTrue(given.get() >= 210 - killedAt, given + " were given");
            resumed.promote();
            assertEquals(candidate, runtime.status("one").generations().live());
            assertComplete(runtime, "one");
        }
    }

    @BeforeEach
    void fill() {
        append(1, 0, 50);
    }

    private void kill(String step, String actions, int partitions, boolean busy) throws Exception {
        store.close();
        try (ChildJvm child =
                new ChildJvm(LifeChild.class, folder, step, actions, partitions, busy)) {
            assertEquals(7, child.exitCode());
        }
        openStore();
    }

    private ProjectionRuntime runtime(int partitions, Consumer<Notes.Note> hook) {
        return closing(
                ProjectionRuntime.builder(store, folder.resolve("models"))
                        .listener(states)
                        .config(RuntimeConfig.defaults())
                        .add(
                                digest("one", hook),
                                ProjectionConfig.defaults().withPartitions(partitions))
                        .build());
    }

    private void check(int live, int generations, int partitions) throws Exception {
        append(1, 50, 10);
        try (ProjectionRuntime runtime = runtime(partitions, NOTHING)) {
            runtime.start();
            assertComplete(runtime, "one");
            ProjectionGenerations found = runtime.status("one").generations();
            assertEquals(live, found.live().number());
            int known =
                    1
                            + (found.previous().isPresent() ? 1 : 0)
                            + (found.candidate().isPresent() ? 1 : 0);
            assertEquals(generations, known);
            if (found.isRebuildPending()) {
                Rebuild resumed = runtime.rebuild("one");
                assertEquals(found.candidate().orElseThrow(), resumed.generation());
                assertTrue(resumed.await(Notes.LONG));
                resumed.promote();
                assertComplete(runtime, "one");
            }
            assertNothingLeftOver(runtime.status("one").generations());
        }
    }

    private void assertNothingLeftOver(ProjectionGenerations known) throws Exception {
        List<String> wanted =
                Stream.concat(Stream.of(known.live()), known.previous().stream())
                        .map(GenerationId::folder)
                        .sorted()
                        .toList();
        Path home = folder.resolve("models").resolve("one");
        try (Stream<Path> paths = Files.list(home)) {
            assertEquals(
                    wanted,
                    paths.map(path -> path.getFileName().toString())
                            .filter(name -> name.matches("generation-\\d+-v\\d+"))
                            .sorted()
                            .toList());
        }
        assertEquals(
                wanted.stream()
                        .map(name -> "projection/one/" + name.substring(0, name.indexOf("-v")))
                        .toList(),
                store.retention().holds().stream().map(Hold::name).sorted().toList());
    }
}
