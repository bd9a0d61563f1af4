package io.varve.store;

import io.varve.store.bytes.BytesView;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.StateConfig;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateTransaction;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * Stores, state and a backup as they were left in each way, with what they say is on disk, written
 * once and kept with the tests. Never change what is here; for another format add another.
 *
 * <p>{@link #main} writes them anew; its argument is the zip file to make.
 */
final class GoldenSyncs {
    static final String RESOURCE = "golden-syncs-v1.zip";
    static final List<String> STREAMS = List.of("a", "b");

    /** How many events a store has that is closed, or syncs each commit. */
    static final int EVENTS = 9;

    /** How many of them were synced where no commit waits for it. */
    static final int SYNCED = 5;

    static final Checkpoint CHECKPOINT = new Checkpoint(new UUID(1, 2), 3, 4, 5);
    private static final Durability ASYNC = Durability.async(Duration.ofHours(1));

    private GoldenSyncs() {}

    static StoreConfig config(Path folder, boolean async) {
        StoreConfig config = StoreConfig.at(folder).withInitialMapBytes(1 << 20).withMergeEvents(4);
        return async ? config.withDurability(ASYNC) : config;
    }

    static StateConfig state(Path folder) {
        return StateConfig.at(folder).withTables("numbers");
    }

    static List<String> texts(int count) {
        return IntStream.range(0, count).mapToObj(i -> "event-" + i).toList();
    }

    static BytesView bytes(String text) {
        return BytesView.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void append(EventStore store, int from, int to) {
        for (int i = from; i < to; i++) {
            StreamId stream = TestEvents.stream(STREAMS.get(i % STREAMS.size()));
            store.append(stream, ExpectedVersion.any(), TestEvents.event("event-" + i));
        }
    }

    static void write(Path folder, Path work) throws IOException {
        Path sync = work.resolve("sync");
        try (EventStore store = EventStore.open(config(sync, false))) {
            append(store, 0, EVENTS);
            GoldenFiles.copy(sync, folder.resolve("open"));
            store.backup(folder.resolve("backup"), ProgressListener.none());
        }
        GoldenFiles.copy(sync, folder.resolve("closed"));
        Path async = work.resolve("async");
        try (EventStore store = EventStore.open(config(async, true))) {
            append(store, 0, SYNCED);
            store.sync();
            append(store, SYNCED, EVENTS);
            GoldenFiles.copy(async, folder.resolve("async"));
        }
        GoldenFiles.copy(async, folder.resolve("async-closed"));
        Path state = work.resolve("state");
        try (StateEnvironment environment = StateEnvironment.open(state(state))) {
            put(environment, "one", "1");
            environment.sync();
            put(environment, "two", "2");
            GoldenFiles.copy(state, folder.resolve("state"));
        }
        GoldenFiles.copy(state, folder.resolve("state-closed"));
    }

    private static void put(StateEnvironment environment, String key, String value) {
        try (StateTransaction transaction = environment.begin()) {
            transaction.table("numbers").put(bytes(key), bytes(value));
            transaction.checkpoint(CHECKPOINT);
            transaction.commit();
        }
    }

    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createTempDirectory("golden");
        write(folder, Files.createTempDirectory("golden-work"));
        GoldenFiles.pack(folder, Path.of(arguments[0]));
    }
}
