package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Partition;
import io.varve.projections.Projection;
import io.varve.store.EventStore;
import io.varve.store.serde.EventSerde;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process is killed with -9 while it makes snapshots: each that is listed is whole. */
@Timeout(180)
class KilledSnapshotTest {
    private final EventSerde<Notes.Note> serde = Notes.serde();
    private final Projection projection = Notes.digest("digest", serde, note -> {});

    @TempDir Path folder;

    private void runAndKill(int lines) throws Exception {
        try (ChildJvm child = new ChildJvm(SnapshottingChild.class, folder)) {
            int seen = 0;
            for (String line = child.line(); line != null; line = child.line()) {
                seen += line.startsWith("0") ? 0 : 1;
                if (seen == lines) {
                    break;
                }
            }
            assertEquals(lines, seen, "it ended by itself");
            child.kill();
        }
    }

    @Test
    void shouldListWholeSnapshotsAlone() throws Exception {
        kill(2, 40);
    }

    @Test
    @Tag("long")
    @Timeout(900)
    void shouldListWholeSnapshotsAloneWhenKilledOften() throws Exception {
        kill(20, 120);
    }

    private void kill(int times, int mostLines) throws Exception {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < times; i++) {
            runAndKill(1 + random.nextInt(mostLines));
            lookAt(folder.resolve("models"), i % 2 == 0);
        }
    }

    private void lookAt(Path models, boolean lost) throws Exception {
        Path generation = ReadModelFiles.generation(models, "digest");
        Path kept = generation.resolveSibling("generation-1-v1.snapshots");
        try (EventStore store = SnapshottingChild.store(folder)) {
            assertAllWhole(store, new Snapshots(kept, projection, Partition.WHOLE), kept);
            if (lost) {
                ReadModelFiles.delete(generation);
            }
            try (ProjectionRuntime runtime =
                    ProjectionRuntime.builder(store, models)
                            .add(projection, SnapshottingChild.config())
                            .build()) {
                runtime.start();
                assertTrue(runtime.awaitPosition("digest", store.head(), Notes.LONG));
                try (ReadView view = runtime.readView("digest", PositionBound.any(), Notes.LONG)) {
                    assertEquals(Notes.expected(store, serde, store.head()), Notes.digestOf(view));
                }
                assertEquals(lost, runtime.status("digest").recovery().isPresent());
                long applied = runtime.status("digest").applied();
                assertTrue(applied < store.head() + 1 || !lost, "applied=" + applied);
            }
        }
    }

    private void assertAllWhole(EventStore store, Snapshots snapshots, Path kept)
            throws IOException {
        List<ProjectionSnapshot> all = snapshots.list(History.of(store));
        assertTrue(!all.isEmpty());
        long folders =
                DurableFolder.list(kept).stream()
                        .filter(path -> !path.getFileName().toString().startsWith("."))
                        .count();
        assertEquals(folders, all.size());
        Path target = folder.resolve("target");
        for (ProjectionSnapshot snapshot : all) {
            Path alone = Files.createDirectories(folder.resolve("alone"));
            Files.move(
                    snapshot.folders().get(0),
                    alone.resolve(snapshot.folders().get(0).getFileName()));
            Snapshots.Restored restored =
                    new Snapshots(alone, projection, Partition.WHOLE)
                            .restoreNewest(History.of(store), target);
            assertEquals(List.of(), restored.passedOver());
            assertEquals(snapshot.position(), restored.snapshot().orElseThrow().position());
            Files.move(
                    alone.resolve(snapshot.folders().get(0).getFileName()),
                    snapshot.folders().get(0));
            ReadModelFiles.delete(target);
        }
    }
}
