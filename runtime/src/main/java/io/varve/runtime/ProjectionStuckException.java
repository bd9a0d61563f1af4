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
                        + " computed is deleted once that returns, or by the next start.",
                projection);
    }

    /** Of a projection that is paused all the same, once its code is back. */
    ProjectionStuckException thoughPaused() {
        return new ProjectionStuckException(
                "The projection is paused, but its code has not come back in time",
                where,
                "it stops by itself where that returns, and stays paused, after a restart too, until"
                        + " it is resumed. There is nothing more to do.",
                projection);
    }

    /**
     * Of a projection that is removed all the same.
     *
     * @param delete whether its data was to be deleted, which it was not
     */
    ProjectionStuckException thoughRemoved(boolean delete) {
        String then =
                "it commits nothing more, and its folder stays locked until that returns or the"
                        + " process ends. ";
        return new ProjectionStuckException(
                "The projection is removed, but its code has not come back in time"
                        + (delete ? ", and nothing is deleted yet" : ""),
                where,
                then
                        + (delete
                                ? "After that, forget(\""
                                        + projection
                                        + "\", RemovedData.DELETE) deletes what is left; or it"
                                        + " can be added again."
                                : "After that it can be added again; forget(\""
                                        + projection
                                        + "\", RemovedData.KEEP) gives back what it holds in the"
                                        + " log."),
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
