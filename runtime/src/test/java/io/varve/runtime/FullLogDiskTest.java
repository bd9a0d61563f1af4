package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Consumed;
import io.varve.projections.Produced;
import io.varve.projections.Projection;
import io.varve.projections.StreamsBuilder;
import io.varve.store.EventQuery;
import io.varve.store.EventStore;
import io.varve.store.errors.StoreFullException;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serdes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A log without room for what a projection emits: on a small file system, where we may mount. */
class FullLogDiskTest extends RuntimeTestBase {
    private static final int NOTES = 40;
    private static final EventSerde<String> LARGE =
            EventSerde.of(String.class).type("large", String.class, Serdes.utf8()).build();

    private Path disk;
    private boolean mounted;
    private EventStore small;

    @BeforeEach
    void mount() throws Exception {
        disk = Files.createDirectory(folder.resolve("disk"));
        mounted = run("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk.toString()) == 0;
        Assumptions.assumeTrue(mounted, "a tmpfs cannot be mounted by this user");
        small = EventStore.open(disk.resolve("log"));
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            small.close();
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

    /** A hundred kilobytes for each note, which begin with its number. */
    private Projection enlarging() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(Notes.CATEGORY, Consumed.with(serde))
                .mapValues(note -> note.number() + "-" + "x".repeat(100_000))
                .to("large", Produced.with(LARGE));
        return Projection.of("enlarging", 1, builder.build());
    }

    private List<Long> found() {
        List<Long> numbers = new ArrayList<>();
        small.read(
                EventQuery.category("large"),
                event -> {
                    String text = LARGE.deserialize(event.type(), event.payload());
                    numbers.add(Long.valueOf(text.substring(0, text.indexOf('-'))));
                    return true;
                });
        return numbers;
    }

    @Test
    void shouldWaitForRoomInTheLogAndThenAppendEachEventOnce() throws Exception {
        Notes.append(small, serde, 1, 0, NOTES);
        Path filler = disk.resolve("filler");
        fill(filler);
        try (ProjectionRuntime runtime =
                ProjectionRuntime.builder(small, folder.resolve("models"))
                        .add(enlarging(), FAILING)
                        .build()) {
            runtime.start();
            Optional<ProjectionRetry> retry = runtime.status("enlarging").retry();
            while (retry.isEmpty()) {
                Polling.pause();
                retry = runtime.status("enlarging").retry();
            }
            assertInstanceOf(StoreFullException.class, retry.get().failure());
            assertTrue(found().size() < NOTES);
            Files.delete(filler);
            assertTrue(runtime.awaitPosition("enlarging", 2 * NOTES - 1, Notes.LONG));
            assertEquals(LongStream.range(0, NOTES).boxed().toList(), found());
            assertEquals(Optional.empty(), runtime.status("enlarging").failure());
        }
    }
}
