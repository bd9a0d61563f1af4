package io.varve.store.snapshot;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.ShortPatience;
import io.varve.store.errors.StoreIoException;
import io.varve.store.errors.StoreLockedException;
import io.varve.store.errors.VarveException;
import io.varve.store.state.LostStateChange;
import io.varve.store.state.StateConfig;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateView;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Memory has run out as LMDB began a change of state, or of snapshots: they cannot be closed. */
class LostSnapshotChangeTest {
    @TempDir Path folder;

    private static <E extends VarveException> void assertAdvisesToEnd(
            Class<E> type, Executable door) {
        for (int i = 0; i < 2; i++) {
            E told = assertThrows(type, door);
            assertTrue(told.remedy().contains("End the process"), told::remedy);
        }
    }

    @Test
    void shouldSayThatStateIsNotClosedAndNeverWillBe() {
        StateEnvironment state = StateEnvironment.open(StateConfig.at(folder).withTables("t"));
        LostStateChange.begin(state);
        assertAdvisesToEnd(StoreIoException.class, state::close);
        assertAdvisesToEnd(StoreLockedException.class, () -> SnapshotStore.open(folder));
    }

    @Test
    void shouldSayThatSnapshotsAreNotClosedAndNeverWillBe() {
        SnapshotStore snapshots = SnapshotStore.open(folder);
        LostStateChange.begin(snapshots.environment());
        assertAdvisesToEnd(StoreIoException.class, snapshots::close);
        assertAdvisesToEnd(StoreLockedException.class, () -> SnapshotStore.open(folder));
    }

    @Test
    void shouldSayThatNobodyGetsStateInWhichAChangeWasFoundLostAfterClosing() {
        SnapshotStore snapshots = ShortPatience.open(() -> SnapshotStore.open(folder));
        StateView view = snapshots.environment().view();
        LostStateChange.begin(snapshots.environment());
        snapshots.close(); // while somebody reads, nobody can look
        view.close();
        assertAdvisesToEnd(StoreLockedException.class, () -> SnapshotStore.open(folder));
        assertAdvisesToEnd(StoreIoException.class, snapshots::close);
    }
}
