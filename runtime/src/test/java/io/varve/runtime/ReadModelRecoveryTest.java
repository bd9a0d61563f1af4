package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.runtime.ReadModelRecovery.Reason;
import io.varve.store.errors.IncompatibleStoreException;
import io.varve.store.errors.StoreCorruptedException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A read model that is gone or damaged is begun anew by itself, and that is told. */
class ReadModelRecoveryTest extends RuntimeTestBase {
    private Path generation;

    @BeforeEach
    void locate() {
        generation = ReadModelFiles.generation(folder.resolve("models"), "digest");
    }

    /** With a listener of its own: {@link #states} sees one life. */
    private ProjectionRuntime running(StateLog told) {
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .listener(told)
                                .add(digest("digest", NOTHING))
                                .build());
        runtime.start();
        return runtime;
    }

    private void deriveAndClose() throws Exception {
        append(1, 0, 500);
        try (ProjectionRuntime runtime = running(new StateLog())) {
            assertComplete(runtime, "digest");
            assertEquals(Optional.empty(), runtime.status("digest").recovery());
        }
    }

    private ReadModelRecovery assertBegunAnew(Reason reason) throws Exception {
        StateLog told = new StateLog();
        try (ProjectionRuntime runtime = running(told)) {
            assertComplete(runtime, "digest");
            ReadModelRecovery recovery = runtime.status("digest").recovery().orElseThrow();
            assertEquals(reason, recovery.reason());
            assertEquals(-1, recovery.position());
            // Nothing need be done, so no sentence says what.
            assertFalse(recovery.detail().contains(". "), recovery.detail());
            assertEquals(List.of(recovery), told.awaitRecoveries(1));
            assertEquals(500, runtime.status("digest").applied());
            return recovery;
        }
    }

    private void assertGoesOn() throws Exception {
        try (ProjectionRuntime runtime = running(new StateLog())) {
            assertComplete(runtime, "digest");
            assertEquals(0, runtime.status("digest").applied());
            assertEquals(Optional.empty(), runtime.status("digest").recovery());
        }
    }

    @Test
    void shouldBeginAnewWithOneThatWasDeleted() throws Exception {
        deriveAndClose();
        ReadModelFiles.delete(generation);
        assertEquals(Optional.empty(), assertBegunAnew(Reason.DELETED).setAside());
        assertGoesOn();
    }

    /** Nothing tells it from one that was deleted there: the log has one hold for both. */
    @Test
    void shouldTellOfOneThatIsKeptInAnotherFolderThanBefore() throws Exception {
        deriveAndClose();
        StateLog told = new StateLog();
        try (ProjectionRuntime runtime =
                ProjectionRuntime.builder(store, folder.resolve("other-models"))
                        .listener(told)
                        .add(digest("digest", NOTHING))
                        .build()) {
            runtime.start();
            assertComplete(runtime, "digest");
            ReadModelRecovery recovery = told.awaitRecoveries(1).get(0);
            assertEquals(Reason.DELETED, recovery.reason());
            assertTrue(recovery.detail().contains("or was another one"), recovery.detail());
        }
    }

    @Test
    void shouldBeginAnewWithOneThatWasCutShort() throws Exception {
        deriveAndClose();
        try (FileChannel channel =
                FileChannel.open(generation.resolve("data.mdb"), StandardOpenOption.WRITE)) {
            channel.truncate(8192);
        }
        Path aside = assertBegunAnew(Reason.DAMAGED).setAside().orElseThrow();
        assertEquals(8192, Files.size(aside.resolve("data.mdb")));
        assertGoesOn();
    }

    @Test
    void shouldBeginAnewWithOneWhoseFileIsNoLmdbFileAnyMore() throws Exception {
        deriveAndClose();
        Files.write(generation.resolve("data.mdb"), new byte[20_000]);
        assertBegunAnew(Reason.DAMAGED);
        Files.write(generation.resolve("data.mdb"), "not a file of LMDB".repeat(999).getBytes());
        assertBegunAnew(Reason.DAMAGED);
        assertGoesOn();
    }

    /** Not closed, and nothing says what of it is on disk. */
    @Test
    void shouldBeginAnewWithOneOfWhichNothingIsKnown() throws Exception {
        deriveAndClose();
        Files.delete(generation.resolve("varve.sync"));
        assertBegunAnew(Reason.DAMAGED);
        Files.write(generation.resolve("varve.sync"), new byte[5000]);
        assertBegunAnew(Reason.DAMAGED);
        assertGoesOn();
    }

    @Test
    void shouldLeaveAFileOfOthersAlone() throws Exception {
        deriveAndClose();
        Files.delete(generation.resolve("varve.mark"));
        byte[] before = Files.readAllBytes(generation.resolve("data.mdb"));
        ProjectionRuntime runtime = running(new StateLog());
        assertInstanceOf(
                IncompatibleStoreException.class, runtime.status("digest").failure().orElseThrow());
        runtime.close();
        assertArrayEquals(before, Files.readAllBytes(generation.resolve("data.mdb")));
    }

    private void damage(Notes.Digest digest) throws IOException {
        ReadModelFiles.flip(generation.resolve("data.mdb"), ReadModelFiles.stored(digest));
    }

    private Notes.Digest digestNow() {
        return Notes.expected(store, serde, store.head());
    }

    private static byte[] keptTopology() {
        return "Topologies:".getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void shouldBeginAnewWhenTheDefinitionItSaysIsDamaged() throws Exception {
        deriveAndClose();
        ReadModelFiles.flip(generation.resolve("data.mdb"), keptTopology());
        assertTrue(assertBegunAnew(Reason.DAMAGED).setAside().isPresent());
        assertGoesOn();
    }

    @Test
    void shouldGoOnFromTheSnapshotWhenTheDefinitionItSaysIsDamaged() throws Exception {
        append(1, 0, 500);
        try (ProjectionRuntime runtime = running(new StateLog())) {
            assertComplete(runtime, "digest");
            assertEquals(499, runtime.snapshot("digest").position());
            runtime.pause("digest");
        }
        ReadModelFiles.flip(generation.resolve("data.mdb"), keptTopology());
        try (ProjectionRuntime runtime = running(new StateLog())) {
            ReadModelRecovery recovery = runtime.status("digest").recovery().orElseThrow();
            assertEquals(Reason.DAMAGED, recovery.reason());
            assertEquals(499, recovery.position());
            assertEquals(ProjectionState.PAUSED, runtime.status("digest").state());
            runtime.resume("digest");
            assertComplete(runtime, "digest");
            assertEquals(0, runtime.status("digest").applied());
        }
        assertGoesOn();
    }

    @Test
    void shouldBeginAnewWhenTheWorkerFindsDamage() throws Exception {
        deriveAndClose();
        damage(digestNow());
        StateLog told = new StateLog();
        ProjectionRuntime runtime = running(told);
        append(1, 500, 10);
        assertEquals(Reason.DAMAGED, told.awaitRecoveries(1).get(0).reason());
        assertComplete(runtime, "digest");
        assertEquals(Optional.empty(), runtime.status("digest").failure());
        append(1, 510, 10);
        assertComplete(runtime, "digest");
    }

    @Test
    void shouldBeginAnewWhenAReaderFindsDamageWhileNothingIsAppended() throws Exception {
        append(1, 0, 500);
        StateLog told = new StateLog();
        ProjectionRuntime runtime = running(told);
        told.await("digest", ProjectionState.LIVE);
        assertComplete(runtime, "digest");
        damage(digestNow());
        try (ReadView view = runtime.readView("digest", PositionBound.any(), Notes.LONG)) {
            assertThrows(StoreCorruptedException.class, () -> Notes.digestOf(view));
        }
        assertEquals(Reason.DAMAGED, told.awaitRecoveries(1).get(0).reason());
        assertComplete(runtime, "digest");
        told.await("digest", ProjectionState.LIVE, 2);
        append(1, 500, 10);
        assertComplete(runtime, "digest");
    }

    @Test
    void shouldBeginAnewWhenItsFolderIsDeletedWhileItRuns() throws Exception {
        append(1, 0, 500);
        StateLog told = new StateLog();
        ProjectionRuntime runtime = running(told);
        assertComplete(runtime, "digest");
        ReadModelFiles.delete(generation.getParent());
        append(1, 500, 10);
        appendUntilToldOfRecovery(runtime);
        assertEquals(Reason.DELETED, told.awaitRecoveries(1).get(0).reason());
        assertComplete(runtime, "digest");
        assertEquals(Optional.empty(), runtime.status("digest").failure());
        runtime.rebuild(digest("digest", NOTHING)).cancel();
        runtime.close();
        assertGoesOn();
    }

    /** All at once, as it is not begun anew any number of times. */
    @Test
    void shouldBeginAllPartitionsAnewWhenTheirFoldersAreDeleted() throws Exception {
        append(1, 0, 500);
        StateLog told = new StateLog();
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .listener(told)
                                .add(
                                        digest("digest", NOTHING),
                                        ProjectionConfig.defaults().withPartitions(5))
                                .build());
        runtime.start();
        assertComplete(runtime, "digest");
        ReadModelFiles.delete(generation.getParent());
        appendUntilToldOfRecovery(runtime);
        told.awaitRecoveries(5);
        assertComplete(runtime, "digest");
        assertEquals(Optional.empty(), runtime.status("digest").failure());
        assertEquals(5, told.awaitRecoveries(5).size());
    }

    /** It looks at its files when it writes, but not each time. */
    private void appendUntilToldOfRecovery(ProjectionRuntime runtime) throws Exception {
        long deadline = System.nanoTime() + Notes.LONG.toNanos();
        for (int i = 0; runtime.status("digest").recovery().isEmpty(); i++) {
            assertTrue(System.nanoTime() < deadline, "not begun anew");
            long position = append(2, i, 1);
            runtime.awaitPosition("digest", position, Notes.LONG);
        }
    }

    @Test
    void shouldBeginAnewAtTheNextStartWhenTheFolderWasDeletedWhileItRan() throws Exception {
        append(1, 0, 500);
        ProjectionRuntime runtime = running(new StateLog());
        assertComplete(runtime, "digest");
        ReadModelFiles.delete(generation);
        runtime.close();
        assertBegunAnew(Reason.DELETED);
        assertGoesOn();
    }

    @Test
    void shouldPauseAndResumeAndBeRemovedWhenItsFolderIsDeleted() throws Exception {
        append(1, 0, 500);
        StateLog told = new StateLog();
        ProjectionRuntime runtime = running(told);
        told.await("digest", ProjectionState.LIVE);
        assertComplete(runtime, "digest");
        runtime.pause("digest");
        ReadModelFiles.delete(generation.getParent());
        runtime.resume("digest");
        appendUntilToldOfRecovery(runtime);
        assertComplete(runtime, "digest");
        ReadModelFiles.delete(generation.getParent());
        runtime.pause("digest");
        runtime.remove("digest", RemovedData.DELETE);
        assertFalse(Files.exists(generation.getParent()));
        assertEquals(List.of(), store.retention().holds());
    }

    @Test
    void shouldGiveUpWhenDamageComesBackAgainAndAgain() throws Exception {
        append(1, 0, 500);
        StateLog told = new StateLog();
        ProjectionRuntime runtime = running(told);
        for (int i = 1; i <= 4; i++) {
            told.await("digest", ProjectionState.LIVE, i);
            assertComplete(runtime, "digest");
            damage(digestNow());
            try (ReadView view = runtime.readView("digest", PositionBound.any(), Notes.LONG)) {
                assertThrows(StoreCorruptedException.class, () -> Notes.digestOf(view));
            }
        }
        assertInstanceOf(StoreCorruptedException.class, told.awaitFailure("digest"));
        assertEquals(3, told.awaitRecoveries(3).size());
        runtime.close();
        assertTrue(running(new StateLog()).awaitPosition("digest", 499, Notes.LONG));
    }
}
