package io.varve.store.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.bytes.BytesView;
import io.varve.store.errors.FolderRefusedException;
import io.varve.store.errors.LimitExceededException;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.TableUnknownException;
import io.varve.store.state.ReadOnlyTable.RowVisitor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every state environment does alike. A subclass says how to open one. */
abstract class StateEnvironmentContract {
    private static final Checkpoint FIRST = new Checkpoint(new UUID(1, 2), 3, 4, 5);
    private static final Checkpoint SECOND =
            new Checkpoint(new UUID(-1, -2), -3, Long.MAX_VALUE, -5);
    private static final BytesView OPEN = BytesView.of(new byte[0]);
    private static final RowVisitor ALL = (key, value) -> true;

    @TempDir Path folder;
    private StateEnvironment environment;

    /** Opens a new environment without rows; the contract closes it. */
    abstract StateEnvironment open(Set<String> tables);

    @BeforeEach
    void openEnvironment() {
        environment = open(Set.of("a", "b"));
    }

    @AfterEach
    void closeEnvironment() {
        environment.close();
    }

    @Test
    void shouldBeginEmpty() {
        assertEquals(Set.of("a", "b"), environment.tables());
        try (StateView view = environment.view()) {
            assertEquals(Optional.empty(), view.checkpoint());
            assertEquals(0, view.table("a").count());
            assertEquals(List.of(), rows(view.table("b")));
        }
    }

    @Test
    void shouldFindWhatWasCommitted() {
        put("a", "k", "v");
        try (StateView view = environment.view()) {
            assertEquals(Optional.of("v"), get(view.table("a"), "k"));
            assertEquals(Optional.empty(), get(view.table("b"), "k"));
            assertEquals(1, view.table("a").count());
            assertEquals(0, view.table("b").count());
        }
    }

    @Test
    void shouldOverwriteAndDelete() {
        put("a", "k", "v");
        try (StateTransaction transaction = environment.begin()) {
            Table table = transaction.table("a");
            table.put(bytes("k"), bytes("longer"));
            assertEquals(Optional.of("longer"), get(table, "k"));
            assertEquals(1, table.count());
            assertTrue(table.delete(bytes("k")));
            assertFalse(table.delete(bytes("k")));
            assertEquals(0, table.count());
            transaction.commit();
        }
        try (StateView view = environment.view()) {
            assertEquals(Optional.empty(), get(view.table("a"), "k"));
        }
    }

    @Test
    void shouldKeepEmptyValuesApartFromMissingRows() {
        put("a", "k", "");
        try (StateView view = environment.view()) {
            BytesView value = BytesView.of(new byte[] {1});
            assertTrue(view.table("a").get(bytes("k"), value));
            assertEquals(0, value.length());
        }
    }

    @Test
    void shouldEmptyTheValueOfAMissingRow() {
        try (StateView view = environment.view()) {
            BytesView value = BytesView.of(new byte[] {1});
            assertFalse(view.table("a").get(bytes("k"), value));
            assertEquals(0, value.length());
        }
    }

    @Test
    void shouldLendAValueThatIsRightUntilTheNextCall() {
        put("a", "k", "v");
        put("a", "l", "w");
        try (StateView view = environment.view()) {
            BytesView value = new BytesView();
            assertTrue(view.table("a").get(bytes("k"), value));
            assertEquals("v", text(value));
            assertTrue(view.table("a").get(bytes("l"), value));
            assertEquals("w", text(value));
        }
    }

    @Test
    void shouldTakeALentValueAsTheArgumentOfTheNextCall() {
        put("a", "k", "value");
        try (StateTransaction transaction = environment.begin()) {
            BytesView value = new BytesView();
            assertTrue(transaction.table("a").get(bytes("k"), value));
            transaction.table("b").put(bytes("copy"), value);
            assertEquals(Optional.of("value"), get(transaction.table("b"), "copy"));
        }
    }

    @Test
    void shouldCopyKeyAndValueOfAPut() {
        byte[] key = {1};
        byte[] value = {2};
        try (StateTransaction transaction = environment.begin()) {
            transaction.table("a").put(BytesView.of(key), BytesView.of(value));
            key[0] = 9;
            value[0] = 9;
            transaction.commit();
        }
        try (StateView view = environment.view()) {
            BytesView found = new BytesView();
            assertTrue(view.table("a").get(BytesView.of(new byte[] {1}), found));
            assertArrayEquals(new byte[] {2}, found.toByteArray());
        }
    }

    @Test
    void shouldNotShowUncommittedChangesToViews() {
        put("a", "k", "old");
        try (StateTransaction transaction = environment.begin()) {
            transaction.table("a").put(bytes("k"), bytes("new"));
            transaction.checkpoint(FIRST);
            try (StateView view = onAnotherThread(environment::view)) {
                assertEquals(Optional.of("old"), get(view.table("a"), "k"));
                assertEquals(Optional.empty(), view.checkpoint());
            }
        }
    }

    @Test
    void shouldTakeBackWhatIsNotCommitted() {
        put("a", "k", "old");
        try (StateTransaction transaction = environment.begin()) {
            transaction.table("a").put(bytes("k"), bytes("new"));
            transaction.table("b").put(bytes("l"), bytes("new"));
            transaction.checkpoint(FIRST);
        }
        try (StateView view = environment.view()) {
            assertEquals(Optional.of("old"), get(view.table("a"), "k"));
            assertEquals(0, view.table("b").count());
            assertEquals(Optional.empty(), view.checkpoint());
        }
    }

    @Test
    void shouldClearOneTableAndTakeThatBackWithTheRest() {
        for (int i = 0; i < 3; i++) {
            put("b", "k" + i, "kept");
        }
        try (StateTransaction transaction = environment.begin()) {
            for (int i = 0; i < 3_000; i++) {
                transaction.table("a").put(bytes("k" + i), bytes("v" + i));
            }
            transaction.commit();
        }
        try (StateTransaction transaction = environment.begin()) {
            transaction.table("a").clear();
            assertEquals(0, transaction.table("a").count());
        }
        try (StateView before = environment.view();
                StateTransaction transaction = environment.begin()) {
            transaction.table("a").clear();
            transaction.table("a").put(bytes("k7"), bytes("new"));
            transaction.commit();
            assertEquals(3_000, before.table("a").count());
        }
        try (StateView view = environment.view()) {
            assertEquals(1, view.table("a").count());
            assertEquals(Optional.of("new"), get(view.table("a"), "k7"));
            assertEquals(3, view.table("b").count());
        }
    }

    @Test
    void shouldKeepAViewAsItWasWhenItWasOpened() {
        put("a", "k", "old");
        try (StateView before = environment.view()) {
            try (StateTransaction transaction = environment.begin()) {
                transaction.table("a").put(bytes("k"), bytes("new"));
                transaction.table("a").put(bytes("l"), bytes("new"));
                transaction.checkpoint(FIRST);
                transaction.commit();
            }
            assertEquals(List.of("k=old"), rows(before.table("a")));
            assertEquals(1, before.table("a").count());
            assertEquals(Optional.empty(), before.checkpoint());
        }
        try (StateView after = environment.view()) {
            assertEquals(List.of("k=new", "l=new"), rows(after.table("a")));
        }
    }

    @Test
    void shouldCommitTheCheckpointWithTheTables() {
        commit(FIRST);
        try (StateView view = environment.view()) {
            assertEquals(Optional.of(FIRST), view.checkpoint());
        }
        commit(SECOND);
        put("a", "k", "v");
        try (StateView view = environment.view()) {
            assertEquals(Optional.of(SECOND), view.checkpoint());
        }
    }

    @Test
    void shouldNotCountTheCheckpointAsARow() {
        commit(FIRST);
        try (StateView view = environment.view()) {
            assertEquals(0, view.table("a").count() + view.table("b").count());
        }
    }

    @Test
    void shouldScanInUnsignedOrderOfKeys() {
        byte[][] keys = {{-1}, {0}, {0, 0}, {1, -128}, {1, 127}, {127}, {-128}};
        try (StateTransaction transaction = environment.begin()) {
            for (byte[] key : keys) {
                transaction.table("a").put(BytesView.of(key), BytesView.of(key));
            }
            transaction.commit();
        }
        List<byte[]> found = new ArrayList<>();
        try (StateView view = environment.view()) {
            view.table("a")
                    .scan(
                            OPEN,
                            OPEN,
                            (key, value) -> {
                                assertEquals(key, value);
                                return found.add(key.toByteArray());
                            });
        }
        byte[][] expected = {{0}, {0, 0}, {1, 127}, {1, -128}, {127}, {-128}, {-1}};
        assertArrayEquals(expected, found.toArray(new byte[0][]));
    }

    @Test
    void shouldScanFromIncludedToExcluded() {
        for (String key : List.of("b", "d", "f")) {
            put("a", key, "");
        }
        try (StateView view = environment.view()) {
            ReadOnlyTable table = view.table("a");
            assertEquals(List.of("b=", "d="), rows(table, "b", "f"));
            assertEquals(List.of("d="), rows(table, "c", "e"));
            assertEquals(List.of("b=", "d="), rows(table, "", "e"));
            assertEquals(List.of("d=", "f="), rows(table, "bb", ""));
            assertEquals(List.of(), rows(table, "d", "d"));
            assertEquals(List.of(), rows(table, "f", "b"));
            assertEquals(List.of(), rows(table, "g", ""));
        }
    }

    @Test
    void shouldStopAScanWhenTheVisitorHasEnough() {
        put("a", "k", "v");
        put("a", "l", "v");
        List<String> seen = new ArrayList<>();
        try (StateView view = environment.view()) {
            view.table("a")
                    .scan(
                            OPEN,
                            OPEN,
                            (key, value) -> {
                                seen.add(text(key));
                                return false;
                            });
        }
        assertEquals(List.of("k"), seen);
    }

    @Test
    void shouldScanBackwardsBetweenTheSameBounds() {
        for (String key : List.of("b", "d", "f")) {
            put("a", key, "");
        }
        try (StateView view = environment.view()) {
            ReadOnlyTable table = view.table("a");
            assertEquals(List.of("d", "b"), reverse(table, "b", "f", 9));
            assertEquals(List.of("d"), reverse(table, "c", "e", 9));
            assertEquals(List.of("d", "b"), reverse(table, "", "e", 9));
            assertEquals(List.of("f", "d"), reverse(table, "bb", "", 9));
            assertEquals(List.of("f", "d", "b"), reverse(table, "", "g", 9));
            assertEquals(List.of("f"), reverse(table, "", "", 1));
            assertEquals(List.of(), reverse(table, "d", "d", 9));
            assertEquals(List.of(), reverse(table, "f", "b", 9));
            assertEquals(List.of(), reverse(table, "", "b", 9));
            assertEquals(List.of(), reverse(view.table("b"), "", "", 9));
        }
    }

    @Test
    void shouldScanItsOwnWritesBackwards() {
        put("a", "b", "old");
        put("a", "d", "old");
        try (StateTransaction transaction = environment.begin()) {
            Table table = transaction.table("a");
            table.put(bytes("c"), bytes("new"));
            table.delete(bytes("d"));
            assertEquals(List.of("c", "b"), reverse(table, "", "", 9));
            assertEquals(List.of("b"), reverse(table, "", "c", 9));
        }
    }

    private static List<String> reverse(ReadOnlyTable table, String from, String to, int limit) {
        List<String> seen = new ArrayList<>();
        table.reverseScan(
                bytes(from),
                bytes(to),
                (key, value) -> {
                    seen.add(text(key));
                    return seen.size() < limit;
                });
        return seen;
    }

    @Test
    void shouldReadOtherRowsFromWithinAScan() {
        put("a", "k", "x");
        put("a", "l", "y");
        put("b", "x", "1");
        put("b", "y", "2");
        List<String> seen = new ArrayList<>();
        try (StateView view = environment.view()) {
            view.table("a")
                    .scan(
                            OPEN,
                            OPEN,
                            (key, value) -> {
                                String joined = get(view.table("b"), text(value)).orElseThrow();
                                int inner = rows(view.table("a")).size();
                                return seen.add(text(key) + text(value) + joined + inner);
                            });
        }
        assertEquals(List.of("kx12", "ly22"), seen);
    }

    @Test
    void shouldPassOnWhatAVisitorThrowsAndGoOnWorking() {
        put("a", "k", "v");
        try (StateView view = environment.view()) {
            RuntimeException thrown =
                    assertThrows(
                            UnsupportedOperationException.class,
                            () ->
                                    view.table("a")
                                            .scan(
                                                    OPEN,
                                                    OPEN,
                                                    (key, value) -> {
                                                        throw new UnsupportedOperationException(
                                                                "mine");
                                                    }));
            assertEquals("mine", thrown.getMessage());
            assertEquals(List.of("k=v"), rows(view.table("a")));
        }
        put("a", "l", "w");
    }

    @Test
    void shouldReadItsOwnWrites() {
        put("a", "b", "old");
        put("a", "d", "old");
        try (StateTransaction transaction = environment.begin()) {
            Table table = transaction.table("a");
            table.put(bytes("c"), bytes("new"));
            table.put(bytes("d"), bytes("new"));
            table.delete(bytes("b"));
            assertEquals(List.of("c=new", "d=new"), rows(table));
            assertEquals(List.of("d=new"), rows(transaction.table("a"), "cc", ""));
            assertEquals(2, table.count());
        }
    }

    @Test
    void shouldRefuseTablesItWasNotOpenedWith() {
        try (StateView view = environment.view()) {
            TableUnknownException e =
                    assertThrows(TableUnknownException.class, () -> view.table("c"));
            assertEquals("c", e.table());
        }
        try (StateTransaction transaction = environment.begin()) {
            assertThrows(TableUnknownException.class, () -> transaction.table("c"));
        }
    }

    @Test
    void shouldTakeKeysOf1To511Bytes() {
        BytesView shortest = BytesView.of(new byte[1]);
        BytesView longest = BytesView.of(new byte[511]);
        try (StateTransaction transaction = environment.begin()) {
            Table table = transaction.table("a");
            table.put(shortest, bytes("s"));
            table.put(longest, bytes("l"));
            assertEquals(2, table.count());
            table.scan(longest, OPEN, (key, value) -> true);
            assertTrue(table.delete(longest));
            assertTrue(table.delete(shortest));
        }
    }

    @Test
    void shouldRefuseEmptyKeys() {
        try (StateTransaction transaction = environment.begin()) {
            Table table = transaction.table("a");
            BytesView value = new BytesView();
            assertThrows(IllegalArgumentException.class, () -> table.put(OPEN, bytes("v")));
            assertThrows(IllegalArgumentException.class, () -> table.get(OPEN, value));
            assertThrows(IllegalArgumentException.class, () -> table.delete(OPEN));
            assertEquals(0, table.count());
        }
    }

    @Test
    void shouldRefuseKeysOf512Bytes() {
        BytesView key = BytesView.of(new byte[512]);
        try (StateTransaction transaction = environment.begin()) {
            Table table = transaction.table("a");
            BytesView value = new BytesView();
            LimitExceededException e =
                    assertThrows(LimitExceededException.class, () -> table.put(key, value));
            assertEquals(512, e.actual());
            assertEquals(511, e.limit());
            assertThrows(LimitExceededException.class, () -> table.get(key, value));
            assertThrows(LimitExceededException.class, () -> table.delete(key));
            assertThrows(LimitExceededException.class, () -> table.scan(key, OPEN, ALL));
            assertThrows(LimitExceededException.class, () -> table.scan(OPEN, key, ALL));
            assertThrows(LimitExceededException.class, () -> table.reverseScan(key, OPEN, ALL));
            assertThrows(LimitExceededException.class, () -> table.reverseScan(OPEN, key, ALL));
        }
    }

    @Test
    void shouldKeepLargeValues() {
        byte[] large = new byte[3 << 20];
        large[0] = 1;
        large[large.length - 1] = 2;
        try (StateTransaction transaction = environment.begin()) {
            transaction.table("a").put(bytes("k"), BytesView.of(large));
            transaction.commit();
        }
        try (StateView view = environment.view()) {
            BytesView value = new BytesView();
            assertTrue(view.table("a").get(bytes("k"), value));
            assertArrayEquals(large, value.toByteArray());
        }
    }

    @Test
    void shouldRefuseASecondTransactionOfTheSameThread() {
        try (StateTransaction transaction = environment.begin()) {
            assertThrows(IllegalStateException.class, environment::begin);
            transaction.commit();
        }
        environment.begin().close();
    }

    @Test
    void shouldMakeASecondTransactionWaitForTheFirst() throws Exception {
        CountDownLatch about = new CountDownLatch(1);
        AtomicReference<String> seen = new AtomicReference<>("");
        Thread second =
                new Thread(
                        () -> {
                            about.countDown();
                            try (StateTransaction transaction = environment.begin()) {
                                seen.set(get(transaction.table("a"), "k").orElse("nothing"));
                            }
                        });
        try (StateTransaction first = environment.begin()) {
            second.start();
            about.await();
            first.table("a").put(bytes("k"), bytes("of the first"));
            assertEquals("", seen.get());
            first.commit();
        }
        second.join(TimeUnit.MINUTES.toMillis(1));
        assertEquals("of the first", seen.get());
    }

    @Test
    void shouldLoseNoUpdateOfManyThreads() throws Exception {
        int threads = 4;
        int rounds = 50;
        List<FutureTask<Boolean>> tasks = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            FutureTask<Boolean> task = new FutureTask<>(() -> increment(rounds), true);
            tasks.add(task);
            new Thread(task).start();
        }
        for (FutureTask<Boolean> task : tasks) {
            assertTrue(task.get(1, TimeUnit.MINUTES));
        }
        try (StateView view = environment.view()) {
            String sum = Integer.toString(threads * rounds);
            assertEquals(Optional.of(sum), get(view.table("a"), "sum"));
            assertEquals(Optional.of(sum), get(view.table("b"), "sum"));
        }
    }

    /** Counts in both tables, and looks from a view that they never differ. */
    private void increment(int rounds) {
        for (int i = 0; i < rounds; i++) {
            try (StateTransaction transaction = environment.begin()) {
                Table a = transaction.table("a");
                int next = Integer.parseInt(get(a, "sum").orElse("0")) + 1;
                a.put(bytes("sum"), bytes(Integer.toString(next)));
                transaction.table("b").put(bytes("sum"), bytes(Integer.toString(next)));
                transaction.commit();
            }
            try (StateView view = environment.view()) {
                assertEquals(get(view.table("a"), "sum"), get(view.table("b"), "sum"));
            }
        }
    }

    @Test
    void shouldRefuseAViewAfterItsClose() {
        StateView view = environment.view();
        ReadOnlyTable table = view.table("a");
        view.close();
        view.close();
        assertThrows(StoreClosedException.class, () -> view.table("a"));
        assertThrows(StoreClosedException.class, view::checkpoint);
        assertThrows(StoreClosedException.class, table::count);
        assertThrows(StoreClosedException.class, () -> table.get(bytes("k"), new BytesView()));
        assertThrows(StoreClosedException.class, () -> table.scan(OPEN, OPEN, ALL));
    }

    @Test
    void shouldRefuseATransactionAfterItsCommit() {
        StateTransaction transaction = environment.begin();
        Table table = transaction.table("a");
        transaction.commit();
        assertEnded(transaction, table);
        transaction.close();
        assertEnded(transaction, table);
    }

    @Test
    void shouldRefuseATransactionAfterItsClose() {
        StateTransaction transaction = environment.begin();
        Table table = transaction.table("a");
        transaction.close();
        assertEnded(transaction, table);
        transaction.close();
    }

    private static void assertEnded(StateTransaction transaction, Table table) {
        assertThrows(StoreClosedException.class, () -> transaction.table("a"));
        assertThrows(StoreClosedException.class, () -> transaction.checkpoint(FIRST));
        assertThrows(StoreClosedException.class, transaction::commit);
        assertThrows(StoreClosedException.class, () -> table.put(bytes("k"), bytes("v")));
        assertThrows(StoreClosedException.class, () -> table.delete(bytes("k")));
        assertThrows(StoreClosedException.class, () -> table.get(bytes("k"), new BytesView()));
        assertThrows(StoreClosedException.class, table::count);
    }

    @Test
    void shouldRefuseEverythingAfterClose() {
        environment.close();
        environment.close();
        assertThrows(StoreClosedException.class, environment::view);
        assertThrows(StoreClosedException.class, environment::begin);
        assertThrows(StoreClosedException.class, environment::sync);
    }

    @Test
    void shouldSyncAtAnyTime() {
        environment.sync();
        put("a", "k", "v");
        environment.sync();
        try (StateView view = environment.view()) {
            assertEquals(Optional.of("v"), get(view.table("a"), "k"));
        }
    }

    @Test
    void shouldCopyOneInstantThatIsOpenedElsewhere() {
        put("a", "k", "v");
        put("b", "large", "x".repeat(20_000));
        commit(FIRST);
        StateCopy copy = environment.copyTo(folder.resolve("copy"));
        put("a", "k", "later");
        commit(SECOND);
        assertEquals(Optional.of(FIRST), copy.checkpoint());
        copy.install(folder.resolve("installed"));
        StateConfig config = StateConfig.at(folder.resolve("installed")).withTables("a", "b");
        for (int i = 0; i < 2; i++) {
            try (StateEnvironment installed = StateEnvironment.open(config);
                    StateView view = installed.view()) {
                assertEquals(List.of("k=v"), rows(view.table("a")));
                assertEquals(List.of("large=" + "x".repeat(20_000)), rows(view.table("b")));
                assertEquals(Optional.of(FIRST), view.checkpoint());
            }
        }
        assertThrows(
                FolderRefusedException.class, () -> environment.copyTo(folder.resolve("copy")));
        assertThrows(FolderRefusedException.class, () -> copy.install(folder.resolve("installed")));
    }

    @Test
    void shouldCopyNothing() {
        StateCopy copy = environment.copyTo(folder.resolve("copy"));
        assertEquals(Optional.empty(), copy.checkpoint());
        copy.install(folder.resolve("installed"));
        StateConfig config = StateConfig.at(folder.resolve("installed")).withTables("a", "b");
        try (StateEnvironment installed = StateEnvironment.open(config);
                StateView view = installed.view()) {
            assertEquals(0, view.table("a").count());
        }
    }

    @Test
    void shouldBehaveLikeAModelUnderRandomUse() {
        long seed = Long.getLong("varve.seed", System.nanoTime());
        new StateEnvironmentModel(environment, seed).run(120);
    }

    @Test
    @Tag("long")
    void shouldBehaveLikeAModelUnderLongRandomUse() {
        long seed = Long.getLong("varve.seed", System.nanoTime());
        new StateEnvironmentModel(environment, seed).run(3_000);
    }

    private void put(String table, String key, String value) {
        try (StateTransaction transaction = environment.begin()) {
            transaction.table(table).put(bytes(key), bytes(value));
            transaction.commit();
        }
    }

    private void commit(Checkpoint checkpoint) {
        try (StateTransaction transaction = environment.begin()) {
            transaction.checkpoint(checkpoint);
            transaction.commit();
        }
    }

    private static Optional<String> get(ReadOnlyTable table, String key) {
        BytesView value = new BytesView();
        return table.get(bytes(key), value) ? Optional.of(text(value)) : Optional.empty();
    }

    private static List<String> rows(ReadOnlyTable table) {
        return rows(table, "", "");
    }

    private static List<String> rows(ReadOnlyTable table, String from, String to) {
        List<String> rows = new ArrayList<>();
        table.scan(bytes(from), bytes(to), (key, value) -> rows.add(text(key) + "=" + text(value)));
        return rows;
    }

    private static BytesView bytes(String text) {
        return BytesView.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(BytesView bytes) {
        return bytes.getUtf8(0, bytes.length());
    }

    private static <T> T onAnotherThread(Callable<T> call) {
        FutureTask<T> task = new FutureTask<>(call);
        new Thread(task).start();
        try {
            return task.get(1, TimeUnit.MINUTES);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
