package io.varve.store.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.bytes.BytesView;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.TableUnknownException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes over a view behave as an environment does, on the heap and in a folder. */
class OverlayEnvironmentTest extends StateEnvironmentContract {
    private static final BytesView OPEN = new BytesView();
    private int opened;

    @Override
    StateEnvironment open(Set<String> tables) {
        // Moved to its folder somewhere on the way.
        return overlay(StateEnvironment.inMemory(tables).view(), tables, 2_000);
    }

    private StateEnvironment overlay(StateView base, Set<String> tables, long memoryBytes) {
        return StateEnvironment.overlay(
                base, tables, memoryBytes, folder.resolve("overlay-" + opened++));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 15_000, Long.MAX_VALUE})
    void shouldBehaveLikeAModelOverRowsThatWereThere(long memoryBytes) {
        long seed = Long.getLong("varve.seed", 41);
        StateConfig config = StateConfig.at(folder.resolve("base")).withTables("a", "b");
        try (StateEnvironment below = StateEnvironment.open(config)) {
            StateEnvironmentModel model = new StateEnvironmentModel(below, seed);
            model.run(20);
            try (StateView base = below.view();
                    StateEnvironment over = overlay(base, Set.of("a", "b"), memoryBytes)) {
                List<String> before = rows(base);
                model.goOnWith(over);
                model.run(40);
                assertEquals(before, rows(base));
            }
        }
    }

    private static List<String> rows(StateView view) {
        List<String> rows = new ArrayList<>();
        for (String table : List.of("a", "b")) {
            view.table(table).scan(OPEN, OPEN, (key, value) -> rows.add(table + key + value));
        }
        return rows;
    }

    private static void put(StateEnvironment environment, int key, int size) {
        try (StateTransaction transaction = environment.begin()) {
            BytesView row = BytesView.of(new byte[] {(byte) key});
            transaction.table("a").put(row, BytesView.of(new byte[size]));
            transaction.commit();
        }
    }

    @Test
    void shouldUseItsFolderFromTheLimitOnAndDeleteIt() {
        Path used = folder.resolve("overlay-" + opened);
        Set<String> tables = Set.of("a");
        StateEnvironment over = overlay(StateEnvironment.inMemory(tables).view(), tables, 10_000);
        put(over, 1, 9_000);
        put(over, 1, 9_000); // in place of the other
        put(over, 2, 2_000);
        assertFalse(Files.exists(used));
        try (StateView view = over.view()) {
            put(over, 3, 1);
            assertTrue(Files.exists(used));
            assertEquals(2, view.table("a").count());
        }
        try (StateView view = over.view()) {
            assertEquals(3, view.table("a").count());
            assertTrue(view.table("a").get(BytesView.of(new byte[] {1}), new BytesView()));
        }
        over.close();
        assertFalse(Files.exists(used));
    }

    @Test
    void shouldShowTheCheckpointBelowUntilItHasOne() {
        Checkpoint below = new Checkpoint(new UUID(1, 1), 0, 7, 7);
        Checkpoint above = new Checkpoint(new UUID(1, 1), 0, 8, 8);
        StateEnvironment base = StateEnvironment.inMemory(Set.of("a"));
        try (StateTransaction transaction = base.begin()) {
            transaction.checkpoint(below);
            transaction.commit();
        }
        StateEnvironment over = overlay(base.view(), Set.of("a"), 0);
        try (StateView before = over.view();
                StateTransaction transaction = over.begin()) {
            transaction.checkpoint(above);
            transaction.commit();
            assertEquals(Optional.of(below), before.checkpoint());
            assertEquals(Optional.of(above), over.view().checkpoint());
        }
    }

    @Test
    void shouldLieOverACopyThatIsReadWhereItLies() throws IOException {
        StateCopy copy;
        try (StateEnvironment base = StateEnvironment.inMemory(Set.of("a"))) {
            put(base, 1, 100);
            put(base, 2, 100);
            copy = base.copyTo(folder.resolve("copy"));
        }
        copy.check();
        byte[] bytes = Files.readAllBytes(copy.folder().resolve(StateCopy.FILE));
        Set<String> tables = Set.of("a", "later");
        try (StateView base = copy.view(tables);
                StateEnvironment over = overlay(base, tables, 0)) {
            try (StateTransaction transaction = over.begin()) {
                assertTrue(transaction.table("a").delete(BytesView.of(new byte[] {1})));
                transaction.table("later").put(BytesView.of(new byte[] {9}), OPEN);
                transaction.commit();
            }
            try (StateView view = over.view()) {
                assertEquals(1, view.table("a").count());
                assertEquals(1, view.table("later").count());
            }
            assertEquals(2, base.table("a").count());
            assertEquals(0, base.table("later").count());
            assertThrows(TableUnknownException.class, () -> base.table("other"));
        }
        try (var files = Files.list(copy.folder())) {
            assertEquals(List.of(copy.folder().resolve(StateCopy.FILE)), files.toList());
        }
        bytes[bytes.length / 2] ^= 1;
        Files.write(copy.folder().resolve(StateCopy.FILE), bytes);
        assertThrows(StoreCorruptedException.class, copy::check);
    }
}
