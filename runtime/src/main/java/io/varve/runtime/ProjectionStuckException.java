package io.varve.runtime;

import io.varve.store.errors.VarveException;
import java.time.Duration;

/**
 * A projection did not come back from an event while the runtime was closed. Its thread and its
 * environment were left behind.
 */
public final class ProjectionStuckException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final String projection;

    ProjectionStuckException(
            String projection, GenerationId generation, long position, Duration timeout) {
        super(
                "The projection did not stop in time: projection="
                        + projection
                        + " generation="
                        + generation
                        + " position="
                        + position
                        + " timeout="
                        + timeout,
                "See in a thread dump where varve-projection-"
                        + projection
                        + " is; its folder stays locked until that returns or the process ends.");
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
