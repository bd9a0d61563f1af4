package io.varve.runtime;

import io.varve.store.Durability;
import io.varve.store.EventStore;
import io.varve.store.StoreConfig;
import io.varve.store.serde.EventSerde;
import java.nio.file.Path;
import java.time.Duration;

/** Appends, projects and makes a snapshot of each commit, until it is killed. */
final class SnapshottingChild {
    private SnapshottingChild() {}

    static EventStore store(Path folder) {
        return EventStore.open(
                StoreConfig.at(folder.resolve("log"))
                        .withDurability(Durability.async(Duration.ofHours(1))));
    }

    static ProjectionConfig config() {
        return ProjectionConfig.defaults()
                .withSnapshotPolicy(SnapshotPolicy.everyEvents(1).keep(3));
    }

    public static void main(String[] arguments) {
        Path folder = Path.of(arguments[0]);
        EventSerde<Notes.Note> serde = Notes.serde();
        EventStore store = store(folder);
        ProjectionRuntime runtime =
                ProjectionRuntime.builder(store, folder.resolve("models"))
                        .add(Notes.digest("digest", serde, note -> {}), config())
                        .build();
        runtime.start();
        while (true) {
            long next = store.head() + 1;
            Notes.append(store, serde, next % 3, next, 1 + (int) (next % 5));
            System.out.println(runtime.snapshots("digest").size() + ".");
            System.out.flush();
        }
    }
}
