package io.varve.runtime;

import io.varve.store.errors.VarveException;

/**
 * A read model has changed in a way that the events do not tell while it was held against them:
 * dead letters were retried, or it was begun anew. Nothing is known of its rows.
 */
public final class VerificationDisturbedException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final String projection;
    private final long position;

    VerificationDisturbedException(String projection, long position, String what) {
        super(
                "The read model cannot be held against the events, because "
                        + what
                        + ": projection="
                        + projection
                        + " position="
                        + position,
                "Verify it again.");
        this.projection = projection;
        this.position = position;
    }

    /**
     * The name of the projection.
     *
     * @return the value
     */
    public String projection() {
        return projection;
    }

    /**
     * The position up to which the events were applied.
     *
     * @return -1 if none was
     */
    public long position() {
        return position;
    }
}
