package io.varve.runtime;

import io.varve.store.EventStore;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.SyncBarrier;

/**
 * Brings the log to the disk before a read model that was computed from it: where the log does not
 * sync each append, a crash of the machine would otherwise leave a read model of events that are
 * gone.
 */
record LogBarrier(EventStore store) implements SyncBarrier {
    @Override
    public void await(Checkpoint checkpoint) {
        if (store.durablePosition() < checkpoint.position()) {
            store.sync();
        }
    }
}
