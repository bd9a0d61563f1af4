package io.varve.runtime;

import io.varve.store.errors.VarveException;

/** A projection is being rebuilt already. */
public final class RebuildInProgressException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final String projection;

    RebuildInProgressException(String projection, GenerationId generation) {
        super(
                "A rebuild is going on: projection=" + projection + " generation=" + generation,
                "Wait for it, promote it, or cancel it first.");
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
