package io.varve.samples.flights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Projection;
import io.varve.runtime.ProjectionRuntime;
import io.varve.runtime.ProjectionRuntimeBuilder;
import io.varve.store.EventStore;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.StoreLockedException;
import io.varve.store.state.StateConfig;
import io.varve.store.state.StateEnvironment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
    private static final int EVENTS = 500;

    @TempDir Path folder;

    private DataFolder data;

    @BeforeEach
    void writeAndProject() throws Exception {
        data = new DataFolder(folder);
        List<FlightDeparted> flights = FlightsFile.week().subList(0, EVENTS);
        try (EventStore store = EventStore.open(data.store());
                ProjectionRuntime runtime = runtime(store)) {
            runtime.start();
            new FlightsLog(store, FlightEvent.JSON, flights, 100).append(batch -> {});
            for (String name :
                    List.of(FlightProjections.AIRPORT_DELAYS, FlightProjections.ROUTES)) {
                assertTrue(runtime.awaitPosition(name, EVENTS - 1, Duration.ofMinutes(1)));
            }
        }
    }

    private ProjectionRuntime runtime(EventStore store) {
        ProjectionRuntimeBuilder builder = ProjectionRuntime.builder(store, data.readModels());
        for (Projection projection : FlightProjections.all(FlightEvent.JSON)) {
            builder.add(projection);
        }
        return builder.build();
    }

    /** Files and their lengths; lock files tell who was the last, so they may change. */
    private Map<String, Long> files() throws IOException {
        Map<String, Long> files = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                if (!path.endsWith("varve.lock")) {
                    files.put(folder.relativize(path).toString(), Files.size(path));
                }
            }
        }
        return files;
    }

    @Test
    void shouldDeleteTheStoreAndTheReadModels() throws Exception {
        Path older = Files.createDirectory(data.readModels().resolve("routes-0"));
        StateEnvironment.open(StateConfig.at(older)).close();

        assertEquals(List.of(), data.clear());

        assertTrue(Files.exists(folder), "the user's own");
        assertFalse(Files.exists(data.store()));
        assertFalse(Files.exists(data.readModels()));
        assertEquals(List.of(), data.clear());
    }

    @Test
    void shouldDeleteNothingWhileTheStoreIsOpen() throws Exception {
        try (EventStore store = EventStore.open(data.store())) {
            Map<String, Long> before = files();

            assertThrows(StoreLockedException.class, data::clear);

            assertEquals(before, files());
            assertEquals(EVENTS - 1, store.head());
        }
    }

    @Test
    void shouldDeleteNothingWhileAReadModelIsOpen() throws Exception {
        Path model = data.readModels().resolve(FlightProjections.ROUTES).resolve("generation-1-v1");
        try (StateEnvironment open = StateEnvironment.open(StateConfig.at(model))) {
            Map<String, Long> before = files();

            assertThrows(StoreLockedException.class, data::clear);

            assertEquals(before, files());
            assertEquals(0, open.tables().size());
        }
    }

    @Test
    void shouldLeaveWhatVarveHasNotWritten() throws Exception {
        Path notes = Files.writeString(folder.resolve("notes.txt"), "mine");
        Path inStore = Files.writeString(data.store().resolve("notes.txt"), "mine");
        Path models = data.readModels();
        Path inModel =
                Files.writeString(models.resolve("routes/generation-1-v1/routes.csv"), "mine");
        Path other = Files.createDirectories(models.resolve("other-1")).resolve("data.mdb");
        Files.writeString(other, "mine");

        assertEquals(List.of(inStore, other, inModel), data.clear());

        for (Path mine : List.of(notes, inStore, inModel, other)) {
            assertEquals("mine", Files.readString(mine));
        }
        assertEquals(4, files().size(), files().toString());
    }

    @Test
    void shouldDeleteADamagedStore() throws Exception {
        try (FileChannel log =
                FileChannel.open(data.store().resolve("log/data.mdb"), StandardOpenOption.WRITE)) {
            log.truncate(3 * 4096);
            log.write(ByteBuffer.allocate(4096), 2 * 4096);
        }
        assertThrows(StoreCorruptedException.class, () -> EventStore.open(data.store()));

        assertEquals(List.of(), data.clear());

        assertFalse(Files.exists(data.store()));
    }
}
