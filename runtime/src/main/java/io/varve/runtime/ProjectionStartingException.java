package io.varve.runtime;

import io.varve.store.errors.VarveException;

/** The read model of a projection is being opened, so there is nothing to be read yet. */
public final class ProjectionStartingException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final String projection;

    ProjectionStartingException(String projection) {
        super(
                "The projection is being started: projection=" + projection,
                "Ask again when add() has returned, or wait for it with awaitLive.");
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
