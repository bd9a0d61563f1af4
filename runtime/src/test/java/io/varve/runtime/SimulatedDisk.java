package io.varve.runtime;

import io.varve.store.bytes.BytesView;
import io.varve.store.errors.StoreFullException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.RowCursor;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateTransaction;
import io.varve.store.state.StateView;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Keyed state in memory whose commits fail now and then, and which goes back to where it was last
 * synced when the power is cut.
 */
final class SimulatedDisk extends ForwardingEnvironment {
    /** What happens at the next commits. */
    enum Fault {
        NONE,
        FULL,
        FAILS_BEFORE,
        FAILS_AFTER
    }

    private final Set<String> tables;
    private final SplittableRandom random;
    private StateEnvironment real;
    private StateView synced;
    private Fault fault = Fault.NONE;
    private int left;
    private boolean killed;

    /** How often. */
    int faults;

    /** How often what is committed has changed. */
    long commits;

    SimulatedDisk(Set<String> tables, SplittableRandom random) {
        this.tables = tables;
        this.random = random;
        this.real = StateEnvironment.inMemory(tables);
        this.synced = real.view();
    }

    /** The next commits, so many, meet a fault. */
    void fail(Fault next, int commits) {
        fault = next;
        left = commits;
    }

    @Override
    public void sync() {
        synced.close();
        synced = real.view();
    }

    /** What was not synced is lost; nobody uses it. */
    void cutPower() {
        StateEnvironment older = StateEnvironment.inMemory(tables);
        try (StateTransaction copy = older.begin()) {
            for (String table : tables) {
                for (RowCursor row = RowCursor.all(synced.table(table));
                        row.isAtRow();
                        row.next()) {
                    copy.table(table).put(BytesView.of(row.key()), BytesView.of(row.value()));
                }
            }
            synced.checkpoint().ifPresent(copy::checkpoint);
            copy.commit();
        }
        synced.close();
        real.close();
        real = older;
        commits++;
        synced = real.view();
    }

    /** Its process is killed: nothing comes to it any more, until the next has begun. */
    void kill() {
        killed = true;
    }

    /** The next process. */
    void revive() {
        killed = false;
        left = 0;
    }

    private Fault next() {
        if (killed) {
            return Fault.FAILS_BEFORE;
        }
        if (fault == Fault.NONE || left == 0) {
            return Fault.NONE;
        }
        left--;
        faults++;
        return fault;
    }

    @Override
    StateEnvironment real() {
        return real;
    }

    @Override
    void commit(StateTransaction begun) {
        Fault now = next();
        if (now == Fault.FULL) {
            throw new StoreFullException("No room: simulated=true", "Make some.", null);
        } else if (now == Fault.FAILS_BEFORE) {
            throw failed();
        }
        begun.commit();
        commits++;
        if (random.nextInt(4) == 0) {
            sync();
        }
        if (now == Fault.FAILS_AFTER) {
            throw failed();
        }
    }

    private static StoreIoException failed() {
        return new StoreIoException("The disk has failed: simulated=true", "Use another.", null);
    }

    @Override
    public void close() {
        synced.close();
        real.close();
    }

    Optional<Checkpoint> checkpoint() {
        try (StateView view = real.view()) {
            return view.checkpoint();
        }
    }
}
