package io.varve.store.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.EventStore;
import io.varve.store.ShortPatience;
import io.varve.store.bytes.BytesView;
import io.varve.store.errors.FolderRefusedException;
import io.varve.store.errors.IncompatibleStoreException;
import io.varve.store.errors.LimitExceededException;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.StoreFullException;
import io.varve.store.errors.StoreLockedException;
import io.varve.store.lmdb.DurableFiles;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What keyed state in files does beyond the contract. */
class LmdbStateEnvironmentTest extends StateEnvironmentContract {
    private static final Checkpoint HERE = new Checkpoint(new UUID(1, 2), 0, 7, 9);

    @TempDir Path base;
    private int opened;

    @Override
    StateEnvironment open(Set<String> tables) {
        return StateEnvironment.open(
                new StateConfig(base.resolve("env" + opened++), tables, 64 << 20));
    }

    private StateConfig config() {
        return StateConfig.at(base.resolve("own"))
                .withTables("t", "u")
                .withInitialMapBytes(1 << 20);
    }

    /** For damage of rows, which mostly comes while they are in use. */
    private StateConfig openingDamaged() {
        return config().withRefusesChanged(false);
    }

    private static BytesView bytes(String text) {
        return BytesView.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void fill(StateEnvironment environment, int rows, int size) {
        try (StateTransaction transaction = environment.begin()) {
            for (int i = 0; i < rows; i++) {
                transaction.table("t").put(bytes("k" + i), bytes(("v" + i).repeat(size)));
            }
            transaction.checkpoint(HERE);
            transaction.commit();
        }
    }

    private static void assertFilled(StateEnvironment environment, int rows, int size) {
        try (StateView view = environment.view()) {
            assertEquals(rows, view.table("t").count());
            BytesView value = new BytesView();
            for (int i = 0; i < rows; i++) {
                assertTrue(view.table("t").get(bytes("k" + i), value));
                assertEquals(bytes(("v" + i).repeat(size)), value);
            }
            assertEquals(Optional.of(HERE), view.checkpoint());
        }
    }

    @Test
    void shouldKeepWhatWasCommittedWhenItIsOpenedAgain() {
        try (StateEnvironment environment = StateEnvironment.open(config())) {
            fill(environment, 100, 5);
        }
        try (StateEnvironment environment = StateEnvironment.open(config())) {
            assertFilled(environment, 100, 5);
        }
    }

    @Test
    void shouldGrowTheMapInsideATransaction() {
        try (StateEnvironment environment = StateEnvironment.open(config())) {
            fill(environment, 20_000, 30);
            assertFilled(environment, 20_000, 30);
            fill(environment, 20_000, 60);
            assertFilled(environment, 20_000, 60);
        }
    }

    /** The journal that is written again then is in several pieces. */
    @Test
    void shouldGrowTheMapInsideATransactionOfLargeAndSmallRows() {
        try (StateEnvironment environment = StateEnvironment.open(config())) {
            try (StateTransaction transaction = environment.begin()) {
                Table table = transaction.table("t");
                for (int i = 0; i < 1_000; i++) {
                    table.put(bytes("k" + i), bytes("v" + i));
                }
                for (int i = 0; i < 1_000; i += 50) {
                    table.put(bytes("k" + i), bytes(("v" + i).repeat(100_000)));
                    assertTrue(table.delete(bytes("k" + (i + 1))));
                }
                transaction.commit();
            }
            try (StateView view = environment.view()) {
                BytesView value = new BytesView();
                for (int i = 0; i < 1_000; i++) {
                    assertEquals(i % 50 != 1, view.table("t").get(bytes("k" + i), value));
                    if (i % 50 != 1) {
                        String text = ("v" + i).repeat(i % 50 == 0 ? 100_000 : 1);
                        assertEquals(bytes(text), value);
                    }
                }
            }
        }
    }

    @Test
    void shouldGrowTheMapAfterAKeyWasRefused() {
        try (StateEnvironment environment = StateEnvironment.open(config())) {
            try (StateTransaction transaction = environment.begin()) {
                Table table = transaction.table("t");
                BytesView tooLong = BytesView.of(new byte[512]);
                BytesView empty = BytesView.of(new byte[0]);
                assertThrows(LimitExceededException.class, () -> table.put(tooLong, empty));
                assertThrows(LimitExceededException.class, () -> table.delete(tooLong));
                assertThrows(IllegalArgumentException.class, () -> table.put(empty, empty));
                for (int i = 0; i < 20_000; i++) {
                    table.put(bytes("k" + i), bytes(("v" + i).repeat(30)));
                }
                transaction.checkpoint(HERE);
                transaction.commit();
            }
            assertFilled(environment, 20_000, 30);
        }
    }

    /** Closing and growing it do not wait long for views. */
    private StateEnvironment openImpatiently() {
        return ShortPatience.open(() -> StateEnvironment.open(config()));
    }

    @Test
    void shouldSayThatTheMapCannotGrowUnderAView() {
        try (StateEnvironment environment = openImpatiently()) {
            fill(environment, 10, 1);
            try (StateView view = environment.view()) {
                assertThrows(StoreFullException.class, () -> fill(environment, 20_000, 30));
                assertEquals(10, view.table("t").count());
            }
            assertFilled(environment, 10, 1);
            fill(environment, 20_000, 30);
            assertFilled(environment, 20_000, 30);
        }
    }

    @Test
    void shouldCopyALentValueOverAnotherRowOfItsPage() {
        try (StateEnvironment environment = StateEnvironment.open(config())) {
            String lent = "the value that is lent".repeat(4);
            try (StateTransaction transaction = environment.begin()) {
                Table table = transaction.table("t");
                table.put(bytes("a"), bytes("a long value that makes room when it goes".repeat(5)));
                table.put(bytes("b"), bytes(lent));
                BytesView value = new BytesView();
                assertTrue(table.get(bytes("b"), value));
                table.put(bytes("a"), value);
                transaction.commit();
            }
            try (StateView view = environment.view()) {
                BytesView value = new BytesView();
                for (String key : new String[] {"a", "b"}) {
                    assertTrue(view.table("t").get(bytes(key), value));
                    assertEquals(bytes(lent), value);
                }
            }
        }
    }

    @Test
    void shouldRefuseASecondOpener() {
        try (StateEnvironment environment = StateEnvironment.open(config())) {
            assertThrows(StoreLockedException.class, () -> StateEnvironment.open(config()));
            fill(environment, 1, 1);
        }
    }

    @Test
    void shouldKeepTheFolderLockedWhileAViewIsOpen() {
        StateEnvironment environment = openImpatiently();
        fill(environment, 10, 1);
        StateView view = environment.view();
        environment.close();
        assertEquals(10, view.table("t").count());
        assertThrows(StoreLockedException.class, () -> StateEnvironment.open(config()));
        view.close();
        environment.close();
        try (StateEnvironment again = StateEnvironment.open(config())) {
            assertFilled(again, 10, 1);
        }
    }

    /** As it was left by a process, closed or not, with a mark of another version in it. */
    private StateConfig left(String mark) throws IOException {
        Path copy = Files.createDirectories(base.resolve("copy"));
        try (StateEnvironment environment = StateEnvironment.open(config())) {
            fill(environment, 10, 1);
            Files.copy(config().path().resolve("data.mdb"), copy.resolve("data.mdb"));
        }
        Files.writeString(copy.resolve("varve.mark"), String.format("%-63s%n", mark));
        return new StateConfig(copy, config().tables(), 1 << 20);
    }

    @Test
    void shouldTrustWhatAnEarlierVersionHasClosed() throws IOException {
        StateConfig config = left("clean");
        for (int i = 0; i < 2; i++) {
            try (StateEnvironment environment = StateEnvironment.open(config)) {
                assertFilled(environment, 10, 1);
            }
        }
        assertEquals("state", Files.readString(config.path().resolve("varve.mark")).trim());
    }

    @Test
    void shouldNotTrustWhatNothingIsKnownOf() throws IOException {
        StateConfig config = left("state");
        for (int i = 0; i < 2; i++) {
            assertThrows(StoreCorruptedException.class, () -> StateEnvironment.open(config));
        }
    }

    @Test
    void shouldGoOnWithAWholeCopyOfAClosedFolder() throws IOException {
        try (StateEnvironment environment = StateEnvironment.open(config())) {
            fill(environment, 10, 1);
        }
        Path copy = Files.createDirectories(base.resolve("copy"));
        for (String name : new String[] {"data.mdb", "varve.mark", "varve.sync"}) {
            Files.copy(config().path().resolve(name), copy.resolve(name));
        }
        StateConfig there = new StateConfig(copy, config().tables(), 1 << 20);
        try (StateEnvironment environment = StateEnvironment.open(there)) {
            assertFilled(environment, 10, 1);
        }
    }

    @Test
    void shouldRefuseTheFolderOfAnEventStoreAndLeaveItAlone(@TempDir Path other)
            throws IOException {
        EventStore.open(other).close();
        StateConfig config = StateConfig.at(other).withTables("a");
        assertThrows(FolderRefusedException.class, () -> StateEnvironment.open(config));
        try (Stream<Path> files = Files.list(other)) {
            assertEquals(
                    Set.of("log", "index", "varve.lock"),
                    files.map(file -> file.getFileName().toString()).collect(Collectors.toSet()));
        }
    }

    @Test
    void shouldRefuseAnLmdbFileOfOthers() throws IOException {
        StateConfig config = left("state");
        Files.delete(config.path().resolve("varve.mark"));
        byte[] before = Files.readAllBytes(config.path().resolve("data.mdb"));
        assertThrows(IncompatibleStoreException.class, () -> StateEnvironment.open(config));
        assertArrayEquals(before, Files.readAllBytes(config.path().resolve("data.mdb")));
    }

    @Test
    void shouldSyncNothingThatItsLogDoesNotHave() {
        AtomicLong durable = new AtomicLong(-1);
        List<Long> asked = Collections.synchronizedList(new ArrayList<>());
        SyncBarrier barrier =
                checkpoint -> {
                    asked.add(checkpoint.position());
                    if (durable.get() < checkpoint.position()) {
                        throw new StoreClosedException("log=test");
                    }
                };
        StateConfig config = config().withBarrier(barrier);
        try (StateEnvironment environment = StateEnvironment.open(config)) {
            fill(environment, 10, 1);
            assertThrows(StoreClosedException.class, environment::sync);
            assertEquals(Optional.empty(), environment.synced());
            fill(environment, 20, 1); // it goes on
            durable.set(7);
            environment.sync();
            assertEquals(Optional.of(HERE), environment.synced());
            int before = asked.size();
            environment.sync();
            assertEquals(before, asked.size());
        }
        try (StateEnvironment environment = StateEnvironment.open(config)) {
            assertFilled(environment, 20, 1);
        }
    }

    @Test
    void shouldCloseThoughItsLogIsGone() {
        SyncBarrier closed =
                checkpoint -> {
                    throw new StoreClosedException("log=test");
                };
        StateConfig config = config().withBarrier(closed);
        StateEnvironment environment = StateEnvironment.open(config);
        fill(environment, 10, 1);
        environment.close();
        try (StateEnvironment again = StateEnvironment.open(config())) {
            assertFilled(again, 10, 1);
        }
    }

    /** So many rows that LMDB writes of the copy long before it has read all of them. */
    @Test
    void shouldTellWhenTheInstantOfACopyIsTaken() {
        try (StateEnvironment environment = StateEnvironment.open(config())) {
            fill(environment, 50_000, 20);
            AtomicInteger told = new AtomicInteger();
            StateCopy copy =
                    environment.copyTo(
                            base.resolve("copy"),
                            () -> {
                                fill(environment, 50, 21);
                                told.incrementAndGet();
                            });
            assertEquals(1, told.get());
            Path installed = base.resolve("installed");
            copy.install(installed);
            try (StateEnvironment there =
                    StateEnvironment.open(StateConfig.at(installed).withTables("t", "u"))) {
                assertFilled(there, 50_000, 20);
            }
        }
    }

    @Test
    void shouldCopyWhileOthersCommit() throws Exception {
        try (StateEnvironment environment = StateEnvironment.open(config())) {
            fill(environment, 2_000, 10);
            AtomicBoolean done = new AtomicBoolean();
            Thread writer =
                    new Thread(
                            () -> {
                                for (int i = 0; !done.get(); i++) {
                                    fill(environment, 2_000, 10 + i % 2);
                                }
                            });
            writer.start();
            try {
                for (int i = 0; i < 5; i++) {
                    StateCopy copy = environment.copyTo(base.resolve("copy" + i));
                    Path installed = base.resolve("installed" + i);
                    copy.install(installed);
                    try (StateEnvironment there =
                            StateEnvironment.open(StateConfig.at(installed).withTables("t", "u"))) {
                        BytesView value = new BytesView();
                        int size;
                        try (StateView view = there.view()) {
                            assertTrue(view.table("t").get(bytes("k0"), value));
                            size = value.length() / 2;
                        }
                        assertFilled(there, 2_000, size);
                    }
                }
            } finally {
                done.set(true);
                writer.join();
            }
        }
    }

    @Test
    void shouldNotInstallACopyWithAFlippedBit() throws IOException {
        StateCopy copy;
        try (StateEnvironment environment = StateEnvironment.open(config())) {
            fill(environment, 2_000, 10);
            copy = environment.copyTo(base.resolve("copy"));
        }
        Path file = copy.folder().resolve(StateCopy.FILE);
        byte[] whole = Files.readAllBytes(file);
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 50; i++) {
            byte[] damaged = whole.clone();
            damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, damaged);
            assertThrows(
                    StoreCorruptedException.class, () -> copy.install(base.resolve("installed")));
            assertFalse(Files.exists(base.resolve("installed")));
        }
        Files.write(file, whole);
        copy.install(base.resolve("installed"));
    }

    @Test
    void shouldNotCopyADamagedRow() throws IOException {
        String needle = "find me in the file, please";
        try (StateEnvironment environment = StateEnvironment.open(openingDamaged());
                StateTransaction transaction = environment.begin()) {
            transaction.table("t").put(bytes("k"), bytes(needle));
            transaction.commit();
        }
        flip(needle);
        try (StateEnvironment environment = StateEnvironment.open(openingDamaged())) {
            assertThrows(
                    StoreCorruptedException.class, () -> environment.copyTo(base.resolve("copy")));
            assertFalse(Files.exists(base.resolve("copy")));
        }
    }

    @Test
    void shouldRefuseARowWithAFlippedBit() throws IOException {
        String needle = "find me in the file, please";
        try (StateEnvironment environment = StateEnvironment.open(openingDamaged());
                StateTransaction transaction = environment.begin()) {
            transaction.table("t").put(bytes("k"), bytes(needle));
            transaction.table("t").put(bytes("other"), bytes("whole"));
            transaction.commit();
        }
        flip(needle);
        try (StateEnvironment environment = StateEnvironment.open(openingDamaged());
                StateView view = environment.view()) {
            BytesView value = new BytesView();
            ReadOnlyTable table = view.table("t");
            assertEquals(Optional.empty(), environment.damage());
            StoreCorruptedException found =
                    assertThrows(StoreCorruptedException.class, () -> table.get(bytes("k"), value));
            assertEquals(Optional.of(found), environment.damage());
            assertThrows(
                    StoreCorruptedException.class,
                    () -> table.scan(bytes(""), bytes(""), (key, row) -> true));
            assertTrue(table.get(bytes("other"), value));
            assertArrayEquals("whole".getBytes(StandardCharsets.UTF_8), value.toByteArray());
        }
    }

    @Test
    void shouldNoteDamageThatATransactionFindsInEitherOrder() throws IOException {
        String needle = "needle-in-a-row";
        for (boolean backward : List.of(false, true)) {
            try (StateEnvironment environment = StateEnvironment.open(openingDamaged())) {
                try (StateTransaction transaction = environment.begin()) {
                    transaction.table("t").put(bytes("k"), bytes(needle));
                    transaction.commit();
                }
            }
            flip(needle);
            try (StateEnvironment environment = StateEnvironment.open(openingDamaged());
                    StateTransaction transaction = environment.begin()) {
                Table table = transaction.table("t");
                assertThrows(StoreCorruptedException.class, () -> scan(table, backward));
                assertTrue(environment.damage().isPresent());
            }
        }
    }

    /** Where both meta pages say how many pages there are. */
    private static final long LAST_PAGE = 136;

    private void overwrite(long at, byte[] bytes) throws IOException {
        try (RandomAccessFile file =
                new RandomAccessFile(base.resolve("own").resolve("data.mdb").toFile(), "rw")) {
            file.seek(at);
            file.write(bytes);
        }
    }

    private static void assertDamaged(StateEnvironment environment, Runnable met) {
        assertThrows(StoreCorruptedException.class, met::run);
        assertTrue(environment.damage().isPresent());
    }

    private static void read(StateEnvironment environment) {
        try (StateView view = environment.view()) {
            view.table("t").get(bytes("k7"), new BytesView());
        }
    }

    private static void write(StateEnvironment environment) {
        try (StateTransaction transaction = environment.begin()) {
            transaction.table("t").put(bytes("k7"), bytes("other"));
            transaction.commit();
        }
    }

    @Test
    void shouldTellOfPagesThatAreZeroedWhileItIsOpen() throws IOException {
        for (Consumer<StateEnvironment> use :
                List.<Consumer<StateEnvironment>>of(
                        LmdbStateEnvironmentTest::read, LmdbStateEnvironmentTest::write)) {
            StateEnvironment environment = StateEnvironment.open(config());
            fill(environment, 1_000, 8);
            overwrite(2 * 4096, new byte[1 << 18]); // that of the names of tables, too
            assertDamaged(environment, () -> use.accept(environment));
            assertThrows(StoreCorruptedException.class, environment::close);
            DurableFiles.delete(base.resolve("own")); // nobody has it any more
        }
    }

    @Test
    void shouldTellOfAMetaPageThatNamesPagesThatAreNotThere() throws IOException {
        StateEnvironment environment = StateEnvironment.open(config());
        fill(environment, 1_000, 8);
        for (long meta : List.of(0L, 4096L)) {
            overwrite(meta + LAST_PAGE, new byte[] {0, 0, 0, 0, 0, 1, 0, 0});
        }
        assertDamaged(environment, () -> read(environment));
        assertDamaged(environment, () -> write(environment));
        assertThrows(StoreCorruptedException.class, environment::close);
    }

    private static void scan(ReadOnlyTable table, boolean backward) {
        ReadOnlyTable.RowVisitor all = (key, value) -> true;
        if (backward) {
            table.reverseScan(new BytesView(), new BytesView(), all);
        } else {
            table.scan(new BytesView(), new BytesView(), all);
        }
    }

    @Test
    void shouldNotTakeDamageThatAVisitorFindsElsewhereForItsOwn() {
        ReadOnlyTable.RowVisitor elsewhere =
                (key, value) -> {
                    throw new StoreCorruptedException("another one", "Mend that.");
                };
        BytesView none = new BytesView();
        try (StateEnvironment environment = StateEnvironment.open(config())) {
            fill(environment, 3, 1);
            List<ReadOnlyTable> tables = new ArrayList<>();
            try (StateView view = environment.view();
                    StateTransaction transaction = environment.begin()) {
                tables.add(view.table("t"));
                tables.add(transaction.table("t"));
                for (ReadOnlyTable table : tables) {
                    assertThrows(
                            StoreCorruptedException.class, () -> table.scan(none, none, elsewhere));
                    assertThrows(
                            StoreCorruptedException.class,
                            () -> table.reverseScan(none, none, elsewhere));
                }
            }
            assertEquals(Optional.empty(), environment.damage());
        }
    }

    @Test
    void shouldClearATableInATransactionThatTheMapHasToGrowFor() {
        try (StateEnvironment environment = StateEnvironment.open(config())) {
            fill(environment, 3_000, 10);
            try (StateTransaction transaction = environment.begin()) {
                transaction.table("t").put(bytes("first"), bytes("gone"));
                transaction.table("t").clear();
                for (int i = 0; i < 200; i++) {
                    transaction.table("t").put(bytes("k" + i), bytes(("v" + i).repeat(5_000)));
                }
                transaction.commit();
            }
            assertFilled(environment, 200, 5_000);
        }
        try (StateEnvironment environment = StateEnvironment.open(config())) {
            assertFilled(environment, 200, 5_000);
        }
    }

    /** A pin that is lost would keep every page from being used again. */
    @Test
    void shouldUsePagesAgainAfterItsLogHasKeptItFromGrowing() throws IOException {
        AtomicBoolean refusing = new AtomicBoolean();
        StateConfig config =
                config().withInitialMapBytes(4 << 20)
                        .withBarrier(
                                checkpoint -> {
                                    if (refusing.get()) {
                                        throw new StoreClosedException("log=test");
                                    }
                                });
        try (StateEnvironment environment = StateEnvironment.open(config)) {
            fill(environment, 200, 100);
            refusing.set(true);
            for (int i = 0; i < 3; i++) {
                assertThrows(StoreClosedException.class, () -> fill(environment, 20_000, 1_000));
            }
            refusing.set(false);
            for (int i = 0; i < 600; i++) {
                fill(environment, 200, 100 + i % 2);
                if (i % 20 == 0) {
                    environment.sync();
                }
            }
            long bytes = Files.size(config.path().resolve("data.mdb"));
            assertTrue(bytes < 8 << 20, "bytes=" + bytes);
        }
    }

    private void flip(String needle) throws IOException {
        Path data = config().path().resolve("data.mdb");
        byte[] file = Files.readAllBytes(data);
        String text = new String(file, StandardCharsets.ISO_8859_1);
        int found = 0;
        for (int at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + 1)) {
            file[at + 3] ^= 1;
            found++;
        }
        assertTrue(found > 0);
        Files.write(data, file);
    }

    @Test
    void shouldRefuseAFileThatWasCutShort() throws IOException {
        try (StateEnvironment environment = StateEnvironment.open(config())) {
            fill(environment, 2_000, 10);
        }
        Path data = config().path().resolve("data.mdb");
        try (FileChannel channel = FileChannel.open(data, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() / 2 + 7);
        }
        for (int i = 0; i < 2; i++) {
            assertThrows(StoreCorruptedException.class, () -> StateEnvironment.open(config()));
        }
        Files.delete(data);
        try (StateEnvironment environment = StateEnvironment.open(config())) {
            fill(environment, 10, 1);
            assertFilled(environment, 10, 1);
        }
    }

    @Test
    void shouldLetOtherThreadsCommitWhileOneReads() {
        try (StateEnvironment environment = StateEnvironment.open(config())) {
            fill(environment, 100, 1);
            try (StateView view = environment.view()) {
                for (int i = 0; i < 50; i++) {
                    fill(environment, 100, 2);
                }
                BytesView value = new BytesView();
                assertTrue(view.table("t").get(bytes("k7"), value));
                assertEquals(bytes("v7"), value);
                assertFalse(view.table("u").get(bytes("k7"), value));
            }
            assertFilled(environment, 100, 2);
        }
    }

    /** The table would be made anew, and all of its rows would seem never to have been there. */
    @Test
    void shouldRefuseAFileInWhichATableHasAnotherName() throws IOException {
        try (StateEnvironment environment = StateEnvironment.open(config())) {
            fill(environment, 10, 1);
        }
        Path file = base.resolve("own/data.mdb");
        byte[] whole = Files.readAllBytes(file);
        byte[] name = "table/t".getBytes(StandardCharsets.UTF_8);
        int found = 0;
        for (int at = 0; at < whole.length - name.length; at++) {
            if (Arrays.equals(whole, at, at + name.length, name, 0, name.length)) {
                found++;
                whole[at + name.length - 1] ^= 2;
            }
        }
        assertTrue(found > 0);
        Files.write(file, whole);

        assertThrows(StoreCorruptedException.class, () -> StateEnvironment.open(config()).close());
    }
}
