package io.varve.runtime;

import io.varve.store.errors.VarveException;

/** A snapshot was asked for of a projection that has not committed anything yet. */
public final class NothingToSnapshotException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final String projection;

    NothingToSnapshotException(String projection) {
        super(
                "The read model has no checkpoint yet: projection=" + projection,
                "Wait until it has applied an event: awaitPosition.");
        this.projection = projection;
    }

    /**
     * The name of the projection.
     *
     * @return the value
     */
    public String projection() {
        return projection;
    }
}
