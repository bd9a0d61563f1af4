package io.varve.store.snapshot;

import io.varve.store.EventStore;
import io.varve.store.StoreIdentity;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.VarveException;
import io.varve.store.snapshot.Rejection.Reason;
import io.varve.store.state.Checkpoint;
import java.util.Optional;

/**
 * What snapshots must be of to be used: this log as it is now, this category, this schema.
 *
 * @param store the log
 * @param category of the streams
 * @param schema version of the schema
 */
record SnapshotHistory(EventStore store, String category, int schema) {
    /** The header of a snapshot that is taken now. */
    SnapshotHeader header(long version, long position) {
        StoreIdentity identity = store.identity();
        Checkpoint origin =
                new Checkpoint(
                        identity.storeId(),
                        identity.incarnation(),
                        position,
                        store.chainHash(position));
        return new SnapshotHeader(schema, origin, version, category);
    }

    /** Why a snapshot is not to be used; empty if it is. */
    Optional<Rejection> contradicts(SnapshotHeader header) {
        if (!header.category().equals(category)) {
            return no(header, Reason.OTHER_CATEGORY, "category=" + header.category());
        }
        if (header.schema() != schema) {
            return no(header, Reason.OTHER_SCHEMA, "schemaVersion=" + header.schema());
        }
        Checkpoint origin = header.origin();
        StoreIdentity identity = store.identity();
        if (!origin.storeId().equals(identity.storeId())) {
            return no(header, Reason.OTHER_STORE, "storeId=" + origin.storeId());
        }
        if (origin.incarnation() != identity.incarnation()) {
            return no(header, Reason.OTHER_INCARNATION, "incarnation=" + origin.incarnation());
        }
        return contradicts(header, origin);
    }

    private Optional<Rejection> contradicts(SnapshotHeader header, Checkpoint origin) {
        String at = "position=" + origin.position();
        long head = store.head();
        if (origin.position() > head) {
            return no(header, Reason.AHEAD_OF_LOG, at + " head=" + head);
        }
        if (isTruncated(origin.position())) {
            // There is nothing left to compare it with, but this is the log it is of; and what is
            // left of the stream must follow on its version, or it is of no use.
            return Optional.empty();
        }
        try {
            return store.chainHash(origin.position()) == origin.chainHash()
                    ? Optional.empty()
                    : no(header, Reason.OTHER_HISTORY, at);
        } catch (StoreClosedException e) {
            throw e;
        } catch (VarveException e) {
            return no(header, Reason.NOT_IN_LOG, at + " cause=" + e.getMessage());
        }
    }

    /** Whether the event at a position was removed from the log by retention. */
    boolean isTruncated(long position) {
        return position < store.retention().firstPosition();
    }

    private static Optional<Rejection> no(SnapshotHeader header, Reason reason, String detail) {
        return Optional.of(new Rejection(header.version(), reason, detail));
    }
}
