package io.varve.runtime;

import io.varve.store.errors.VarveException;

/**
 * A read model was asked for more than it has, and its projection has failed; the cause says why.
 */
public final class ProjectionFailedException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final String projection;
    private final long position;

    ProjectionFailedException(String projection, long position, Throwable failure) {
        super(
                "The projection has failed: projection=" + projection + " applied=" + position,
                "Remedy the cause and resume(projection), or start the runtime again; it goes on behind"
                        + " that position.",
                failure);
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
     * The position up to which its read model goes.
     *
     * @return -1 if nothing was applied
     */
    public long position() {
        return position;
    }
}
