package io.varve.runtime;

import io.varve.store.errors.VarveException;

/** A projection is paused, so nothing happens to its read model that could be waited for. */
public final class ProjectionPausedException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final String projection;

    private final long position;

    ProjectionPausedException(String projection, long position) {
        super(
                "The projection is paused: projection=" + projection + " position=" + position,
                "Let it go on with resume(\""
                        + projection
                        + "\"); up to that position it can be read meanwhile. If nobody has paused"
                        + " it, another generation of it is live now: ask again.");
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
     * How far it has got.
     *
     * @return the last position it has applied; -1 if none
     */
    public long position() {
        return position;
    }
}
