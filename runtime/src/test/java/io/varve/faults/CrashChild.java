package io.varve.faults;

import io.varve.runtime.GenerationId;
import io.varve.runtime.ProjectionRuntime;
import io.varve.runtime.Rebuild;
import io.varve.runtime.RuntimeConfig;
import io.varve.store.AppendResult;
import io.varve.store.Durability;
import io.varve.store.EventBatch;
import io.varve.store.EventStore;
import io.varve.store.ProgressListener;
import io.varve.store.StoreConfig;
import io.varve.store.errors.VarveException;
import io.varve.store.snapshot.Loaded;
import io.varve.store.snapshot.SnapshotPolicy;
import io.varve.store.snapshot.SnapshotStore;
import io.varve.store.snapshot.StreamSnapshots;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A run of the full stack, that is recorded: appends, projects, and in between does once or several
 * times each of what writes files, in an order that the seed says.
 */
final class CrashChild {
    static final Duration LONG = Duration.ofSeconds(60);
    private static final List<String> SPECIAL =
            List.of(
                    "promote",
                    "rollback",
                    "discard",
                    "snapshot",
                    "streams",
                    "backup",
                    "truncate",
                    "restart",
                    "reopen",
                    "cancel",
                    "await");

    private final Path folder;
    private final CrashEvents events;
    private final Random random;
    private final boolean async;
    private final CrashMarks marks;
    private EventStore store;
    private ProjectionRuntime runtime;
    private int backups;

    private CrashChild(Path folder, CrashMarks marks, long seed, boolean async) {
        this.folder = folder;
        this.marks = marks;
        this.events = new CrashEvents(seed);
        this.random = new Random(seed);
        this.async = async;
    }

    /** Folder, file of marks, seed, steps, whether commits are not synced. */
    public static void main(String[] arguments) throws Exception {
        try (CrashMarks marks = new CrashMarks(Path.of(arguments[1]))) {
            new CrashChild(
                            Path.of(arguments[0]),
                            marks,
                            Long.parseLong(arguments[2]),
                            Boolean.parseBoolean(arguments[4]))
                    .run(Integer.parseInt(arguments[3]));
        }
    }

    static StoreConfig config(Path folder, boolean async) {
        StoreConfig config =
                StoreConfig.at(folder.resolve("store"))
                        .withInitialMapBytes(1 << 20)
                        .withMergeEvents(40);
        return async ? config.withDurability(Durability.async(Duration.ofMillis(30))) : config;
    }

    static ProjectionRuntime runtime(EventStore store, Path folder, CrashEvents events) {
        return ProjectionRuntime.builder(store, folder.resolve("models"))
                .add(events.digests(), CrashEvents.config(CrashEvents.DIGESTS))
                .add(CrashEvents.total(), CrashEvents.config(CrashEvents.TOTAL))
                .config(RuntimeConfig.defaults().withCatchUpBatchEvents(50))
                .jmx(false)
                .build();
    }

    static StreamSnapshots<CrashEvents.Digest, CrashEvents.Entry> streams(
            SnapshotStore snapshots, EventStore store) {
        return snapshots
                .streams(
                        "fold",
                        store.category(CrashEvents.CATEGORY, CrashEvents.SERDE),
                        CrashEvents.DIGEST)
                .fold(
                        () -> new CrashEvents.Digest(-1, 0, 0),
                        (digest, entry) ->
                                new CrashEvents.Digest(
                                                entry.author(), digest.count(), digest.hash())
                                        .add(entry))
                .policy(SnapshotPolicy.everyEvents(1))
                .build();
    }

    private void run(int steps) throws Exception {
        open();
        for (String step : script(steps)) {
            stepUnlessRefused(step);
            if (async) {
                marks.write("durable", store.durablePosition());
            }
        }
        close();
    }

    /** What needs events that were removed is refused: then so be it. */
    private void stepUnlessRefused(String step) throws Exception {
        try {
            step(step);
        } catch (VarveException e) {
            if (store.retention().firstPosition() == 0) {
                throw e;
            }
            marks.write("refused", step, e.getClass().getSimpleName());
        }
    }

    private List<String> script(int steps) {
        List<String> script = new ArrayList<>();
        while (script.size() < steps / 4) {
            script.addAll(SPECIAL.subList(0, Math.min(SPECIAL.size(), steps / 4)));
        }
        while (script.size() < steps) {
            script.add("append");
        }
        Collections.shuffle(script, random);
        return script;
    }

    private void open() {
        store = EventStore.open(config(folder, async));
        runtime = runtime(store, folder, events);
        runtime.start();
    }

    private void close() throws InterruptedException {
        closeRuntime();
        store.close();
        marks.write("durable", store.head());
    }

    private void step(String step) throws Exception {
        String projection = random.nextBoolean() ? CrashEvents.DIGESTS : CrashEvents.TOTAL;
        if (List.of("promote", "rollback", "discard", "cancel").contains(step)) {
            marks.write("changing", "models/" + projection + "/");
        }
        switch (step) {
            case "append" -> append();
            case "await" -> runtime.awaitPosition(projection, store.head(), LONG);
            case "snapshot" -> snapshot(projection);
            case "promote" -> promote(projection);
            case "rollback" -> {
                promoteWhereNone(projection);
                runtime.rollback(projection);
            }
            case "discard" -> {
                promoteWhereNone(projection);
                runtime.discard(projection);
            }
            case "cancel" -> runtime.rebuild(projection).cancel();
            case "streams" -> streams(false);
            case "backup" -> backup();
            case "truncate" -> truncate();
            case "restart" -> restart();
            case "reopen" -> {
                close();
                open();
            }
            default -> throw new IllegalArgumentException(step);
        }
    }

    private void append() {
        long first = store.head() + 1;
        int count = 1 + random.nextInt(5);
        EventBatch batch = events.batch(first, count, 0);
        if (first % 3 == 0) {
            batch.idempotencyKey("key-" + first);
        }
        marks.write("begun", first, first + count - 1);
        AppendResult result = store.append(batch);
        marks.write("appended", result.lastPosition(), store.chainHash(result.lastPosition()));
    }

    private void snapshot(String projection) throws InterruptedException {
        if (store.head() >= 0) {
            runtime.awaitPosition(projection, store.head(), LONG);
            runtime.snapshot(projection);
        }
    }

    private void promote(String projection) throws InterruptedException {
        Rebuild rebuild = runtime.rebuild(projection);
        rebuild.await(LONG);
        rebuild.promote();
    }

    private void promoteWhereNone(String projection) throws InterruptedException {
        if (runtime.status(projection).generations().previous().isEmpty()) {
            promote(projection);
        }
    }

    /** What is applied when it is closed is on the disk then. */
    private void closeRuntime() throws InterruptedException {
        Map<String, Long> applied = new HashMap<>();
        for (String projection : List.of(CrashEvents.DIGESTS, CrashEvents.TOTAL)) {
            runtime.awaitPosition(projection, store.head(), LONG);
            GenerationId live = runtime.status(projection).generations().live();
            String name = "/generation-" + live.number() + "-v" + live.version();
            applied.put("models/" + projection + name, store.head());
        }
        runtime.close();
        applied.forEach((path, position) -> marks.write("modelled", path, position));
    }

    private void restart() throws InterruptedException {
        closeRuntime();
        runtime = runtime(store, folder, events);
        runtime.start();
    }

    /** Snapshots of some streams, or of each; and what is needed to load the others is held. */
    private void streams(boolean all) {
        try (SnapshotStore snapshots = SnapshotStore.open(folder.resolve("streams"))) {
            var streams = streams(snapshots, store);
            for (int author = 0;
                    author < CrashEvents.AUTHORS;
                    author += all ? 1 : 1 + random.nextInt(3)) {
                String key = "author-" + author;
                if (store.version(CrashEvents.stream(new CrashEvents.Entry(0, author, 0)))
                        .isPresent()) {
                    Loaded<CrashEvents.Digest> loaded = streams.load(key);
                    streams.save(loaded);
                }
            }
            streams.hold();
        }
    }

    private void backup() {
        String name = "backup-" + backups++;
        var manifest =
                store.backup(folder.resolve("backups").resolve(name), ProgressListener.none());
        marks.write("backup", name, manifest.position());
    }

    private void truncate() {
        long before = store.head() / 2;
        if (before > 0) {
            streams(true);
            marks.write("truncating", before);
            long first = store.retention().truncateBefore(before).firstPosition();
            store.sync();
            marks.write("truncated", first);
        }
    }
}
