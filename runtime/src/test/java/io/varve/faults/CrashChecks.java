package io.varve.faults;

import io.varve.store.AppendResult;
import io.varve.store.EventBatch;
import io.varve.store.EventQuery;
import io.varve.store.EventStore;
import io.varve.store.EventView;
import io.varve.store.bytes.BytesView;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.StateConfig;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateView;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/** Opens a part of an image, and holds what is in it against what must be. */
final class CrashChecks {
    /** Of a log: its first position and its last. */
    record Extent(long first, long head) {
        /** Of one that was told to be wrong. */
        static final Extent WRONG = new Extent(-1, -2);

        /** Of something else. */
        static final Extent NONE = new Extent(0, -1);
    }

    private static final BytesView ALL = BytesView.of(new byte[0]);

    private final CrashEvents events;
    private final CrashPromise promise;
    private final boolean async;

    CrashChecks(CrashEvents events, CrashPromise promise, boolean async) {
        this.events = events;
        this.promise = promise;
        this.async = async;
    }

    /**
     * Opens the store, reads all of it, and goes on with it.
     *
     * @param goOn whether to append, and to open it again
     */
    Extent store(Path root, boolean goOn) {
        Extent found;
        try (EventStore store = EventStore.open(CrashChild.config(root, async))) {
            found = extent(store);
            promise.check(found.first(), found.head());
            read(store, found);
            versions(store, found);
            if (goOn) {
                again(store, found);
                store.append(events.batch(found.head() + 1, 3, CrashFuture.SHIFT));
            }
        }
        if (goOn) {
            try (EventStore store = EventStore.open(CrashChild.config(root, async))) {
                require(store.head() == found.head() + 3, "grown: head=" + store.head());
            }
        }
        return found;
    }

    static Extent extent(EventStore store) {
        return new Extent(store.retention().firstPosition(), store.head());
    }

    /** Each event, its bytes, and that there is no gap. */
    void read(EventStore store, Extent extent) {
        long[] next = {extent.first()};
        store.read(
                EventQuery.all(),
                event -> {
                    require(event.position() == next[0], "gap: " + event.position());
                    event(event, events.entry(next[0]++));
                    return true;
                });
        require(next[0] == extent.head() + 1, "read to " + next[0] + " of " + extent);
        if (extent.head() >= 0) {
            long chain = store.chainHash(extent.head());
            require(chain == promise.chain(extent.head()), "chain at " + extent.head());
        }
    }

    private static void event(EventView event, CrashEvents.Entry entry) {
        boolean is =
                event.stream().equals(CrashEvents.stream(entry))
                        && event.type().equals(CrashEvents.TYPE)
                        && Arrays.equals(event.payload().toByteArray(), CrashEvents.bytes(entry));
        require(is, "event at " + event.position());
    }

    /** Versions go by the index. */
    private void versions(EventStore store, Extent extent) {
        long[] counts = new long[CrashEvents.AUTHORS];
        for (long position = 0; position <= extent.head(); position++) {
            counts[(int) events.entry(position).author()]++;
        }
        for (int author = 0; author < counts.length; author++) {
            OptionalLong version =
                    store.version(CrashEvents.stream(new CrashEvents.Entry(0, author, 0)));
            require(version.orElse(-1) == counts[author] - 1, "version of " + author + version);
        }
    }

    /** An append with a key that is in the log is told its first result. */
    private void again(EventStore store, Extent extent) {
        List<long[]> batches = promise.batches(extent.first(), extent.head());
        for (int i = batches.size() - 1; i >= 0; i--) {
            long first = batches.get(i)[0];
            if (first % 3 == 0 && first >= extent.first()) {
                int count = (int) (batches.get(i)[1] - first + 1);
                EventBatch batch = events.batch(first, count, 0).idempotencyKey("key-" + first);
                AppendResult again = store.append(batch);
                require(again.repeated() && again.firstPosition() == first, "key-" + first);
                return;
            }
        }
    }

    /** Opens an environment of a read model: its rows are those of its checkpoint. */
    void state(String path, Path folder) {
        boolean digests = path.startsWith("models/" + CrashEvents.DIGESTS + "/");
        String table = digests ? CrashEvents.BY_AUTHOR.name() : CrashEvents.OF_ALL.name();
        StateConfig config = StateConfig.at(folder).withTables(table);
        try (StateEnvironment open = StateEnvironment.open(config);
                StateView view = open.view()) {
            long position = view.checkpoint().map(Checkpoint::position).orElse(-1L);
            long promised = promise.modelled(path);
            require(position >= promised, "at " + position + " promised=" + promised);
            CrashEvents.State state = events.after(position);
            view.table(table)
                    .scan(
                            ALL,
                            ALL,
                            (key, value) -> {
                                row(state, CrashEvents.DIGEST.deserialize(value));
                                return true;
                            });
        }
    }

    private static void row(CrashEvents.State state, CrashEvents.Digest found) {
        CrashEvents.Digest right =
                found.author() < 0 ? state.total() : state.digests().get((int) found.author());
        require(found.equals(right), "row " + found + " instead of " + right);
    }

    /** Opens snapshots of streams; every row has a sum of its own. */
    static void streams(Path folder) {
        StateConfig config = StateConfig.at(folder).withTables("lists", "snapshots");
        try (StateEnvironment open = StateEnvironment.open(config);
                StateView view = open.view()) {
            for (String table : open.tables()) {
                view.table(table).scan(ALL, ALL, (key, value) -> true);
            }
        }
    }

    static void require(boolean right, String what) {
        if (!right) {
            throw new AssertionError(what);
        }
    }
}
