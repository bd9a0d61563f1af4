package io.varve.store.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.Backups;
import io.varve.store.Category;
import io.varve.store.EventStore;
import io.varve.store.ExpectedVersion;
import io.varve.store.ProgressListener;
import io.varve.store.bytes.BytesView;
import io.varve.store.errors.EventsTruncatedException;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.StoreLockedException;
import io.varve.store.errors.StreamTombstonedException;
import io.varve.store.errors.WrongExpectedVersionException;
import io.varve.store.snapshot.Rejection.Reason;
import io.varve.store.state.StateConfig;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateTransaction;
import io.varve.store.state.Table;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(40)
class StreamSnapshotsTest {
    private static final String KEY = "a";

    @TempDir Path folder;
    private EventStore store;
    private SnapshotStore snapshots;
    private Category<Ledger.Entry> category;

    @BeforeEach
    void open() {
        store = EventStore.open(folder.resolve("store"));
        snapshots = SnapshotStore.openIn(store);
        category = Ledger.entries(store);
    }

    @AfterEach
    void close() {
        snapshots.close();
        store.close();
    }

    /** Closes both, does something to the files, and opens them again. */
    private void reopen(Runnable between) {
        close();
        between.run();
        open();
    }

    private StreamSnapshotsBuilder<Ledger.Digest, Ledger.Entry> plan() {
        return Ledger.plan(snapshots, "digests", category);
    }

    private StreamSnapshots<Ledger.Digest, Ledger.Entry> every(long events) {
        return plan().policy(SnapshotPolicy.everyEvents(events)).build();
    }

    private void assertRight(Loaded<Ledger.Digest> loaded) {
        String key = loaded.stream().key();
        assertEquals(Ledger.expected(category, key), loaded.state());
        assertEquals(category.version(key), loaded.version());
    }

    private static List<Reason> reasons(Loaded<?> loaded) {
        return loaded.rejections().stream().map(Rejection::reason).toList();
    }

    @Test
    void shouldLoadTheInitialStateOfAStreamThatDoesNotExist() {
        StreamSnapshots<Ledger.Digest, Ledger.Entry> digests = every(1);
        Loaded<Ledger.Digest> loaded = digests.load(KEY);
        assertEquals(Ledger.Digest.NONE, loaded.state());
        assertEquals(OptionalLong.empty(), loaded.version());
        assertEquals(new SaveOutcome.NotDue(), digests.save(loaded));
        category.append(KEY, loaded.expected(), new Ledger.Entry(1));
        assertThrows(
                WrongExpectedVersionException.class,
                () -> category.append(KEY, loaded.expected(), new Ledger.Entry(1)));
    }

    @Test
    void shouldFoldOnlyWhatLiesBehindTheSnapshot() {
        StreamSnapshots<Ledger.Digest, Ledger.Entry> digests = every(3);
        Ledger.append(category, KEY, 1);
        assertEquals(new SaveOutcome.NotDue(), digests.load(KEY).outcome());
        Ledger.append(category, KEY, 2);
        assertEquals(new SaveOutcome.Saved(2, 0), digests.load(KEY).outcome());
        Loaded<Ledger.Digest> again = digests.load(KEY);
        assertEquals(0, again.folded());
        assertEquals(OptionalLong.of(2), again.snapshotVersion());
        assertEquals(new SaveOutcome.NotDue(), again.outcome());
        Ledger.append(category, KEY, 3);
        Loaded<Ledger.Digest> due = digests.load(KEY);
        assertEquals(3, due.folded());
        assertEquals(new SaveOutcome.Saved(5, 0), due.outcome());
        assertRight(due);
        assertEquals(new SnapshotCounts(4, 7, 2, 0, 0), digests.counts());
    }

    @Test
    void shouldTakeASnapshotOfEachEventIfToldSo() {
        StreamSnapshots<Ledger.Digest, Ledger.Entry> digests = every(1);
        Ledger.append(category, KEY, 1);
        assertEquals(new SaveOutcome.Saved(0, 0), digests.load(KEY).outcome());
    }

    @Test
    void shouldKeepTheLastOnesAndLoadAnOlderState() {
        StreamSnapshots<Ledger.Digest, Ledger.Entry> digests =
                plan().policy(SnapshotPolicy.everyEvents(1)).keepLast(2).build();
        List<SaveOutcome> outcomes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Ledger.append(category, KEY, 1);
            outcomes.add(digests.load(KEY).outcome());
        }
        assertEquals(
                List.of(
                        new SaveOutcome.Saved(0, 0),
                        new SaveOutcome.Saved(1, 0),
                        new SaveOutcome.Saved(2, 1),
                        new SaveOutcome.Saved(3, 1)),
                outcomes);
        assertEquals(OptionalLong.of(3), digests.load(KEY).snapshotVersion());
        Loaded<Ledger.Digest> then = digests.loadAt(KEY, 2);
        assertEquals(OptionalLong.of(2), then.snapshotVersion());
        assertEquals(3, then.state().count());
        Loaded<Ledger.Digest> earlier = digests.loadAt(KEY, 1);
        assertEquals(OptionalLong.empty(), earlier.snapshotVersion());
        assertEquals(2, earlier.state().count());
        assertRight(digests.loadAt(KEY, 99));
    }

    @Test
    void shouldLoadAnOlderStateFromTheSnapshotBeforeIt() {
        StreamSnapshots<Ledger.Digest, Ledger.Entry> digests =
                plan().policy(SnapshotPolicy.never()).build();
        for (int count : List.of(11, 10, 10)) {
            digests.save(digests.load(KEY));
            Ledger.append(category, KEY, count);
        }
        assertEquals(OptionalLong.of(20), digests.load(KEY).snapshotVersion());
        List<Ledger.Entry> events = category.read(KEY);
        for (int version = 0; version < 35; version++) {
            int last = Math.min(version, 30);
            int snapshot = last >= 20 ? 20 : last >= 10 ? 10 : -1;
            Loaded<Ledger.Digest> loaded = digests.loadAt(KEY, version);
            assertEquals(snapshot, loaded.snapshotVersion().orElse(-1), "version=" + version);
            assertEquals(last - snapshot, loaded.folded(), "version=" + version);
            assertEquals(last, loaded.version().orElse(-1), "version=" + version);
            Ledger.Digest expected = Ledger.Digest.NONE;
            for (Ledger.Entry entry : events.subList(0, last + 1)) {
                expected = expected.add(entry);
            }
            assertEquals(expected, loaded.state(), "version=" + version);
        }
    }

    @Test
    void shouldNeverGoBackToAnOlderSnapshot() {
        StreamSnapshots<Ledger.Digest, Ledger.Entry> digests =
                plan().policy(SnapshotPolicy.never()).build();
        Ledger.append(category, KEY, 16);
        Loaded<Ledger.Digest> old = digests.load(KEY);
        Ledger.append(category, KEY, 5);
        assertEquals(new SaveOutcome.Saved(20, 0), digests.save(digests.load(KEY)));
        assertEquals(new SaveOutcome.Present(20), digests.save(old));
        assertEquals(OptionalLong.of(20), digests.load(KEY).snapshotVersion());
        assertEquals(new SaveOutcome.Present(20), digests.save(digests.load(KEY)));
    }

    @Test
    void shouldKeepStreamsAndFoldsApart() {
        StreamSnapshots<Ledger.Digest, Ledger.Entry> digests = every(1);
        StreamSnapshots<Ledger.Digest, Ledger.Entry> others =
                Ledger.plan(snapshots, "digest", category).build();
        for (String key : List.of("s", "sa", "s\0\0\0\0\0\0\0\0", "sz")) {
            Ledger.append(category, key, 3);
            digests.load(key);
        }
        assertEquals(OptionalLong.empty(), others.load("s").snapshotVersion());
        assertEquals(OptionalLong.empty(), digests.load("ss").snapshotVersion());
        digests.delete("s");
        assertEquals(OptionalLong.empty(), digests.loadAt("s", 2).snapshotVersion());
        for (String key : List.of("sa", "s\0\0\0\0\0\0\0\0", "sz")) {
            assertEquals(OptionalLong.of(2), digests.load(key).snapshotVersion());
            assertRight(digests.load(key));
        }
    }

    @Test
    void shouldTakeTheLongestNames() {
        StreamSnapshots<Ledger.Digest, Ledger.Entry> digests =
                Ledger.plan(snapshots, "n".repeat(100), category)
                        .policy(SnapshotPolicy.everyEvents(1))
                        .build();
        String key = "k".repeat(400);
        Ledger.append(category, key, 2);
        digests.load(key);
        assertEquals(0, digests.load(key).folded());
    }

    @Test
    void shouldLiveInTheFolderOfTheStoreAndOpenOnce() {
        assertTrue(Files.exists(folder.resolve("store/snapshots/data.mdb")));
        StoreLockedException e =
                assertThrows(StoreLockedException.class, () -> SnapshotStore.openIn(store));
        assertEquals(ProcessHandle.current().pid(), e.pid());
        every(1);
        assertThrows(IllegalStateException.class, () -> every(2));
    }

    @Test
    void shouldRefuseBadPlans() {
        assertThrows(IllegalArgumentException.class, () -> SnapshotPolicy.everyEvents(0));
        assertThrows(IllegalArgumentException.class, () -> plan().keepLast(0));
        assertThrows(
                IllegalArgumentException.class,
                () -> snapshots.streams("x", category, Ledger.STATES).build());
        for (String name : List.of("", "\ud800")) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> Ledger.plan(snapshots, name, category).build());
        }
        assertThrows(
                RuntimeException.class,
                () -> Ledger.plan(snapshots, "n".repeat(101), category).build());
        assertThrows(IllegalArgumentException.class, () -> every(1).loadAt(KEY, -1));
    }

    @Test
    void shouldSurviveAReopening() {
        Ledger.append(category, KEY, 5);
        every(1).load(KEY);
        reopen(() -> {});
        assertEquals(0, every(1).load(KEY).folded());
    }

    @Test
    void shouldPassOverSnapshotsOfAnotherSchema() {
        Ledger.append(category, KEY, 5);
        every(1).load(KEY);
        reopen(() -> {});
        Loaded<Ledger.Digest> loaded =
                plan().schemaVersion(2).policy(SnapshotPolicy.everyEvents(1)).build().load(KEY);
        assertEquals(List.of(Reason.OTHER_SCHEMA), reasons(loaded));
        assertEquals(5, loaded.folded());
        assertEquals(new SaveOutcome.Saved(4, 1), loaded.outcome());
        assertRight(loaded);
    }

    @Test
    void shouldPassOverSnapshotsOfAnotherCategory() {
        Ledger.append(category, KEY, 5);
        every(1).load(KEY);
        reopen(() -> {});
        Category<Ledger.Entry> other = store.category("others", Ledger.EVENTS);
        other.append(KEY, new Ledger.Entry(9));
        Loaded<Ledger.Digest> loaded = Ledger.plan(snapshots, "digests", other).build().load(KEY);
        assertEquals(List.of(Reason.OTHER_CATEGORY), reasons(loaded));
        assertEquals(1, loaded.state().count());
    }

    @Test
    void shouldPassOverStatesThatCannotBeReadAnyMore() {
        Ledger.append(category, KEY, 5);
        every(1).load(KEY);
        reopen(() -> {});
        StreamSnapshots<Ledger.Digest, Ledger.Entry> digests =
                snapshots
                        .streams("digests", category, Ledger.WRITE_ONLY)
                        .fold(() -> Ledger.Digest.NONE, Ledger.Digest::add)
                        .build();
        assertEquals(List.of(Reason.UNREADABLE_STATE), reasons(digests.load(KEY)));
        assertRight(digests.load(KEY));
        assertEquals(2, digests.counts().rejections());
    }

    @Test
    void shouldPassOverSnapshotsOfAnotherStore() {
        Ledger.append(category, KEY, 5);
        every(1).load(KEY);
        reopen(
                () -> {
                    Ledger.deleteAll(folder.resolve("store/log"));
                    Ledger.deleteAll(folder.resolve("store/index"));
                });
        Ledger.append(category, KEY, 6);
        Loaded<Ledger.Digest> loaded = every(1).load(KEY);
        assertEquals(List.of(Reason.OTHER_STORE), reasons(loaded));
        assertRight(loaded);
    }

    @Test
    void shouldPassOverSnapshotsOfALogThatWasTakenBack() {
        Ledger.append(category, KEY, 2);
        reopen(() -> Ledger.copy(folder.resolve("store"), folder.resolve("copy")));
        Ledger.append(category, KEY, 4);
        StreamSnapshots<Ledger.Digest, Ledger.Entry> digests = every(1);
        digests.load(KEY);
        reopen(this::takeBack);
        Loaded<Ledger.Digest> ahead = every(100).load(KEY);
        assertEquals(List.of(Reason.AHEAD_OF_LOG), reasons(ahead));
        assertRight(ahead);
        for (int i = 0; i < 9; i++) {
            category.append(KEY, new Ledger.Entry(-i));
        }
        reopen(() -> {});
        Loaded<Ledger.Digest> regrown = every(1).load(KEY);
        assertEquals(List.of(Reason.OTHER_HISTORY), reasons(regrown));
        assertRight(regrown);
        assertEquals(new SaveOutcome.Saved(10, 1), regrown.outcome());
    }

    private void takeBack() {
        Ledger.deleteAll(folder.resolve("store/log"));
        Ledger.deleteAll(folder.resolve("store/index"));
        Ledger.copy(folder.resolve("copy"), folder.resolve("store"));
    }

    /** What a snapshot that does not fit must not do: keep those that do from being saved. */
    @Test
    void shouldSaveBelowTheVersionOfASnapshotThatDoesNotFit() {
        Ledger.append(category, KEY, 2);
        reopen(() -> Ledger.copy(folder.resolve("store"), folder.resolve("copy")));
        Ledger.append(category, KEY, 40);
        every(1).load(KEY);
        reopen(this::takeBack);
        StreamSnapshots<Ledger.Digest, Ledger.Entry> digests = every(1);
        assertEquals(new SaveOutcome.Saved(1, 1), digests.load(KEY).outcome());
        assertEquals(List.of(), digests.load(KEY).rejections());
        assertEquals(0, digests.load(KEY).folded());
    }

    private void damage(String table, byte[] key, byte[] value) {
        StateConfig config =
                StateConfig.at(folder.resolve("store/snapshots"))
                        .withTables(SnapshotStore.LISTS, SnapshotStore.ROWS);
        try (StateEnvironment state = StateEnvironment.open(config);
                StateTransaction transaction = state.begin()) {
            Table rows = transaction.table(table);
            if (value.length == 0) {
                assertTrue(rows.delete(BytesView.of(key)));
            } else {
                rows.put(BytesView.of(key), BytesView.of(value));
            }
            transaction.commit();
        }
    }

    private static byte[] row(long version) {
        return new SnapshotKeys("digests").snapshot(KEY, version).toByteArray();
    }

    @Test
    void shouldFallBackToAnOlderSnapshotWhereTheNewestIsDamaged() {
        StreamSnapshots<Ledger.Digest, Ledger.Entry> digests = every(1);
        for (int i = 0; i < 5; i++) {
            Ledger.append(category, KEY, 1);
            digests.load(KEY);
        }
        List<byte[]> bad = List.of(new byte[0], new byte[] {9}, new byte[60], new byte[3]);
        for (byte[] value : bad) {
            reopen(() -> damage(SnapshotStore.ROWS, row(4), value));
            StreamSnapshots<Ledger.Digest, Ledger.Entry> now = every(1);
            Loaded<Ledger.Digest> loaded = now.load(KEY);
            assertEquals(List.of(Reason.DAMAGED), reasons(loaded));
            assertEquals(OptionalLong.of(3), loaded.snapshotVersion());
            assertRight(loaded);
            assertEquals(new SaveOutcome.Saved(4, 1), loaded.outcome());
        }
    }

    @Test
    void shouldPassOverWhatANewerVersionWrote() {
        StreamSnapshots<Ledger.Digest, Ledger.Entry> digests = every(1);
        for (int i = 0; i < 2; i++) {
            Ledger.append(category, KEY, 1);
            digests.load(KEY);
        }
        byte[] newer = new byte[60];
        newer[0] = 2;
        reopen(() -> damage(SnapshotStore.ROWS, row(1), newer));
        Loaded<Ledger.Digest> loaded = plan().policy(SnapshotPolicy.never()).build().load(KEY);
        assertEquals(List.of(Reason.NEWER_FORMAT), reasons(loaded));
        assertEquals(OptionalLong.of(0), loaded.snapshotVersion());
        assertRight(loaded);
        byte[] list = new SnapshotKeys("digests").list(KEY).toByteArray();
        reopen(() -> damage(SnapshotStore.LISTS, list, new byte[] {2, 0, 1}));
        loaded = plan().policy(SnapshotPolicy.never()).build().load(KEY);
        assertEquals(-1, loaded.rejections().get(0).version());
        assertEquals(List.of(Reason.NEWER_FORMAT), reasons(loaded));
        assertRight(loaded);
    }

    @Test
    void shouldFoldFromTheStartWhereTheListIsDamaged() {
        Ledger.append(category, KEY, 5);
        every(1).load(KEY);
        byte[] list = new SnapshotKeys("digests").list(KEY).toByteArray();
        reopen(() -> damage(SnapshotStore.LISTS, list, new byte[] {1, 0, 9, 0}));
        Loaded<Ledger.Digest> loaded = every(1).load(KEY);
        assertEquals(-1, loaded.rejections().get(0).version());
        assertEquals(List.of(Reason.DAMAGED), reasons(loaded));
        assertEquals(5, loaded.folded());
        assertRight(loaded);
        assertEquals(new SaveOutcome.Saved(4, 1), loaded.outcome());
    }

    @Test
    void shouldNoticeEveryFlippedByteOfASnapshot() throws Exception {
        Ledger.append(category, KEY, 5);
        every(1).load(KEY);
        close();
        Path file = folder.resolve("store/snapshots/data.mdb");
        byte[] whole = Files.readAllBytes(file);
        String text = new String(whole, StandardCharsets.ISO_8859_1);
        int at = text.lastIndexOf("ledgers");
        assertTrue(at > 60);
        for (int i = at - 60; i < at + 24; i++) {
            byte[] flipped = whole.clone();
            flipped[i] ^= 0x10;
            Files.write(file, flipped);
            open();
            Loaded<Ledger.Digest> loaded = plan().policy(SnapshotPolicy.never()).build().load(KEY);
            assertEquals(List.of(Reason.DAMAGED), reasons(loaded), "offset=" + (i - at));
            assertRight(loaded);
            close();
        }
        Files.write(file, whole);
        open();
    }

    @Test
    void shouldReportAStateWithoutBytesAndLoadAllTheSame() {
        StreamSnapshots<Ledger.Digest, Ledger.Entry> digests =
                snapshots
                        .streams("digests", category, Ledger.READ_ONLY)
                        .fold(() -> Ledger.Digest.NONE, Ledger.Digest::add)
                        .policy(SnapshotPolicy.everyEvents(1))
                        .build();
        Ledger.append(category, KEY, 3);
        Loaded<Ledger.Digest> loaded = digests.load(KEY);
        assertInstanceOf(SaveOutcome.Failed.class, loaded.outcome());
        assertRight(loaded);
        assertEquals(1, digests.counts().failedSaves());
    }

    @Test
    void shouldRefuseAFoldThatReturnsNull() {
        StreamSnapshots<Ledger.Digest, Ledger.Entry> digests =
                snapshots
                        .streams("digests", category, Ledger.STATES)
                        .fold(() -> Ledger.Digest.NONE, (state, event) -> null)
                        .build();
        Ledger.append(category, KEY, 1);
        assertThrows(IllegalStateException.class, () -> digests.load(KEY));
    }

    @Test
    void shouldUpdateUnderContentionWithoutLosingAny() throws Exception {
        StreamSnapshots<Ledger.Digest, Ledger.Entry> digests = every(3);
        int threads = 3;
        int each = 40;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        List<Future<?>> done = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            done.add(
                    pool.submit(
                            () -> {
                                for (int i = 0; i < each; i++) {
                                    increment(digests);
                                }
                            }));
        }
        for (Future<?> one : done) {
            one.get();
        }
        pool.shutdown();
        Loaded<Ledger.Digest> end = digests.load(KEY);
        assertEquals(threads * each, end.state().count());
        assertRight(end);
        // Each event was decided on the state before it: no update was lost.
        List<Ledger.Entry> events = category.read(KEY);
        for (int i = 0; i < events.size(); i++) {
            assertEquals(i, events.get(i).amount());
        }
    }

    private static void increment(StreamSnapshots<Ledger.Digest, Ledger.Entry> digests) {
        while (true) {
            try {
                digests.update(KEY, state -> List.of(new Ledger.Entry(state.count())));
                return;
            } catch (WrongExpectedVersionException e) {
                // Ten times in a row: others were faster.
            }
        }
    }

    @Test
    void shouldLeaveAStreamAsItIsIfNothingWasDecided() {
        StreamSnapshots<Ledger.Digest, Ledger.Entry> digests = every(3);
        Ledger.append(category, KEY, 2);
        assertRight(digests.update(KEY, state -> List.of()));
        Loaded<Ledger.Digest> after =
                digests.update(KEY, state -> List.of(new Ledger.Entry(5), new Ledger.Entry(6)));
        assertEquals(new SaveOutcome.Saved(3, 0), after.outcome());
        assertRight(after);
    }

    @Test
    void shouldGiveUpAnUpdateThatIsAlwaysLate() {
        StreamSnapshots<Ledger.Digest, Ledger.Entry> digests = every(3);
        int[] calls = {0};
        WrongExpectedVersionException late =
                assertThrows(
                        WrongExpectedVersionException.class,
                        () ->
                                digests.update(
                                        KEY,
                                        state -> {
                                            calls[0]++;
                                            category.append(KEY, new Ledger.Entry(0));
                                            return List.of(new Ledger.Entry(1));
                                        }));
        assertEquals(50, calls[0]);
        assertTrue(late.getMessage().contains("attempts=50"), late.getMessage());
    }

    @Test
    void shouldLetManyUpdateOneStream() throws Exception {
        StreamSnapshots<Ledger.Digest, Ledger.Entry> digests = every(7);
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int thread = 0; thread < 8; thread++) {
            all.add(
                    CompletableFuture.runAsync(
                            () -> {
                                for (int i = 0; i < 10; i++) {
                                    digests.update(KEY, state -> List.of(new Ledger.Entry(1)));
                                }
                            },
                            body -> new Thread(body).start()));
        }
        for (CompletableFuture<Void> one : all) {
            one.get(60, TimeUnit.SECONDS);
        }
        assertEquals(OptionalLong.of(79), category.version(KEY));
        assertRight(digests.load(KEY));
    }

    @Test
    void shouldLoadAndKeepTheStateOfAStreamThatHasEnded() {
        StreamSnapshots<Ledger.Digest, Ledger.Entry> digests =
                plan().policy(SnapshotPolicy.everyEvents(2)).keepLast(1).build();
        Ledger.append(category, KEY, 5);
        store.tombstone(category.id(KEY), ExpectedVersion.any());
        Loaded<Ledger.Digest> ended = digests.load(KEY);
        assertRight(ended);
        assertEquals(OptionalLong.of(5), ended.version());
        assertEquals(OptionalLong.of(5), digests.load(KEY).snapshotVersion());
        assertThrows(
                StreamTombstonedException.class,
                () -> digests.update(KEY, state -> List.of(new Ledger.Entry(1))));
        Ledger.append(category, "other", 1);
        digests.save(digests.load("other"));
        assertEquals(7, digests.hold());
        store.retention().truncateBefore(7);
        assertEquals(ended.state(), digests.load(KEY).state());
    }

    @Test
    void shouldSayWhichPositionTheLogMustKeep() {
        StreamSnapshots<Ledger.Digest, Ledger.Entry> digests =
                plan().policy(SnapshotPolicy.never()).build();
        assertEquals(OptionalLong.empty(), digests.firstPositionNeeded());
        store.category("others", Ledger.EVENTS).append("x", new Ledger.Entry(1));
        Ledger.append(category, "a", 3); // 1 to 3
        Ledger.append(category, "b", 3); // 4 to 6
        assertEquals(OptionalLong.of(1), digests.firstPositionNeeded());
        digests.save(digests.load("a"));
        assertEquals(OptionalLong.of(4), digests.firstPositionNeeded());
        digests.save(digests.load("b"));
        assertEquals(OptionalLong.empty(), digests.firstPositionNeeded());
        Ledger.append(category, "a", 4); // 7 to 10
        digests.save(digests.load("a"));
        assertEquals(OptionalLong.of(7), digests.firstPositionNeeded());
        Ledger.append(category, "a", 1); // 11
        digests.save(digests.load("a"));
        assertEquals(OptionalLong.of(11), digests.firstPositionNeeded());
        store.tombstone(category.id("b"), ExpectedVersion.any()); // 12
        assertEquals(OptionalLong.of(11), digests.firstPositionNeeded());
    }

    /** A quiet stream, one that has ended, and one that goes on: only the last needs the log. */
    @Test
    void shouldNotKeepTheLogForStreamsThatAreSavedAsOfTheirEnd() {
        StreamSnapshots<Ledger.Digest, Ledger.Entry> digests =
                plan().policy(SnapshotPolicy.never()).keepLast(1).build();
        Ledger.append(category, "quiet", 3);
        Ledger.append(category, "ended", 3);
        Ledger.append(category, "busy", 30);
        for (String key : List.of("quiet", "ended", "busy")) {
            digests.save(digests.load(key));
        }
        Ledger.Digest quiet = Ledger.expected(category, "quiet");
        Ledger.Digest ended = Ledger.expected(category, "ended");
        store.tombstone(category.id("ended"), ExpectedVersion.any());
        Ledger.append(category, "busy", 1);
        assertEquals(37, digests.hold());
        store.retention().truncateBefore(Long.MAX_VALUE);
        assertEquals(37, store.retention().firstPosition());
        assertEquals(quiet, digests.load("quiet").state());
        assertEquals(ended, digests.load("ended").state());
        assertEquals(OptionalLong.of(2), digests.load("quiet").version());
        assertEquals(List.of(), digests.load("quiet").rejections());
        assertEquals(new SaveOutcome.Present(2), digests.save(digests.load("quiet")));
        Loaded<Ledger.Digest> more = digests.update("quiet", state -> List.of(new Ledger.Entry(5)));
        assertEquals(OptionalLong.of(3), more.version());
        assertEquals(OptionalLong.of(2), more.snapshotVersion());
        assertEquals(37, digests.hold());
    }

    @Test
    void shouldRefuseToHoldWhatIsGone() {
        StreamSnapshots<Ledger.Digest, Ledger.Entry> digests =
                plan().policy(SnapshotPolicy.never()).build();
        Ledger.append(category, "a", 10);
        assertEquals(0, digests.hold());
        store.retention().truncateBeforeRegardless(5);
        assertThrows(EventsTruncatedException.class, digests::hold);
        assertThrows(EventsTruncatedException.class, digests::firstPositionNeeded);
        assertEquals(0, store.retention().holds().get(0).position());
    }

    @Test
    void shouldLoadWhatTruncationHasLeftUnderItsHold() {
        StreamSnapshots<Ledger.Digest, Ledger.Entry> digests =
                plan().policy(SnapshotPolicy.never()).keepLast(1).build();
        assertEquals(0, digests.hold());
        Ledger.append(category, "a", 5);
        Ledger.append(category, "b", 5);
        Ledger.Digest a = Ledger.expected(category, "a");
        digests.save(digests.load("a"));
        assertEquals(5, digests.hold());
        store.retention().truncateBefore(Long.MAX_VALUE);
        assertEquals(5, store.retention().firstPosition());
        assertEquals(a, digests.load("a").state());
        assertRight(digests.load("b"));
        assertEquals(OptionalLong.of(5), digests.firstPositionNeeded());
    }

    @Test
    void shouldRefuseToFoldAStreamWhoseEventsAreGone() {
        StreamSnapshots<Ledger.Digest, Ledger.Entry> digests =
                plan().policy(SnapshotPolicy.never()).build();
        Ledger.append(category, "a", 3);
        Ledger.append(category, "b", 3);
        Ledger.Digest a = Ledger.expected(category, "a");
        digests.save(digests.load("a"));
        store.retention().truncateBeforeRegardless(4);
        assertEquals(a, digests.load("a").state());
        assertThrows(EventsTruncatedException.class, () -> digests.load("b"));
        assertThrows(EventsTruncatedException.class, () -> digests.loadAt("a", 1));
        assertEquals(Ledger.Digest.NONE, digests.load("c").state());
    }

    @Test
    void shouldPassOverSnapshotsOfBeforeARestore() {
        Ledger.append(category, KEY, 5);
        every(1).load(KEY);
        store.backup(folder.resolve("backup"), ProgressListener.none());
        reopen(
                () -> {
                    Ledger.deleteAll(folder.resolve("store/log"));
                    Ledger.deleteAll(folder.resolve("store/index"));
                    Backups.restore(
                            folder.resolve("backup"),
                            folder.resolve("restored"),
                            ProgressListener.none());
                    Ledger.copyLog(folder.resolve("restored"), folder.resolve("store"));
                });
        Loaded<Ledger.Digest> loaded = every(1).load(KEY);
        assertEquals(List.of(Reason.OTHER_INCARNATION), reasons(loaded));
        assertRight(loaded);
        assertEquals(new SaveOutcome.Saved(4, 1), loaded.outcome());
    }

    @Test
    void shouldRefuseToWorkOnceClosed() {
        StreamSnapshots<Ledger.Digest, Ledger.Entry> digests = every(1);
        Ledger.append(category, KEY, 1);
        Loaded<Ledger.Digest> loaded = digests.load(KEY);
        snapshots.close();
        assertThrows(StoreClosedException.class, () -> digests.load(KEY));
        assertThrows(StoreClosedException.class, () -> digests.save(loaded));
    }
}
