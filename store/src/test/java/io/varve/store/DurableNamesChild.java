package io.varve.store;

import io.varve.store.bytes.BytesView;
import io.varve.store.state.StateConfig;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateTransaction;
import io.varve.store.transfer.EventExport;
import io.varve.store.transfer.TransferFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Does what makes files appear, and prints, after each time, which names must be on the disk then:
 * how many lines the trace has, and the file.
 */
final class DurableNamesChild {
    private DurableNamesChild() {}

    /** Argument: a folder. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]).toRealPath();
        ProgressListener none = ProgressListener.none();
        Path store = folder.resolve("new").resolve("deep").resolve("store");
        try (EventStore opened = EventStore.open(store)) {
            append(opened);
            wanted(store.resolve("log"), "data.mdb", "varve.sync");
            Path backup = folder.resolve("backups").resolve("first");
            opened.backup(backup, none);
            wanted(backup, "data.mdb", "manifest");
            Path export = folder.resolve("export.jsonl");
            EventExport.write(opened, EventQuery.all(), TransferFormat.JSON_LINES, export, none);
            wanted(folder, "export.jsonl");
            Path restored = folder.resolve("restored").resolve("store");
            Backups.restore(backup, restored, none);
            wanted(restored.resolve("log"), "data.mdb");
        }
        ClosedStore.rebuildIndex(StoreConfig.at(store), none);
        wanted(store.resolve("index"), "data.mdb");
        async(folder.resolve("async"));
        state(folder.resolve("states").resolve("one"), folder.resolve("states").resolve("two"));
    }

    private static void async(Path path) throws IOException {
        Durability durability = Durability.async(Duration.ofHours(1));
        try (EventStore store = EventStore.open(StoreConfig.at(path).withDurability(durability))) {
            append(store);
            store.sync();
            wanted(path.resolve("log"), "data.mdb", "varve.sync");
        }
    }

    private static void state(Path path, Path twin) throws IOException {
        Path copied = path.resolveSibling("copy");
        try (StateEnvironment state = StateEnvironment.open(StateConfig.at(path).withTables("t"))) {
            try (StateTransaction transaction = state.begin()) {
                BytesView row = BytesView.of(new byte[] {1});
                transaction.table("t").put(row, row);
                transaction.commit();
            }
            state.sync();
            wanted(path, "data.mdb", "varve.sync", "varve.mark");
            state.copyTo(copied).install(twin);
            wanted(copied, "data.mdb");
            wanted(twin, "data.mdb", "varve.sync", "varve.mark");
        }
    }

    private static void append(EventStore store) {
        store.append(TestEvents.stream("a"), ExpectedVersion.any(), TestEvents.event("x"));
    }

    private static void wanted(Path folder, String... names) throws IOException {
        int lines = DiskShim.trace().size();
        for (String name : names) {
            if (!Files.exists(folder.resolve(name))) {
                throw new IllegalStateException("It is not there: " + folder.resolve(name));
            }
            System.out.println(lines + " " + folder.resolve(name));
        }
    }
}
