package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Projection;
import io.varve.store.Hold;
import io.varve.store.bytes.BytesView;
import io.varve.store.errors.FolderRefusedException;
import io.varve.store.state.StateConfig;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateTransaction;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which read model a projection goes on with. */
class ProjectionFolderTest extends RuntimeTestBase {
    private Path models;
    private Path home;

    @BeforeEach
    void name() {
        models = folder.resolve("models");
        home = models.resolve("one");
        append(1, 0, 10);
    }

    /** Applies what is there, and tells how much that was. */
    private long run(Projection projection) throws InterruptedException {
        try (ProjectionRuntime runtime = open(projection)) {
            String name = projection.name();
            assertTrue(runtime.awaitPosition(name, store.head(), Notes.LONG));
            try (ReadView view = runtime.readView(name, PositionBound.any(), Notes.LONG)) {
                assertEquals(
                        Notes.expected(store, serde, store.head()), Notes.digestOf(view), name);
            }
            return runtime.status(name).applied();
        }
    }

    private ProjectionRuntime open(Projection projection) {
        ProjectionRuntime runtime =
                closing(ProjectionRuntime.builder(store, models).add(projection).build());
        runtime.start();
        return runtime;
    }

    private Projection version(int version) {
        return Projection.of("one", version, digest("one", NOTHING).topology());
    }

    private Throwable failure(Projection projection) {
        try (ProjectionRuntime runtime = open(projection)) {
            return runtime.status(projection.name()).failure().orElseThrow();
        }
    }

    private List<String> generations() throws IOException {
        try (Stream<Path> paths = Files.list(home)) {
            return paths.map(path -> path.getFileName().toString())
                    .filter(name -> name.startsWith("generation"))
                    .sorted()
                    .toList();
        }
    }

    /** As it was before there were generations. */
    private void makeOld(int version) throws IOException {
        Path old = models.resolve("one-" + version);
        Files.move(home.resolve("generation-1-v" + version), old);
        forgetPlace(old);
        Files.delete(home.resolve("catalogue"));
        store.retention().release("projection/one/generation-1");
        store.retention().hold("projection/one/" + version, store.head() + 1);
    }

    /** It was not kept then. */
    private static void forgetPlace(Path readModel) {
        StateConfig config = StateConfig.at(readModel).withTables(Definition.TABLE);
        try (StateEnvironment environment = StateEnvironment.open(config);
                StateTransaction transaction = environment.begin()) {
            byte[] key = "place".getBytes(StandardCharsets.UTF_8);
            assertTrue(transaction.table(Definition.TABLE).delete(BytesView.of(key)));
            transaction.commit();
        }
    }

    @Test
    void shouldDeleteWhatIsLeftOfADeletionThatWasCutShort() throws Exception {
        run(version(1));
        run(version(2));
        run(version(3)); // so that the first is no longer needed
        Path rest = Files.createDirectories(home.resolve("deleted").resolve("partition-0-of-2"));
        Files.writeString(rest.resolve("data.mdb"), "half");
        Files.createDirectory(home.resolve("generation-1-v1")); // it goes last
        run(version(3));
        assertEquals(List.of("generation-2-v2", "generation-3-v3"), generations());
        assertFalse(Files.exists(home.resolve("deleted")));
    }

    @Test
    void shouldGoOnWithAFolderOfTheOldLayout() throws Exception {
        assertEquals(10, run(version(3)));
        makeOld(3);
        append(1, 10, 5);
        assertEquals(5, run(version(3)));
        assertFalse(Files.exists(models.resolve("one-3")));
        assertEquals(List.of("generation-1-v3"), generations());
        assertEquals(
                List.of(new Hold("projection/one/generation-1", 15)), store.retention().holds());
    }

    @Test
    void shouldMoveAnOldFolderThoughItWasKilledBeforeItDid() throws Exception {
        assertEquals(10, run(version(1)));
        makeOld(1);
        try (ProjectionFolder opened = ProjectionFolder.open(models, "one")) {
            opened.write(Catalogue.first(1));
        }
        assertEquals(0, run(version(1)));
    }

    @Test
    void shouldKeepAnOldFolderUntilItsVersionIsNeeded() throws Exception {
        assertEquals(10, run(version(1)));
        makeOld(1);
        assertEquals(10, run(version(2)));
        assertTrue(Files.exists(models.resolve("one-1")));
        assertEquals(
                List.of("projection/one/1", "projection/one/generation-1"),
                store.retention().holds().stream().map(Hold::name).sorted().toList());
        assertEquals(0, run(version(1)));
        assertEquals(List.of("generation-1-v2", "generation-2-v1"), generations());
    }

    @Test
    void shouldNotTakeTheOldFolderOfAnotherForItsOwn() throws Exception {
        assertEquals(10, run(version(1)));
        makeOld(1);
        Projection alike = digest("one-1", NOTHING);
        assertInstanceOf(FolderRefusedException.class, failure(alike));
        assertEquals(0, run(version(1)));
        assertEquals(10, run(alike));
    }

    @Test
    void shouldGoOnWithTheReadModelOfTheVersionThatIsRun() throws Exception {
        assertEquals(10, run(version(1)));
        assertEquals(10, run(version(2)));
        append(1, 10, 1);
        assertEquals(1, run(version(1)));
        assertEquals(1, run(version(2)));
        assertEquals(11, run(version(3)));
        assertEquals(List.of("generation-2-v2", "generation-3-v3"), generations());
    }

    @Test
    void shouldMakeACatalogueAnewWhereThereIsNoDoubt() throws Exception {
        assertEquals(10, run(version(1)));
        Files.writeString(home.resolve("catalogue"), "scrambled");
        assertEquals(0, run(version(1)));
        Files.delete(home.resolve("catalogue"));
        assertEquals(0, run(version(1)));
    }

    @Test
    void shouldNotGuessWhichGenerationIsLive() throws Exception {
        assertEquals(10, run(version(1)));
        assertEquals(10, run(version(2)));
        byte[] good = Files.readAllBytes(home.resolve("catalogue"));
        Files.write(home.resolve("catalogue"), new byte[] {1, 2, 3});
        CatalogueDamagedException damaged =
                assertInstanceOf(CatalogueDamagedException.class, failure(version(2)));
        assertEquals("one", damaged.projection());
        assertEquals(home, damaged.folder());
        assertEquals(List.of("generation-1-v1", "generation-2-v2"), generations());
        Files.write(home.resolve("catalogue"), good);
        assertEquals(0, run(version(2)));
    }

    @Test
    void shouldDeleteWhatTheCatalogueDoesNotName() throws Exception {
        assertEquals(10, run(version(1)));
        Files.createDirectory(home.resolve("generation-7-v1"));
        Files.writeString(home.resolve("generation-7-v1").resolve("data.mdb"), "left over");
        Files.writeString(home.resolve("catalogue.new"), "half");
        Path mine = Files.writeString(home.resolve("mine.txt"), "mine");
        store.retention().hold("projection/one/generation-7", 3);
        assertEquals(0, run(version(1)));
        assertEquals(List.of("generation-1-v1"), generations());
        assertTrue(Files.exists(mine));
        assertEquals(
                List.of(new Hold("projection/one/generation-1", 10)), store.retention().holds());
    }

    @Test
    void shouldStartInAThreadThatWasInterrupted() throws Exception {
        Thread.currentThread().interrupt();
        ProjectionRuntime runtime = open(version(1));
        assertTrue(Thread.interrupted());
        assertTrue(runtime.awaitPosition("one", 9, Notes.LONG));
    }
}
