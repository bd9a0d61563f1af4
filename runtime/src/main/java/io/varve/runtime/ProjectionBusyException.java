package io.varve.runtime;

import io.varve.store.errors.VarveException;
import java.time.Duration;

/**
 * A projection did not do in time what it was asked for, because it was busy with something else,
 * or because its read model is damaged and is about to be begun anew.
 */
public final class ProjectionBusyException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final String projection;
    private final boolean begun;

    ProjectionBusyException(String projection, Duration timeout, boolean begun) {
        super(
                "The projection did not do in time what it was asked for: projection="
                        + projection
                        + " timeout="
                        + timeout
                        + " begun="
                        + begun,
                begun
                        ? "It goes on; look at its dead letters later."
                        : "Nothing was done; wait longer, or see in a thread dump what"
                                + " varve-projection-"
                                + projection
                                + " does.");
        this.projection = projection;
        this.begun = begun;
    }

    private ProjectionBusyException(String projection) {
        super(
                "The read model is damaged, and another takes its place: projection=" + projection,
                "Nothing was done; ask again when it is begun anew, or resume a projection that is"
                        + " paused or has failed, which begins it anew.");
        this.projection = projection;
        this.begun = false;
    }

    /** Nothing is changed in a read model that is about to be set aside. */
    static ProjectionBusyException damaged(String projection) {
        return new ProjectionBusyException(projection);
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
     * Whether it had begun, and goes on.
     *
     * @return false if nothing was done, and nothing will be
     */
    public boolean begun() {
        return begun;
    }
}
