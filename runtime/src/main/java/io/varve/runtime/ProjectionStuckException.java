package io.varve.runtime;

import io.varve.store.errors.VarveException;
import java.time.Duration;

/**
 * A projection, or a rebuild of it, did not come back from an event in time, while the runtime was
 * closed or its life was changed otherwise. Its thread and its environment were left behind.
 */
public final class ProjectionStuckException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final String projection;
    private final String where;

    ProjectionStuckException(
            String projection, GenerationId generation, long position, Duration timeout) {
        this(
                "The projection did not stop in time",
                "projection="
                        + projection
                        + " generation="
                        + generation
                        + " position="
                        + position
                        + " timeout="
                        + timeout,
                "its folder stays locked until that returns or the process ends.",
                projection);
    }

    private ProjectionStuckException(
            String what, String where, String consequence, String projection) {
        super(
                what + ": " + where,
                "See in a thread dump where varve-projection-"
                        + projection
                        + " is; "
                        + consequence);
        this.projection = projection;
        this.where = where;
    }

    /** Of a rebuild that is cancelled all the same. */
    ProjectionStuckException thoughCancelled() {
        return new ProjectionStuckException(
                "The rebuild is cancelled, but its code has not come back in time",
                where,
                "there is nothing more to cancel, and another rebuild can begin. What this one has"
                        + " computed is deleted with the next one, or by the next start.",
                projection);
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
