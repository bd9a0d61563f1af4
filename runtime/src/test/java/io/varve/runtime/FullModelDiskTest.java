package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.EventBatch;
import io.varve.store.StreamId;
import io.varve.store.errors.StoreFullException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Read models on a disk that is full: on a small file system, where we may mount one. */
class FullModelDiskTest extends RuntimeTestBase {
    private static final int AUTHORS = 3_000;

    private Path disk;
    private boolean mounted;
    private ProjectionRuntime runtime;

    @BeforeEach
    void mount() throws Exception {
        disk = Files.createDirectory(folder.resolve("disk"));
        mounted = run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk.toString()) == 0;
        Assumptions.assumeTrue(mounted, "a tmpfs cannot be mounted by this user");
    }

    @AfterEach
    void unmount() throws Exception {
        if (runtime != null) {
            runtime.close();
        }
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

    private static void fill(Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            byte[] page = new byte[4096];
            while (true) {
                out.write(page);
            }
        } catch (IOException e) {
            assertTrue(Files.exists(file));
        }
    }

    @Test
    void shouldWaitForRoomWhileOthersGoOnAndThenCatchUp() throws Exception {
        runtime =
                ProjectionRuntime.builder(store, disk.resolve("models"))
                        .add(AuthorDigests.projection("one", serde, NOTHING))
                        .build();
        runtime.start();
        append(0, 0, 1);
        assertTrue(runtime.awaitPosition("one", 0, Notes.LONG));
        Path filler = disk.resolve("filler");
        fill(filler);
        EventBatch batch = new EventBatch();
        for (int author = 1; author < AUTHORS; author++) {
            StreamId stream = StreamId.of(Notes.CATEGORY, "author-" + author);
            batch.add(stream, serde, new Notes.Note(author, 0));
        }
        store.append(batch);
        Throwable failure = awaitRetry().failure();
        assertInstanceOf(StoreFullException.class, failure);
        assertTrue(runtime.status("one").position() < store.head());
        assertEquals(DeadLetterCounts.NONE, runtime.status("one").deadLetters());
        Files.delete(filler);
        assertTrue(runtime.awaitPosition("one", store.head(), Notes.LONG), "goes on by itself");
        assertEquals(Optional.empty(), runtime.status("one").retry());
        assertEquals(Optional.empty(), runtime.status("one").failure());
        try (ReadView view = runtime.readView("one", PositionBound.any(), Notes.LONG)) {
            for (int author = 0; author < AUTHORS; author++) {
                assertEquals(
                        AuthorDigests.of(author, List.of(0L)), AuthorDigests.read(view, author));
            }
        }
    }

    @Test
    void shouldSayThatThereIsNoRoomForANewOneAndStartItWhenResumed() throws Exception {
        append(1, 0, 20);
        Files.createDirectory(disk.resolve("models"));
        Path filler = disk.resolve("filler");
        fill(filler);
        runtime =
                ProjectionRuntime.builder(store, disk.resolve("models"))
                        .listener(states)
                        .add(digest("one", NOTHING))
                        .build();
        runtime.start();
        assertInstanceOf(StoreFullException.class, runtime.status("one").failure().orElseThrow());
        ProjectionFailedException still =
                assertThrows(ProjectionFailedException.class, () -> runtime.resume("one"));
        assertInstanceOf(StoreFullException.class, still.getCause());
        Files.delete(filler);
        runtime.resume("one");
        assertComplete(runtime, "one");
        assertEquals(Optional.empty(), runtime.status("one").failure());
        assertEquals(Optional.empty(), runtime.status("one").recovery());
        runtime.pause("one");
        runtime.resume("one");
        append(1, 20, 5);
        assertComplete(runtime, "one");
    }

    private ProjectionRetry awaitRetry() {
        long deadline = System.nanoTime() + Notes.LONG.toNanos();
        while (System.nanoTime() < deadline) {
            Optional<ProjectionRetry> retry = runtime.status("one").retry();
            if (retry.isPresent()) {
                return retry.get();
            }
            Polling.pause();
        }
        throw new AssertionError("does not wait: " + runtime.status("one"));
    }
}
