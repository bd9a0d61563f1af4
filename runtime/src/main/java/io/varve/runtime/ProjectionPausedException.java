package io.varve.runtime;

import io.varve.store.errors.VarveException;

/** A projection is paused, so nothing happens to its read model that could be waited for. */
public final class ProjectionPausedException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final String projection;

    ProjectionPausedException(String projection) {
        super(
                "The projection is paused: projection=" + projection,
                "Resume it. If nobody has paused it, another generation of it is live now: ask"
                        + " again.");
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
