package io.varve.runtime;

import io.varve.store.errors.VarveException;

/**
 * An event of the log could not be applied anew, and the projection has no dead letter of it, so
 * that it must not be left out. The cause says why.
 */
public final class ReplayFailedException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final String projection;
    private final long position;

    ReplayFailedException(String projection, long position, Throwable cause) {
        super(
                "An event could not be applied anew: projection="
                        + projection
                        + " position="
                        + position,
                "Ask for a position before it, or correct what its cause tells of; where the read"
                        + " model has got past it, its code or a serde gives other results now.",
                cause);
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
     * The position of the event.
     *
     * @return 0 or more
     */
    public long position() {
        return position;
    }
}
