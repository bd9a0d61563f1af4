package io.varve.faults;

import static io.varve.faults.CrashChecks.require;

import io.varve.runtime.DeadLetterCounts;
import io.varve.runtime.PositionBound;
import io.varve.runtime.ProjectionRuntime;
import io.varve.runtime.ProjectionState;
import io.varve.runtime.ProjectionStatus;
import io.varve.runtime.ReadView;
import io.varve.store.BackupList;
import io.varve.store.Backups;
import io.varve.store.ClosedStore;
import io.varve.store.EventStore;
import io.varve.store.ProgressListener;
import io.varve.store.VerificationReport;
import io.varve.store.snapshot.SnapshotStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Goes on with a whole image: other events are appended than those that may have been lost, and
 * then all that is derived from the log must be of these, and of nothing that was taken back.
 */
final class CrashFuture {
    /** Numbers of events of the other future begin here. */
    static final long SHIFT = 1_000_000;

    private static final int MORE = 12;

    private final CrashEvents events;
    private final CrashPromise promise;
    private final CrashChecks checks;
    private final boolean async;

    CrashFuture(CrashEvents events, CrashPromise promise, CrashChecks checks, boolean async) {
        this.events = events;
        this.promise = promise;
        this.checks = checks;
        this.async = async;
    }

    void check(Path root) throws IOException, InterruptedException {
        backups(root);
        try (EventStore store = EventStore.open(CrashChild.config(root, async))) {
            CrashChecks.Extent extent = CrashChecks.extent(store);
            promise.check(extent.first(), extent.head());
            checks.read(store, extent);
            streams(root, store, extent.head());
            store.append(events.batch(extent.head() + 1, MORE, SHIFT));
            projections(root, store, false);
        }
        VerificationReport report =
                ClosedStore.verify(root.resolve("store"), ProgressListener.none());
        require(report.isClean(), "verify: " + report.problems());
    }

    /** Each that is listed as complete is, and those that were promised are. */
    void backups(Path root) throws IOException {
        Path parent = root.resolve("backups");
        BackupList list =
                Files.exists(parent) ? Backups.list(parent) : new BackupList(List.of(), List.of());
        for (BackupList.Backup backup : list.complete()) {
            VerificationReport report = Backups.verify(backup.path(), ProgressListener.none());
            require(report.isClean(), backup.path() + " " + report.problems());
        }
        promise.backups()
                .forEach(
                        (name, position) ->
                                require(
                                        list.complete().stream()
                                                .anyMatch(one -> is(one, name, position)),
                                        "no backup " + name + " in " + list));
    }

    private static boolean is(BackupList.Backup backup, String name, long position) {
        return backup.path().getFileName().toString().equals(name)
                && backup.manifest().position() == position;
    }

    /** Restores all backups, and reads them. */
    void restore(Path root) throws IOException {
        Path parent = root.resolve("backups");
        Path target = root.resolve("restored");
        List<BackupList.Backup> all =
                Files.exists(parent) ? Backups.list(parent).complete() : List.of();
        for (BackupList.Backup backup : all) {
            Backups.restore(backup.path(), target.resolve("store"), ProgressListener.none());
            try (EventStore store = EventStore.open(CrashChild.config(target, async))) {
                CrashChecks.Extent extent = CrashChecks.extent(store);
                require(extent.head() == backup.manifest().position(), "restored " + extent);
                checks.read(store, extent);
            }
            delete(target);
        }
    }

    /** From whatever snapshots there are, the state is the fold. */
    private void streams(Path root, EventStore store, long head) {
        CrashEvents.Digest[] right = new CrashEvents.Digest[CrashEvents.AUTHORS];
        for (long position = 0; position <= head; position++) {
            CrashEvents.Entry entry = events.entry(position);
            int author = (int) entry.author();
            CrashEvents.Digest before = right[author];
            right[author] =
                    (before == null ? new CrashEvents.Digest(author, 0, 0) : before).add(entry);
        }
        try (SnapshotStore snapshots = SnapshotStore.open(root.resolve("streams"))) {
            var streams = CrashChild.streams(snapshots, store);
            for (int author = 0; author < right.length; author++) {
                if (right[author] != null) {
                    CrashEvents.Digest found = streams.load("author-" + author).state();
                    require(found.equals(right[author]), "stream " + author + " " + found);
                }
            }
        }
    }

    /** Loses all read models, after {@link #check}: snapshots and events make them anew. */
    void lose(Path root) throws IOException, InterruptedException {
        try (Stream<Path> files = Files.walk(root.resolve("models"))) {
            for (Path file : files.toList()) {
                if (CrashPart.of(root.relativize(file).toString()).kind() == CrashPart.Kind.STATE) {
                    Files.delete(file);
                }
            }
        }
        try (EventStore store = EventStore.open(CrashChild.config(root, async))) {
            projections(root, store, true);
        }
    }

    private void projections(Path root, EventStore store, boolean lost)
            throws InterruptedException, IOException {
        long head = store.head() - MORE;
        CrashEvents.State state = events.after(head);
        for (long number = 1; number <= MORE; number++) {
            state = events.next(state, events.entry(head + number + SHIFT));
        }
        try (ProjectionRuntime runtime = CrashChild.runtime(store, root, events)) {
            runtime.start();
            for (String projection : List.of(CrashEvents.DIGESTS, CrashEvents.TOTAL)) {
                boolean snapshots = !runtime.snapshots(projection).isEmpty();
                if (lost && store.retention().firstPosition() > 0 && !snapshots) {
                    continue; // nothing is left to make it of
                }
                projection(runtime, projection, head + MORE, state);
            }
        }
    }

    private void projection(
            ProjectionRuntime runtime, String name, long head, CrashEvents.State right)
            throws InterruptedException {
        ProjectionStatus status = runtime.status(name);
        require(
                status.state() != ProjectionState.FAILED
                        && runtime.awaitPosition(name, head, CrashChild.LONG),
                name + " " + runtime.status(name).failure());
        try (ReadView view = runtime.readView(name, PositionBound.at(head), CrashChild.LONG)) {
            if (name.equals(CrashEvents.TOTAL)) {
                CrashEvents.Digest total = view.store(CrashEvents.OF_ALL).get(0L).orElseThrow();
                require(total.equals(right.total()), name + " " + total + " " + right.total());
                return;
            }
            for (CrashEvents.Digest digest : right.digests()) {
                var found = view.store(CrashEvents.BY_AUTHOR).get(digest.author());
                require(
                        found.isPresent() == digest.count() > 0
                                && found.filter(one -> !one.equals(digest)).isEmpty(),
                        name + " " + found + " instead of " + digest);
            }
        }
        DeadLetterCounts letters = runtime.deadLetters(name).count();
        require(
                letters.dead() == right.dead() && letters.waiting() == right.waiting(),
                name + " " + letters + " instead of " + right.dead() + " " + right.waiting());
    }

    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
