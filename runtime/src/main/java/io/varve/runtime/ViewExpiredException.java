package io.varve.runtime;

import io.varve.store.errors.VarveException;
import java.time.Duration;

/** A read view was open for longer than {@link RuntimeConfig#viewLimit}, and was closed. */
public final class ViewExpiredException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final String projection;
    private final long position;

    ViewExpiredException(String projection, long position, Duration limit) {
        super(
                "The read view was open for too long and was closed: projection="
                        + projection
                        + " position="
                        + position
                        + " limit="
                        + limit,
                "Open another one, and close views soon; read much in several views. Where that"
                        + " cannot be, raise RuntimeConfig.viewLimit.");
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
     * The position that the view was as of.
     *
     * @return -1 if nothing was applied
     */
    public long position() {
        return position;
    }
}
