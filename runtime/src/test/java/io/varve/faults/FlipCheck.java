package io.varve.faults;

import io.varve.faults.FlipStack.Left;
import io.varve.projections.query.RangeQuery;
import io.varve.runtime.PositionBound;
import io.varve.runtime.ProjectionFailedException;
import io.varve.runtime.ProjectionRuntime;
import io.varve.runtime.ReadView;
import io.varve.store.BackupList.Backup;
import io.varve.store.Backups;
import io.varve.store.EventQuery;
import io.varve.store.EventStore;
import io.varve.store.ProgressListener;
import io.varve.store.RecordedMark;
import io.varve.store.StreamId;
import io.varve.store.errors.EventsTruncatedException;
import io.varve.store.errors.StoreLockedException;
import io.varve.store.errors.VarveException;
import io.varve.store.snapshot.Loaded;
import io.varve.store.snapshot.SnapshotStore;
import io.varve.store.snapshot.StreamSnapshots;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Opens all of a folder, asks all there is to ask, and closes it again. What is answered must be
 * right; or there is an error of ours that says so.
 */
final class FlipCheck {
    private final Path data;
    private final Left left;
    private final FlipEvents events;

    /** Errors of ours, each with what was asked. */
    final List<String> refused = new ArrayList<>();

    /** What was rebuilt or passed over, and told. */
    final List<String> reported = new ArrayList<>();

    private long head;

    FlipCheck(Path data, Left left, FlipEvents events) {
        this.data = data;
        this.left = left;
        this.events = events;
    }

    /** What is not as it was, and nobody has said so. */
    static final class WrongAnswer extends AssertionError {
        private static final long serialVersionUID = 1L;

        WrongAnswer(String what) {
            super(what);
        }
    }

    private interface Question {
        void ask() throws Exception;
    }

    /** An error of ours is an answer; any other goes through. */
    private boolean ask(String what, Question question) throws Exception {
        try {
            question.ask();
            return true;
        } catch (StoreLockedException e) {
            throw new IllegalStateException("somebody has not closed it", e);
        } catch (VarveException e) {
            if (e instanceof ProjectionFailedException
                    && !(e.getCause() instanceof VarveException)) {
                throw e;
            }
            refused.add(what + ": " + e);
            return false;
        }
    }

    private static void same(Object wanted, Object found, String what) {
        if (!wanted.equals(found)) {
            throw new WrongAnswer(what + " wanted=" + wanted + " found=" + found);
        }
    }

    void check(boolean withBackup) throws Exception {
        ask("open", this::openAndAsk);
        if (withBackup) {
            ask("backup", this::backup);
        }
    }

    private void openAndAsk() throws Exception {
        try (EventStore store = FlipStack.store(data, left)) {
            head = store.head();
            boolean back = left == Left.KILLED_ASYNC && head < events.head();
            if (back && head < events.durable() || !back && head != events.head()) {
                throw new WrongAnswer("head=" + head + " of=" + events.head());
            }
            if (back) {
                reported.add("back to the last sync");
            }
            ask("log", () -> log(store));
            ask("streams", () -> streams(store));
            ask("keys", () -> keys(store));
            ask("folds", () -> folds(store));
            ask("runtime", () -> project(store));
        }
    }

    private boolean isTruncated() {
        return events.first() > 0;
    }

    private FlipAnswers answers() {
        return events.upTo(head);
    }

    private void log(EventStore store) {
        List<String> found = new ArrayList<>();
        store.read(
                EventQuery.all().from(store.retention().firstPosition()),
                event -> {
                    same((long) found.size() + events.first(), event.position(), "position");
                    return found.add(FlipEvents.line(event));
                });
        same(events.first(), store.retention().firstPosition(), "first position");
        same(events.events().subList((int) events.first(), (int) head + 1), found, "log");
    }

    private void streams(EventStore store) throws Exception {
        Map<StreamId, List<String>> streams = answers().streams;
        for (Map.Entry<StreamId, List<String>> one : streams.entrySet()) {
            StreamId stream = one.getKey();
            List<String> lines = one.getValue();
            same(OptionalLong.of(lines.size() - 1), store.version(stream), stream + " version");
            List<String> found = new ArrayList<>();
            try {
                store.read(EventQuery.stream(stream), event -> found.add(FlipEvents.line(event)));
            } catch (EventsTruncatedException e) {
                same(true, isTruncated(), e.toString());
                continue;
            }
            int gone = isTruncated() ? lines.size() - found.size() : 0;
            same(lines.subList(gone, lines.size()), found, stream + " events");
        }
        same((long) streams.size(), store.streams().all().count(), "streams");
    }

    private void keys(EventStore store) {
        long marks = -1;
        Map<StreamId, List<String>> streams = answers().streams;
        for (int i = 0; streams.containsKey(FlipEvents.noted(i)); i++) {
            marks = i % 4 == 3 ? i / 4 + 1 : marks;
            if (isTruncated()) {
                continue; // keys went with their events
            }
            same(true, store.append(FlipEvents.note(i)).repeated(), "note " + i);
        }
        same(
                marks,
                store.producerMark(FlipStack.PRODUCER).map(RecordedMark::position).orElse(-1L),
                "mark");
    }

    private void folds(EventStore store) throws Exception {
        Map<Integer, Stack.Digest> wanted = answers().folds;
        try (SnapshotStore snapshots = SnapshotStore.openIn(store)) {
            StreamSnapshots<Stack.Digest, Posting> folds = FlipStack.folds(snapshots, store);
            for (int author : wanted.keySet()) {
                String key = Posting.stream(author).key();
                int one = author;
                ask(
                        "fold",
                        () -> {
                            Loaded<Stack.Digest> loaded = folds.load(key);
                            same(wanted.get(one), loaded.state(), "fold " + key);
                            loaded.rejections().forEach(no -> reported.add(no.toString()));
                        });
            }
        }
    }

    private void project(EventStore store) throws Exception {
        try (ProjectionRuntime runtime = FlipStack.runtime(store, data)) {
            runtime.start();
            for (String name : FlipStack.PROJECTIONS) {
                if (ask(name, () -> await(runtime, name)) && name.equals(FlipStack.ALERTS)) {
                    ask("alerts", () -> alerts(store));
                }
            }
            ask("balances", () -> balances(runtime));
            ask("letters", () -> letters(runtime));
            ask("windows", () -> windows(runtime));
            ask("digest", () -> digest(runtime));
            ask("snapshots", () -> runtime.snapshots(FlipStack.DIGEST));
            for (String name : FlipStack.PROJECTIONS) {
                runtime.status(name).recovery().ifPresent(one -> reported.add(one.toString()));
            }
        }
    }

    /** Thrice, as all may have been stopped for a while. */
    private void await(ProjectionRuntime runtime, String name) throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            if (runtime.awaitPosition(name, head, Stack.LONG)) {
                return;
            }
        }
        throw new FlipHang(name + " " + runtime.status(name));
    }

    /** Somebody has waited in vain. */
    static final class FlipHang extends RuntimeException {
        private static final long serialVersionUID = 1L;

        FlipHang(String what) {
            super(what);
        }
    }

    private ReadView view(ProjectionRuntime runtime, String name) throws InterruptedException {
        return runtime.readView(name, PositionBound.at(head), Stack.LONG);
    }

    private void balances(ProjectionRuntime runtime) throws InterruptedException {
        Map<Integer, Stack.Balance> wanted = answers().balances;
        try (ReadView view = view(runtime, FlipStack.BALANCES)) {
            Map<Integer, Stack.Balance> found = new TreeMap<>();
            view.store(FlipStack.BY_ACCOUNT).forEach(found::put);
            same(wanted, found, "balances");
            same((long) wanted.size(), view.store(FlipStack.BY_ACCOUNT).count(), "count");
            Map<Integer, Stack.Balance> indexed = new TreeMap<>();
            view.store(FlipStack.BY_ACCOUNT)
                    .index(FlipStack.BY_COUNT)
                    .scan(
                            RangeQuery.all(),
                            (count, key, balance) -> {
                                same(balance.count(), (long) count, "index key of " + key);
                                same(true, indexed.put(key, balance) == null, "once: " + key);
                                return true;
                            });
            same(wanted, indexed, "index");
            wanted.forEach(
                    (key, value) ->
                            same(
                                    value,
                                    view.store(FlipStack.BY_ACCOUNT).get(key).orElseThrow(),
                                    "get"));
            Map<Integer, Stack.Digest> digests = new TreeMap<>();
            view.store(FlipStack.BY_AUTHOR).forEach(digests::put);
            same(answers().authors, digests, "authors");
        }
    }

    private void letters(ProjectionRuntime runtime) {
        TreeSet<Long> found = new TreeSet<>();
        runtime.deadLetters(FlipStack.BALANCES)
                .list()
                .forEach(letter -> found.add(letter.position()));
        same(answers().letters, found, "letters");
        same(
                found.isEmpty() ? List.of() : List.of(Posting.stream(FlipStack.DEAD_AUTHOR)),
                runtime.deadLetters(FlipStack.BALANCES).streams(),
                "held");
    }

    private void windows(ProjectionRuntime runtime) throws InterruptedException {
        Map<String, Long> found = new TreeMap<>();
        try (ReadView view = view(runtime, FlipStack.WINDOWS)) {
            view.store(FlipStack.BY_WINDOW)
                    .forEach(
                            (key, count) ->
                                    found.put(key.key() + "@" + key.window().startMillis(), count));
        }
        same(answers().windows, found, "windows");
    }

    private void digest(ProjectionRuntime runtime) throws InterruptedException {
        try (ReadView view = view(runtime, FlipStack.DIGEST)) {
            same(
                    answers().digest,
                    view.store(FlipStack.ALL).get("all").orElse(Stack.Digest.NOTHING),
                    "digest");
        }
    }

    /** Each alert once, whatever the projection that sends them has lost. */
    private void alerts(EventStore store) throws InterruptedException {
        List<String> sent = new ArrayList<>();
        for (String line : events.events().subList(0, (int) head + 1)) {
            note(line, sent);
        }
        boolean complete = sent.size() == answers().alarming;
        long next = head + 1;
        while (sent.size() < answers().alarming || next <= store.head()) {
            if (!store.awaitPosition(next, Stack.LONG)) {
                throw new FlipHang("alerts " + sent.size() + " of " + answers().alarming);
            }
            store.read(EventQuery.all().from(next), event -> note(FlipEvents.line(event), sent));
            next = store.head() + 1;
        }
        same((long) sent.size(), sent.stream().distinct().count(), "twice");
        same(answers().alarming, (long) sent.size(), "alerts");
        if (complete) {
            same(head, store.head(), "appended");
        }
    }

    private static boolean note(String line, List<String> alerts) {
        return !FlipMaker.isAlert(line) || alerts.add(line.split(" ", 3)[2]);
    }

    private void backup() throws Exception {
        List<Backup> complete = Backups.list(Stack.backups(data)).complete();
        Path target = data.resolve("restored");
        if (complete.isEmpty()) {
            refused.add("backup: not complete");
            return;
        }
        Backups.restore(complete.get(0).path(), target, ProgressListener.none());
        try (EventStore store = EventStore.open(target)) {
            List<String> found = FlipEvents.of(store).events();
            same(events.events().subList(0, found.size()), found, "restored");
            same(true, found.size() > events.durable() / 2, "restored all");
        }
    }
}
