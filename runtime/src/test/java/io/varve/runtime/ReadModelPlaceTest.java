package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Partition;
import io.varve.projections.Projection;
import io.varve.runtime.ReadModelRecovery.Reason;
import io.varve.store.bytes.BytesView;
import io.varve.store.state.StateConfig;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateTransaction;
import io.varve.store.state.StateView;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What was put in the place of a read model, and is that of another, is not taken as its own. */
class ReadModelPlaceTest extends RuntimeTestBase {
    private static final int AUTHORS = 40;
    private static final int COUNT = 4;
    private static final ProjectionConfig PARTITIONED =
            ProjectionConfig.defaults().withPartitions(COUNT);

    private Path generation(String projection, int number) {
        return folder.resolve("models/" + projection + "/generation-" + number + "-v1");
    }

    private Path partition(int number) {
        return generation("authors", 1).resolve("partition-" + number + "-of-" + COUNT);
    }

    private ProjectionRuntime running(ProjectionRuntimeBuilder builder) {
        ProjectionRuntime runtime = closing(builder.build());
        runtime.start();
        return runtime;
    }

    private ProjectionRuntimeBuilder builder() {
        return ProjectionRuntime.builder(store, folder.resolve("models"));
    }

    private ProjectionRuntime digests(String... names) {
        ProjectionRuntimeBuilder builder = builder();
        for (String name : names) {
            builder.add(digest(name, NOTHING));
        }
        return running(builder);
    }

    private ProjectionRuntime partitioned(StateLog told) {
        Projection authors = AuthorDigests.projection("authors", serde, NOTHING);
        return running(builder().listener(told).add(authors, PARTITIONED));
    }

    private void assertAllAuthors(ProjectionRuntime runtime) throws InterruptedException {
        PositionBound head = PositionBound.at(store.head());
        try (ReadView view = runtime.readView("authors", head, Notes.LONG)) {
            for (int author = 0; author < AUTHORS; author++) {
                assertEquals(
                        AuthorDigests.of(author, List.of(0L)), AuthorDigests.read(view, author));
            }
        }
    }

    private void derivePartitioned() throws Exception {
        for (int author = 0; author < AUTHORS; author++) {
            append(author, 0, 1);
        }
        try (ProjectionRuntime runtime = partitioned(new StateLog())) {
            assertAllAuthors(runtime);
            runtime.snapshot("authors");
        }
    }

    private static void swap(Path one, Path other) throws IOException {
        Path between = one.resolveSibling("between");
        Files.move(one, between);
        Files.move(other, one);
        Files.move(between, other);
    }

    private static void put(Path from, Path over) throws IOException {
        // Both are there for a moment, so that the file system cannot give the copy the other's
        // number: then it would be taken for that file, of an older state, which is told as damage.
        Path copy = Files.copy(from.resolve("data.mdb"), over.resolve("copy.mdb"));
        Files.move(copy, over.resolve("data.mdb"), StandardCopyOption.REPLACE_EXISTING);
    }

    private void assertNothingToTell(ProjectionRuntime runtime, String projection)
            throws InterruptedException {
        assertComplete(runtime, projection);
        assertEquals(Optional.empty(), runtime.status(projection).recovery());
    }

    private void assertOther(ProjectionRuntime runtime, String projection, String was)
            throws InterruptedException {
        assertComplete(runtime, projection);
        ReadModelRecovery recovery = runtime.status(projection).recovery().orElseThrow();
        assertEquals(Reason.OTHER_READ_MODEL, recovery.reason());
        assertTrue(recovery.detail().contains("was=[" + was), recovery.detail());
    }

    @Test
    void shouldBeginAnewPartitionsThatWereSwapped() throws Exception {
        derivePartitioned();
        swap(partition(1), partition(2));
        StateLog told = new StateLog();
        try (ProjectionRuntime runtime = partitioned(told)) {
            assertAllAuthors(runtime);
            for (ReadModelRecovery recovery : told.awaitRecoveries(2)) {
                assertEquals(Reason.OTHER_READ_MODEL, recovery.reason());
                assertTrue(recovery.setAside().isPresent());
                assertTrue(recovery.position() >= 0, "with its own snapshot");
            }
        }
        try (ProjectionRuntime runtime = partitioned(new StateLog())) {
            assertAllAuthors(runtime);
            assertEquals(Optional.empty(), runtime.status("authors").recovery());
        }
    }

    @Test
    void shouldBeginAnewAPartitionOverWhichTheSnapshotOfAnotherWasPut() throws Exception {
        derivePartitioned();
        Path snapshots = partition(3).resolveSibling("partition-3-of-4.snapshots");
        try (Stream<Path> made = Files.list(snapshots)) {
            put(made.findFirst().orElseThrow(), partition(0));
        }
        StateLog told = new StateLog();
        ProjectionRuntime runtime = partitioned(told);
        assertAllAuthors(runtime);
        assertEquals(Reason.OTHER_READ_MODEL, told.awaitRecoveries(1).get(0).reason());
    }

    /** Their definitions are equal; what their functions do is not. */
    @Test
    void shouldBeginAnewWithTheFolderOfAnotherProjection() throws Exception {
        append(1, 0, 20);
        Projection skipping =
                digest(
                        "skipping",
                        note -> {
                            if (note.number() == 7) {
                                throw new IllegalStateException("not this one");
                            }
                        });
        ProjectionConfig skip = ProjectionConfig.defaults().withErrorPolicy(ErrorPolicy.skip());
        try (ProjectionRuntime runtime =
                running(builder().add(digest("whole", NOTHING)).add(skipping, skip))) {
            assertNothingToTell(runtime, "whole");
            assertTrue(runtime.awaitPosition("skipping", store.head(), Notes.LONG));
            runtime.pause("skipping");
        }
        swap(generation("whole", 1), generation("skipping", 1));
        try (ProjectionRuntime runtime = digests("whole")) {
            assertOther(runtime, "whole", "generation=1 v1 partition=0 of 1 projection=skipping");
        }
        assertNothingToTell(digests("whole"), "whole");
    }

    @Test
    void shouldBeginAnewWhereTheDataOfAnotherGenerationWasPutOverTheLiveOne() throws Exception {
        append(1, 0, 20);
        try (ProjectionRuntime runtime = digests("one")) {
            assertComplete(runtime, "one");
            Rebuild rebuild = runtime.rebuild("one");
            assertTrue(rebuild.await(Notes.LONG));
            rebuild.promote();
        }
        put(generation("one", 1), generation("one", 2));
        assertOther(digests("one"), "one", "generation=1 v1");
    }

    /** It is an earlier state of the same read model: what is missing is applied. */
    @Test
    void shouldGoOnWithASnapshotOfItsOwnThatWasPutOverTheLiveOne() throws Exception {
        append(1, 0, 20);
        try (ProjectionRuntime runtime = digests("one")) {
            assertComplete(runtime, "one");
            runtime.snapshot("one");
            append(1, 20, 20);
            assertComplete(runtime, "one");
        }
        try (Stream<Path> made =
                Files.list(generation("one", 1).resolveSibling("generation-1-v1.snapshots"))) {
            put(made.findFirst().orElseThrow(), generation("one", 1));
        }
        try (ProjectionRuntime runtime = digests("one")) {
            assertComplete(runtime, "one");
        }
        assertNothingToTell(digests("one"), "one");
    }

    @Test
    void shouldTellNothingOverPromotionsRollbacksAndRestarts() throws Exception {
        append(1, 0, 20);
        try (ProjectionRuntime runtime = digests("one", "two")) {
            assertComplete(runtime, "one");
            Rebuild rebuild = runtime.rebuild("one");
            assertTrue(rebuild.await(Notes.LONG));
            rebuild.promote();
            runtime.rebuild("one");
        }
        try (ProjectionRuntime runtime = digests("one", "two")) {
            assertNothingToTell(runtime, "one");
            assertNothingToTell(runtime, "two");
            runtime.rollback("one");
            assertNothingToTell(runtime, "one");
            assertEquals(1, runtime.status("one").generations().live().number());
            Rebuild pending = runtime.rebuild("one");
            assertTrue(pending.await(Notes.LONG));
            assertEquals(3, pending.generation().number());
            pending.promote();
            assertNothingToTell(runtime, "one");
        }
        assertNothingToTell(digests("one"), "one");
    }

    @Test
    void shouldBeginWithASnapshotThatWasMadeInAnotherGenerationAndMakeItItsOwn() throws Exception {
        append(1, 0, 20);
        try (ProjectionRuntime runtime = digests("one")) {
            assertComplete(runtime, "one");
            runtime.snapshot("one");
            Rebuild rebuild = runtime.rebuild("one");
            assertTrue(rebuild.await(Notes.LONG));
            rebuild.promote();
        }
        Path live = generation("one", 2);
        Files.move(
                live.resolveSibling("generation-1-v1.snapshots"),
                live.resolveSibling("generation-2-v1.snapshots"));
        ReadModelFiles.delete(live);
        try (ProjectionRuntime runtime = digests("one")) {
            assertComplete(runtime, "one");
            ReadModelRecovery recovery = runtime.status("one").recovery().orElseThrow();
            assertEquals(Reason.DELETED, recovery.reason());
            assertEquals(19, recovery.position());
        }
        assertNothingToTell(digests("one"), "one");
    }

    private Optional<String> kept(boolean delete) {
        StateConfig config = StateConfig.at(generation("one", 1)).withTables(Definition.TABLE);
        try (StateEnvironment open = StateEnvironment.open(config)) {
            if (delete) {
                byte[] key = "place".getBytes(StandardCharsets.UTF_8);
                try (StateTransaction transaction = open.begin()) {
                    assertTrue(transaction.table(Definition.TABLE).delete(BytesView.of(key)));
                    transaction.commit();
                }
            }
            try (StateView view = open.view()) {
                return ReadModelPlace.kept(view);
            }
        }
    }

    @Test
    void shouldTakeOneThatSaysNothingAsItIs() throws Exception {
        append(1, 0, 20);
        for (boolean delete : new boolean[] {true, false}) {
            try (ProjectionRuntime runtime = digests("one")) {
                assertNothingToTell(runtime, "one");
            }
            ReadModelPlace place =
                    new ReadModelPlace("one", new GenerationId(1, 1), Partition.WHOLE);
            Optional<String> kept = kept(delete);
            assertEquals(delete, kept.isEmpty());
            assertEquals(Optional.empty(), place.contradicts(kept));
        }
    }
}
