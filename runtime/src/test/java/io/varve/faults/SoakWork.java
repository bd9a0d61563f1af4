package io.varve.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.query.RangeQuery;
import io.varve.runtime.DeadLetter;
import io.varve.runtime.DeadLetters;
import io.varve.runtime.NothingToSnapshotException;
import io.varve.runtime.PartitionsApartException;
import io.varve.runtime.PositionUnavailableException;
import io.varve.runtime.ProjectionRuntime;
import io.varve.runtime.ProjectionSnapshot;
import io.varve.runtime.ReadView;
import io.varve.runtime.Rebuild;
import io.varve.runtime.RebuildStart;
import io.varve.runtime.RowChange;
import io.varve.runtime.TimeTravel;
import io.varve.runtime.Watch;
import io.varve.runtime.WatchListener;
import io.varve.runtime.WhatIf;
import io.varve.store.EventStore;
import io.varve.store.ProgressListener;
import io.varve.store.StreamId;
import io.varve.store.errors.EventsTruncatedException;
import io.varve.store.snapshot.StreamSnapshots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SplittableRandom;

/** What an operator does to a store and its projections, one thing after the other, at random. */
final class SoakWork {
    private static final int BACKUPS = 2;

    private final EventStore store;
    private final ProjectionRuntime runtime;
    private final StreamSnapshots<Stack.Digest, Posting> states;
    private final Path data;
    private final Path witness;
    private final long seed;
    private final SoakLeak leak;
    private final SplittableRandom random;
    private final Deque<Path> backups = new ArrayDeque<>();
    private Watch watch;
    private int done;

    SoakWork(
            EventStore store,
            ProjectionRuntime runtime,
            StreamSnapshots<Stack.Digest, Posting> states,
            Path data,
            Path witness,
            long seed,
            SoakLeak leak)
            throws IOException {
        this.store = store;
        this.runtime = runtime;
        this.states = states;
        this.data = data;
        this.witness = witness;
        this.seed = seed;
        this.leak = leak;
        this.random = new SplittableRandom(seed);
        Path before = witness.resolve(SoakChild.WORK);
        this.done = Files.exists(before) ? Files.readAllLines(before).size() : 0;
    }

    /** What was begun by who was killed. */
    void begin() {
        runtime.cancelRebuild(Stack.DIGEST);
        runtime.cancelRebuild(Stack.BALANCES);
        discard(Stack.DIGEST);
        discard(Stack.BALANCES);
        truncate();
    }

    /** One thing; each comes as often as the others. */
    String next() throws Exception {
        String name = random.nextBoolean() ? Stack.DIGEST : Stack.BALANCES;
        String[] all = {"rebuild", "cancel", "pause", "snapshot", "backup", "asOf", "whatIf"};
        String[] more = {"explain", "verify", "states", "watch", "truncate", "letters"};
        int which = done++ % (all.length + more.length);
        String what = which < all.length ? all[which] : more[which - all.length];
        switch (what) {
            case "rebuild" -> rebuild(name);
            case "cancel" -> cancel(name);
            case "pause" -> pause(name);
            case "snapshot" -> snapshot(name);
            case "backup" -> backUp();
            case "asOf" -> asOf();
            case "whatIf" -> whatIf();
            case "explain" -> explain();
            case "verify" -> assertTrue(travel().verify().isSound());
            case "states" -> states();
            case "watch" -> watch();
            case "truncate" -> truncate();
            default -> letters();
        }
        return what;
    }

    /** Letters wait for nobody: each wrong posting holds its author's others back. */
    void letters() throws InterruptedException {
        DeadLetters letters = runtime.deadLetters(Stack.BALANCES);
        for (StreamId stream : letters.streams()) {
            DeadLetter first = letters.list(stream).stream().filter(this::isDead).findFirst().get();
            try {
                if (letters.retry(stream, Stack.LONG).remaining() == 0) {
                    continue;
                }
            } catch (EventsTruncatedException e) {
                // It was too old; the others behind it may be as well.
            }
            letters.discard(first.position(), Stack.LONG);
        }
    }

    private boolean isDead(DeadLetter letter) {
        return letter.kind() != DeadLetter.Kind.SKIPPED;
    }

    private boolean snapshot(String name) {
        try {
            runtime.snapshot(name);
            return true;
        } catch (NothingToSnapshotException e) {
            return false; // as it says: nothing has been applied yet
        } catch (PartitionsApartException e) {
            return false; // one is catching up
        }
    }

    private void rebuild(String name) throws InterruptedException {
        if (!snapshot(name)) {
            return;
        }
        Rebuild rebuild = runtime.rebuild(name, RebuildStart.newestSnapshot());
        assertTrue(rebuild.await(Stack.LONG));
        rebuild.promote();
        if (random.nextBoolean()) {
            runtime.rollback(name);
            runtime.resume(name); // it may have been paused when it was live last
        }
        discard(name);
    }

    private void discard(String name) {
        if (runtime.status(name).generations().previous().isPresent()) {
            runtime.discard(name);
        }
    }

    private void cancel(String name) {
        if (snapshot(name)) {
            runtime.rebuild(name, RebuildStart.newestSnapshot()).cancel();
        }
    }

    private void pause(String name) {
        runtime.pause(name);
        runtime.resume(name);
    }

    private void backUp() throws IOException {
        String name = "backup-" + seed + "-" + done;
        Path backup = Stack.backups(data).resolve(name);
        store.backup(backup, ProgressListener.none());
        Files.createFile(witness.resolve(name));
        backups.add(backup);
        if (backups.size() > BACKUPS) {
            Path oldest = backups.remove();
            Files.delete(witness.resolve(oldest.getFileName()));
            StackFolder.delete(oldest);
        }
    }

    private TimeTravel travel() {
        return runtime.timeTravel(Stack.DIGEST);
    }

    /** Where the newest snapshot is, which can be had whatever was removed from the log. */
    private OptionalLong newest(String name) {
        List<ProjectionSnapshot> known = runtime.snapshots(name);
        return known.isEmpty() ? OptionalLong.empty() : OptionalLong.of(known.get(0).position());
    }

    private void asOf() throws InterruptedException {
        OptionalLong newest = newest(Stack.DIGEST);
        if (newest.isPresent()) {
            try (ReadView then = travel().asOf(newest.getAsLong() + random.nextInt(1_000))) {
                assertTrue(then.store(Stack.ALL).get("all").isPresent());
            } catch (PositionUnavailableException e) {
                assertTrue(store.head() < newest.getAsLong() + 1_000, e.toString());
            }
        }
    }

    private void explain() throws InterruptedException {
        OptionalLong newest = newest(Stack.DIGEST);
        if (newest.isPresent()) {
            travel().explain(Stack.ALL, "all").since(newest.getAsLong() + 1).newest(20).list();
        }
    }

    private void whatIf() {
        try (WhatIf what = travel().whatIf()) {
            what.append(Posting.CATEGORY, "author-0", Posting.of(0, 1));
            try (ReadView view = what.view()) {
                assertTrue(view.store(Stack.ALL).get("all").isPresent());
            }
        }
    }

    private void states() {
        for (int i = 0; i < 20; i++) {
            int author = random.nextInt(SoakLoad.AUTHORS);
            long before = store.version(Posting.stream(author)).orElse(-1);
            long count = states.load("author-" + author).state().count();
            assertTrue(count > before, count + " of " + before);
        }
    }

    private void watch() {
        if (watch != null) {
            watch.close();
        }
        watch =
                runtime.watch(
                        Stack.BALANCES,
                        Stack.BY_ACCOUNT,
                        RangeQuery.all(),
                        new WatchListener<Integer, Stack.Balance>() {
                            @Override
                            public void onRows(
                                    long position, List<Map.Entry<Integer, Stack.Balance>> rows) {}

                            @Override
                            public void onChanges(
                                    long position,
                                    List<RowChange<Integer, Stack.Balance>> changes) {}
                        });
    }

    /** What snapshots stand for is removed, but for what somebody holds. */
    private void truncate() {
        OptionalLong digest = newest(Stack.DIGEST);
        OptionalLong balances = newest(Stack.BALANCES);
        if (leak != SoakLeak.LOG && digest.isPresent() && balances.isPresent()) {
            long first = Math.min(digest.getAsLong(), balances.getAsLong());
            states.saveBefore(first);
            store.retention().truncateBefore(first);
        }
    }
}
