package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Projection;
import io.varve.store.Durability;
import io.varve.store.EventStore;
import io.varve.store.StoreConfig;
import io.varve.store.serde.EventSerde;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A store in a folder, and runtimes on it that are closed before it. */
@Timeout(120)
abstract class RuntimeTestBase {
    static final Consumer<Notes.Note> NOTHING = note -> {};

    // Failures are made on purpose here and looked at through listeners. Kept, as loggers are held
    // weakly.
    private static final Logger QUIET = Logger.getLogger("io.varve.runtime");

    static {
        QUIET.setLevel(Level.OFF);
    }

    /** Most tests want to see errors as they come. */
    static final ProjectionConfig FAILING =
            ProjectionConfig.defaults().withErrorPolicy(ErrorPolicy.fail());

    @TempDir Path folder;
    final EventSerde<Notes.Note> serde = Notes.serde();
    final StateLog states = new StateLog();
    EventStore store;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    @BeforeEach
    void openStore() {
        store = EventStore.open(folder.resolve("log"));
    }

    /** One whose commits wait for no disk, for tests with many. */
    EventStore openedWithoutWaiting() {
        return EventStore.open(
                StoreConfig.at(folder.resolve("log"))
                        .withDurability(Durability.async(Duration.ofSeconds(1))));
    }

    @AfterEach
    void closeAll() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
        store.close();
        states.assertLegal();
    }

    <T extends AutoCloseable> T closing(T resource) {
        open.push(resource);
        return resource;
    }

    ProjectionRuntime runtime(RuntimeConfig config, Projection... projections) {
        ProjectionRuntimeBuilder builder =
                ProjectionRuntime.builder(store, folder.resolve("models"))
                        .listener(states)
                        .config(config);
        for (Projection projection : projections) {
            builder.add(projection, FAILING);
        }
        return closing(builder.build());
    }

    ProjectionRuntime started(RuntimeConfig config, Projection... projections) {
        ProjectionRuntime runtime = runtime(config, projections);
        runtime.start();
        return runtime;
    }

    Projection digest(String name, Consumer<Notes.Note> hook) {
        return Notes.digest(name, serde, hook);
    }

    long append(long author, long from, int count) {
        return Notes.append(store, serde, author, from, count);
    }

    /** A ring that overflows at once. */
    static RuntimeConfig tiny() {
        return RuntimeConfig.defaults().withRingSlots(2).withSlotEvents(1);
    }

    /** Every position once, in order, up to the head. */
    void assertComplete(ProjectionRuntime runtime, String projection) throws InterruptedException {
        long head = store.head();
        assertTrue(runtime.awaitPosition(projection, head, Notes.LONG), "not reached");
        try (ReadView view = runtime.readView(projection, PositionBound.at(head), Notes.LONG)) {
            assertEquals(
                    Notes.expected(store, serde, view.position()),
                    Notes.digestOf(view),
                    projection);
        }
    }
}
