package io.varve.faults;

import io.varve.faults.FlipStack.Left;
import io.varve.runtime.ProjectionRuntime;
import io.varve.store.EventStore;
import io.varve.store.ProgressListener;
import io.varve.store.lmdb.LmdbEnvironment;
import io.varve.store.lmdb.LmdbOptions;
import io.varve.store.snapshot.SnapshotStore;
import io.varve.store.snapshot.StreamSnapshots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A program that makes the files that are to be damaged, and those of an earlier time, of which
 * pages are taken that the disk never wrote; and closes them, or dies.
 */
final class FlipMaker {
    private final Path folder;
    private final Path data;
    private final Left left;
    private int notes;

    /** How much there is: 1 for a log of a thousand events. */
    private final double much;

    FlipMaker(Path folder, Left left, double much) {
        this.much = much;
        this.folder = folder;
        this.data = folder.resolve("data");
        this.left = left;
    }

    static Path data(Path folder) {
        return folder.resolve("data");
    }

    static Path older(Path folder) {
        return folder.resolve("older");
    }

    static Path events(Path folder) {
        return folder.resolve("events");
    }

    public static void main(String[] arguments) throws Exception {
        new FlipMaker(Path.of(arguments[0]), Left.valueOf(arguments[1]), 1).make();
    }

    void make() throws Exception {
        for (int i = 0; i < 2; i++) {
            try (EventStore store = FlipStack.store(data, left);
                    ProjectionRuntime runtime = FlipStack.runtime(store, data);
                    SnapshotStore snapshots = SnapshotStore.openIn(store)) {
                runtime.start();
                fill(store, runtime, FlipStack.folds(snapshots, store), 25);
            }
            Path older = Files.createDirectories(older(folder));
            copy(data, older.resolve(String.valueOf(i)));
        }
        EventStore store = FlipStack.store(data, left);
        ProjectionRuntime runtime = FlipStack.runtime(store, data);
        SnapshotStore snapshots = SnapshotStore.openIn(store);
        StreamSnapshots<Stack.Digest, Posting> folds = FlipStack.folds(snapshots, store);
        runtime.start();
        fill(store, runtime, folds, 50);
        store.backup(Stack.backups(data).resolve("backup"), ProgressListener.none());
        snapshots.sync();
        store.sync();
        long durable = store.head();
        if (left == Left.KILLED_ASYNC) {
            fill(store, runtime, folds, 12);
        }
        leave(store, runtime, snapshots, durable);
    }

    private void leave(
            EventStore store, ProjectionRuntime runtime, SnapshotStore snapshots, long durable)
            throws Exception {
        FlipEvents all = FlipEvents.of(store);
        long first = 0;
        if (left.isTruncated()) {
            first = store.retention().truncateBeforeRegardless(all.head() / 3).firstPosition();
        }
        new FlipEvents(all.events(), first, durable).write(events(folder));
        if (left.isKilled()) {
            Runtime.getRuntime().halt(0);
        }
        runtime.close();
        snapshots.close();
        store.close();
        if (left == Left.CLOSED_LARGE) {
            closeAsLarge();
        }
    }

    private void fill(
            EventStore store,
            ProjectionRuntime runtime,
            StreamSnapshots<Stack.Digest, Posting> folds,
            int times)
            throws Exception {
        for (int i = 0; i < times * much; i++) {
            int author = i % Posting.AUTHORS;
            long next = store.version(Posting.stream(author)).orElse(-1) + 1;
            store.append(FlipEvents.batch(author, next));
            for (int n = 0; n < 4; n++) {
                store.append(FlipEvents.note(notes));
                notes++;
            }
        }
        await(store, runtime);
        for (int author = 0; author < Posting.AUTHORS; author++) {
            folds.save(folds.load(Posting.stream(author).key()));
        }
        runtime.snapshot(FlipStack.DIGEST);
    }

    /** All is applied, and all alerts are in the log, and these as well. */
    static void await(EventStore store, ProjectionRuntime runtime) throws Exception {
        long head = -1;
        while (head < store.head()) {
            head = store.head();
            for (String name : FlipStack.PROJECTIONS) {
                runtime.awaitPosition(name, head, Stack.LONG);
            }
            FlipEvents events = FlipEvents.of(store);
            long wanted = events.upTo(head).alarming;
            long there = events.events().stream().filter(FlipMaker::isAlert).count();
            if (there < wanted) {
                store.awaitPosition(head + 1, Stack.LONG);
            }
        }
    }

    static boolean isAlert(String line) {
        return line.startsWith(FlipStack.ALERTS + "/");
    }

    private void closeAsLarge() throws IOException {
        try (Stream<Path> files = Files.walk(data)) {
            List<Path> folders =
                    files.filter(file -> file.endsWith("varve.sync")).map(Path::getParent).toList();
            for (Path one : folders) {
                LmdbEnvironment.open(one, new LmdbOptions(1 << 24, 16, true, "none")).close();
            }
        }
    }

    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }
}
