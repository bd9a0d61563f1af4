package io.varve.store.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.bytes.BytesView;
import io.varve.store.errors.StoreClosedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class InMemoryStateEnvironmentTest extends StateEnvironmentContract {
    @Override
    StateEnvironment open(Set<String> tables) {
        return StateEnvironment.inMemory(tables);
    }

    @Test
    void shouldEmptyTheViewsOfARowAfterTheVisit() {
        try (StateEnvironment environment = open(Set.of("t"));
                StateTransaction transaction = environment.begin()) {
            BytesView one = BytesView.of(new byte[] {1});
            transaction.table("t").put(one, one);
            List<BytesView> kept = new ArrayList<>();
            BytesView open = new BytesView();
            transaction
                    .table("t")
                    .scan(open, open, (key, value) -> kept.add(key) && kept.add(value));
            assertEquals(2, kept.size());
            kept.forEach(view -> assertEquals(0, view.length()));
        }
    }

    @Test
    void shouldRefuseATransactionOfAnotherThread() throws Exception {
        try (StateEnvironment environment = open(Set.of("t"));
                StateTransaction transaction = environment.begin()) {
            FutureTask<Void> task = new FutureTask<>(transaction::commit, null);
            new Thread(task).start();
            ExecutionException e =
                    assertThrows(ExecutionException.class, () -> task.get(1, TimeUnit.MINUTES));
            assertInstanceOf(IllegalStateException.class, e.getCause());
            transaction.commit();
        }
    }

    @Test
    void shouldCommitNothingAfterTheEnvironmentWasClosed() {
        StateEnvironment environment = open(Set.of("t"));
        try (StateTransaction transaction = environment.begin()) {
            environment.close();
            assertThrows(StoreClosedException.class, transaction::commit);
        }
    }

    @Test
    void shouldRefuseATransactionThatWaitedWhenItIsClosed() throws Exception {
        StateEnvironment environment = open(Set.of("t"));
        FutureTask<StateTransaction> waiting = new FutureTask<>(environment::begin);
        try (StateTransaction first = environment.begin()) {
            Thread thread = new Thread(waiting);
            thread.start();
            while (thread.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            environment.close();
            ExecutionException e =
                    assertThrows(ExecutionException.class, () -> waiting.get(1, TimeUnit.MINUTES));
            assertInstanceOf(StoreClosedException.class, e.getCause());
            assertThrows(StoreClosedException.class, first::commit);
        }
    }

    @Test
    void shouldLetAViewOutliveTheEnvironment() {
        StateEnvironment environment = open(Set.of("t"));
        try (StateView view = environment.view()) {
            environment.close();
            assertEquals(0, view.table("t").count());
        }
    }

    @Test
    void shouldStayFlatWhateverTheOrderOfKeys() {
        InMemoryRows up = InMemoryRows.NONE;
        InMemoryRows down = InMemoryRows.NONE;
        int rows = 20_000;
        for (int i = 0; i < rows; i++) {
            up = up.put(key(i), key(i));
            down = down.put(key(rows - 1 - i), key(i));
        }
        // Balanced by weight (3, 2), a tree is at most log(n + 1) / log(4 / 3) high.
        double most = Math.log(rows + 1) / Math.log(4 / 3.0);
        assertTrue(up.height() <= most, "height=" + up.height());
        assertTrue(down.height() <= most, "height=" + down.height());
        for (int i = 0; i < rows - 10; i++) {
            up = up.remove(key(i));
        }
        assertEquals(10, up.size());
        assertTrue(up.height() <= 8, "height=" + up.height());
    }

    private static byte[] key(int i) {
        return new byte[] {(byte) (i >> 16), (byte) (i >> 8), (byte) i};
    }
}
