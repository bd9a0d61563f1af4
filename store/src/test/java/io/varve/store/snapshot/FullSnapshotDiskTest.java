package io.varve.store.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.varve.store.Category;
import io.varve.store.EventStore;
import io.varve.store.Needs;
import io.varve.store.errors.StoreFullException;
import io.varve.store.serde.Serdes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A disk for snapshots that is full: on a small file system of its own, where we may mount one. */
@Timeout(60)
class FullSnapshotDiskTest {
    @TempDir Path log;
    @TempDir Path disk;
    private boolean mounted;

    @BeforeEach
    void mount() throws Exception {
        mounted = run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk.toString()) == 0;
        Needs.that(mounted, "a tmpfs cannot be mounted by this user");
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            assertEquals(0, run("umount", disk.toString()));
        }
    }

    private static int run(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            return -1; // there is no such command here
        }
    }

    private void fill() {
        try (OutputStream out = Files.newOutputStream(disk.resolve("filler"))) {
            while (true) {
                out.write(new byte[4096]);
            }
        } catch (IOException e) {
            // It is full.
        }
    }

    @Test
    void shouldLoadWhileSnapshotsCannotBeSaved() throws Exception {
        try (EventStore store = EventStore.open(log);
                SnapshotStore snapshots = SnapshotStore.open(disk.resolve("snapshots"))) {
            Category<Ledger.Entry> category = Ledger.entries(store);
            StreamSnapshots<byte[], Ledger.Entry> states =
                    snapshots
                            .streams("large", category, Serdes.bytes())
                            .fold(() -> new byte[0], (state, event) -> new byte[300_000])
                            .policy(SnapshotPolicy.everyEvents(1))
                            .build();
            Ledger.append(category, "a", 1);
            assertInstanceOf(SaveOutcome.Saved.class, states.load("a").outcome());
            fill();
            Ledger.append(category, "a", 1);
            for (int i = 0; i < 3; i++) {
                Loaded<byte[]> loaded = states.load("a");
                SaveOutcome.Failed failed =
                        assertInstanceOf(SaveOutcome.Failed.class, loaded.outcome());
                assertInstanceOf(StoreFullException.class, failed.cause());
                assertEquals(300_000, loaded.state().length);
                assertEquals(OptionalLong.of(1), loaded.version());
                assertEquals(OptionalLong.of(0), loaded.snapshotVersion());
            }
            assertEquals(3, states.counts().failedSaves());
            Files.delete(disk.resolve("filler"));
            assertEquals(new SaveOutcome.Saved(1, 0), states.load("a").outcome());
            assertEquals(0, states.load("a").folded());
        }
    }
}
