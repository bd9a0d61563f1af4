package io.varve.runtime;

import io.varve.store.errors.VarveException;

/** A rebuild cannot be promoted as it is. */
public final class RebuildNotReadyException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final String projection;

    RebuildNotReadyException(String projection, RebuildPhase phase, long position, long head) {
        super(
                "A rebuild cannot be promoted: projection="
                        + projection
                        + " phase="
                        + phase
                        + " position="
                        + position
                        + " head="
                        + head,
                phase.isOver()
                        ? "It is over; ask for another rebuild."
                        : "Wait until it has caught up, with await(timeout).");
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
