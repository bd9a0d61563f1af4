package io.varve.faults;

import io.varve.faults.FlipStack.Left;
import io.varve.runtime.NothingToSnapshotException;
import io.varve.runtime.ProjectionRuntime;
import io.varve.store.Backups;
import io.varve.store.EventQuery;
import io.varve.store.EventStore;
import io.varve.store.ProgressListener;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.snapshot.SnapshotStore;
import io.varve.store.snapshot.StreamSnapshots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * A store and its projections, of which parts are put back as they were, or taken from another
 * store; the log goes on from there with other events.
 */
final class DivergentStack {
    /** All of it as it was at a time, and what the log held. */
    record Kept(Path folder, FlipEvents events) {
        Path data() {
            return folder.resolve("data");
        }

        Path backup() {
            return folder.resolve("backup");
        }
    }

    final Path data;
    private final Path folder;
    private final SplittableRandom random;
    private FlipEvents events = new FlipEvents(List.of(), 0, -1);
    private int kept;

    DivergentStack(Path folder, SplittableRandom random) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.data = folder.resolve("data");
        this.random = random;
    }

    FlipEvents events() {
        return events;
    }

    /** Appends other events than ever before, while its projections look on or do not. */
    void grow(int appends, boolean withProjections) throws Exception {
        try (EventStore store = FlipStack.store(data, Left.CLOSED)) {
            if (!withProjections) {
                append(store, appends);
            } else {
                try (ProjectionRuntime runtime = FlipStack.runtime(store, data)) {
                    runtime.start();
                    append(store, appends);
                    FlipMaker.await(store, runtime);
                    saveSome(store, runtime);
                }
            }
            readOn(store);
        }
    }

    private void append(EventStore store, int appends) {
        FlipAnswers answers = events.upTo(events.head());
        int notes = answers.notes;
        long[] next = answers.next.clone();
        for (int i = 0; i < appends; i++) {
            int author = random.nextInt(Posting.AUTHORS);
            long number = next[author] + random.nextInt(12);
            if (author == FlipStack.DEAD_AUTHOR && next[author] <= FlipStack.DEAD_NUMBER) {
                number = Math.min(number, FlipStack.DEAD_NUMBER);
            }
            store.append(FlipEvents.batch(author, number));
            next[author] = number + Posting.together(author, number);
            if (random.nextBoolean()) {
                store.append(FlipEvents.note(notes));
                notes++;
            }
        }
    }

    private void saveSome(EventStore store, ProjectionRuntime runtime) {
        if (random.nextBoolean()) {
            try {
                runtime.snapshot(FlipStack.DIGEST);
            } catch (NothingToSnapshotException e) {
                // As it says: nothing has been applied yet.
            }
        }
        try (SnapshotStore snapshots = SnapshotStore.openIn(store)) {
            StreamSnapshots<Stack.Digest, Posting> folds = FlipStack.folds(snapshots, store);
            folds.save(folds.load(Posting.stream(random.nextInt(Posting.AUTHORS)).key()));
        }
    }

    /** What there is now; the beginning must be as it was. */
    private void readOn(EventStore store) {
        List<String> all = new ArrayList<>(events.events());
        store.read(EventQuery.all().from(all.size()), event -> all.add(FlipEvents.line(event)));
        events = new FlipEvents(all, store.retention().firstPosition(), all.size() - 1);
    }

    Kept keep() throws IOException {
        Kept copy = new Kept(folder.resolve("kept-" + kept++), events);
        FlipMaker.copy(data, Files.createDirectories(copy.folder()).resolve("data"));
        try (EventStore store = FlipStack.store(data, Left.CLOSED)) {
            store.backup(copy.backup(), ProgressListener.none());
        }
        return copy;
    }

    /** Puts a part back as it was, be it there or not. */
    void putBack(Kept from, String part) throws IOException {
        delete(data.resolve(part));
        if (Files.exists(from.data().resolve(part))) {
            Files.createDirectories(data.resolve(part).getParent());
            FlipMaker.copy(from.data().resolve(part), data.resolve(part));
        }
        if (part.equals("log") || part.equals("log/log")) {
            events = from.events();
        }
    }

    void restore(Kept from) throws IOException {
        delete(data.resolve("log"));
        Backups.restore(from.backup(), data.resolve("log"), ProgressListener.none());
        events = from.events();
    }

    /** Whether it could be opened: what was changed before may have been noticed. */
    boolean truncate() {
        try (EventStore store = FlipStack.store(data, Left.CLOSED)) {
            store.retention().truncateBeforeRegardless(events.head() / 2);
            events = new FlipEvents(events.events(), store.retention().firstPosition(), 0);
            return true;
        } catch (StoreCorruptedException e) {
            return false;
        }
    }

    void swap(String one, String other) throws IOException {
        Path first = data.resolve(one);
        Path second = data.resolve(other);
        if (Files.exists(first) && Files.exists(second)) {
            Path between = folder.resolve("between");
            Files.move(first, between);
            Files.move(second, first);
            Files.move(between, second);
        }
    }

    /** Asks all there is to ask; what was appended meanwhile is of the log then. */
    FlipCheck check() throws Exception {
        FlipCheck check = new FlipCheck(data, Left.CLOSED, events);
        check.check(false);
        if (check.refused.stream().noneMatch(one -> one.startsWith("open"))) {
            try (EventStore store = FlipStack.store(data, Left.CLOSED)) {
                readOn(store);
            }
        }
        return check;
    }

    static void delete(Path root) throws IOException {
        if (Files.exists(root)) {
            try (Stream<Path> paths = Files.walk(root)) {
                for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }
}
