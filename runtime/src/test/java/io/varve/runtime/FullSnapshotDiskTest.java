package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.store.errors.StoreFullException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A disk for snapshots that is full: on a small file system of its own, where we may mount one. */
class FullSnapshotDiskTest extends RuntimeTestBase {
    private Path disk;
    private boolean mounted;

    @BeforeEach
    void mount() throws Exception {
        disk = folder.resolve("models/digest/generation-1-v1.snapshots");
        Files.createDirectories(disk);
        mounted = run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString()) == 0;
        Assumptions.assumeTrue(mounted, "a tmpfs cannot be mounted by this user");
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

    private void fill(Path filler) {
        try (OutputStream out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(new byte[4096]);
            }
        } catch (IOException e) {
            // It is full.
        }
    }

    @Test
    void shouldGoOnWithoutASnapshotAndMakeOneWhenThereIsRoom() throws Exception {
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), digest("digest", NOTHING));
        append(1, 0, 500);
        assertComplete(runtime, "digest");
        ProjectionSnapshot first = runtime.snapshot("digest");
        Path filler = disk.resolve("filler");
        fill(filler);
        append(1, 500, 500);
        assertComplete(runtime, "digest");
        assertThrows(StoreFullException.class, () -> runtime.snapshot("digest"));
        assertEquals(List.of(first), runtime.snapshots("digest"));
        assertEquals(2, DurableFolder.list(disk).size());
        append(1, 1000, 500);
        assertComplete(runtime, "digest");
        Files.delete(filler);
        ProjectionSnapshot second = runtime.snapshot("digest");
        assertEquals(List.of(second, first), runtime.snapshots("digest"));
        runtime.close();
    }
}
