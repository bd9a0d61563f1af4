package io.varve.store.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.ShortPatience;
import io.varve.store.bytes.BytesView;
import io.varve.store.errors.LimitExceededException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.StoreFullException;
import io.varve.store.errors.StoreLockedException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
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

    @Test
    void shouldTrustAFolderWhoseProcessDied() throws IOException {
        try (StateEnvironment environment = StateEnvironment.open(config())) {
            fill(environment, 10, 1);
            Path copy = Files.createDirectories(base.resolve("copy"));
            for (String name : new String[] {"data.mdb", "varve.mark"}) {
                Files.copy(config().path().resolve(name), copy.resolve(name));
            }
            StateConfig there = new StateConfig(copy, config().tables(), 1 << 20);
            try (StateEnvironment killed = StateEnvironment.open(there)) {
                assertFilled(killed, 10, 1);
            }
        }
    }

    @Test
    void shouldThrowAwayWhatTheMachineLostHalfOf() throws IOException {
        StateEnvironment.open(config()).close();
        try (StateEnvironment environment = StateEnvironment.open(config())) {
            fill(environment, 10, 1);
        }
        Path mark = config().path().resolve("varve.mark");
        assertTrue(Files.readString(mark).startsWith("clean"));
        Files.writeString(mark, "of another start of the machine");
        try (StateEnvironment environment = StateEnvironment.open(config());
                StateView view = environment.view()) {
            assertEquals(0, view.table("t").count());
            assertEquals(Optional.empty(), view.checkpoint());
        }
    }

    @Test
    void shouldRefuseARowWithAFlippedBit() throws IOException {
        String needle = "find me in the file, please";
        try (StateEnvironment environment = StateEnvironment.open(config());
                StateTransaction transaction = environment.begin()) {
            transaction.table("t").put(bytes("k"), bytes(needle));
            transaction.table("t").put(bytes("other"), bytes("whole"));
            transaction.commit();
        }
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
        try (StateEnvironment environment = StateEnvironment.open(config());
                StateView view = environment.view()) {
            BytesView value = new BytesView();
            ReadOnlyTable table = view.table("t");
            assertThrows(StoreCorruptedException.class, () -> table.get(bytes("k"), value));
            assertThrows(
                    StoreCorruptedException.class,
                    () -> table.scan(bytes(""), bytes(""), (key, row) -> true));
            assertTrue(table.get(bytes("other"), value));
            assertArrayEquals("whole".getBytes(StandardCharsets.UTF_8), value.toByteArray());
        }
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
}
