package io.varve.runtime;

import io.varve.store.EventStore;
import io.varve.store.StoreIdentity;
import io.varve.store.state.Checkpoint;
import java.util.Optional;

/** Which history a log holds: makes checkpoints of it, and tells those of others. */
record History(EventStore store, StoreIdentity identity) {
    static History of(EventStore store) {
        return new History(store, store.identity());
    }

    /** The checkpoint at a position, which must be in the log. */
    Checkpoint at(long position) {
        return new Checkpoint(
                identity.storeId(), identity.incarnation(), position, store.chainHash(position));
    }

    /** Why a checkpoint cannot be of this history; empty if it is. */
    Optional<String> contradicts(Checkpoint checkpoint) {
        if (!checkpoint.storeId().equals(identity.storeId())) {
            return Optional.of("another store, storeId=" + identity.storeId());
        }
        if (checkpoint.incarnation() != identity.incarnation()) {
            return Optional.of("restored since, incarnation=" + identity.incarnation());
        }
        if (checkpoint.position() > store.head()) {
            return Optional.of("the log ends before it, head=" + store.head());
        }
        long chainHash = store.chainHash(checkpoint.position());
        return checkpoint.chainHash() == chainHash
                ? Optional.empty()
                : Optional.of("other events, chainHash=" + chainHash);
    }
}
