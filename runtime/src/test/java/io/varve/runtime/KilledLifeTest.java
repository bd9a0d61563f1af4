package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.EventStore;
import io.varve.store.Hold;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A process dies at a step of a change: one generation is live, and nothing is left over. */
class KilledLifeTest extends RuntimeTestBase {
    @ParameterizedTest
    @CsvSource({
        "rebuild.written, promote, 1, 2",
        "promote.halted, promote, 1, 2",
        "promote.synced, promote, 1, 2",
        "promote.written, promote, 2, 2",
        "promote.swept, promote, 2, 2",
        "cancel.written, cancel, 1, 1",
        "rollback.opened, 'promote,rollback', 2, 2",
        "rollback.written, 'promote,rollback', 1, 2",
        "discard.written, 'promote,discard', 2, 1",
        "discard.swept, 'promote,discard', 2, 1",
        "remove.written, remove, 2, 1",
        "remove.written, 'promote,remove', 3, 1"
    })
    void shouldLeaveOneLiveGeneration(String step, String actions, int live, int generations)
            throws Exception {
        append(1, 0, 50);
        store.close();
        try (ChildJvm child =
                new ChildJvm(LifeChild.class, folder, step, actions.replace("'", ""))) {
            assertEquals(7, child.exitCode());
        }
        store = EventStore.open(folder.resolve("log"));
        append(1, 50, 10);
        try (ProjectionRuntime runtime =
                runtime(RuntimeConfig.defaults(), digest("one", NOTHING))) {
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
