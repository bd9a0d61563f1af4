package io.varve.runtime;

import io.varve.store.EventStore;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.SyncBarrier;

/**
 * Brings the log to the disk before a read model that was computed from it: where the log does not
 * sync each append, a crash of the machine would otherwise leave a read model of events that are
 * gone; or, of a projection that emits, one that knows of appends which are gone.
 */
record LogBarrier(EventStore store, boolean emits) implements SyncBarrier {
    @Override
    public void await(Checkpoint checkpoint) {
        long needed = emits ? store.head() : checkpoint.position();
        if (store.durablePosition() < needed) {
            store.sync();
        }
    }
}
