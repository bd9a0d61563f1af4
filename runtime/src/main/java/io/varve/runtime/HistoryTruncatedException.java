package io.varve.runtime;

import io.varve.store.errors.VarveException;
import java.nio.file.Path;

/**
 * Retention has removed events that a projection has not applied: going on would leave them out of
 * its read model.
 */
public final class HistoryTruncatedException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final String projection;
    private final long next;
    private final long firstPosition;

    HistoryTruncatedException(String projection, Path folder, long next, long firstPosition) {
        super(
                "Events that the projection needs are no longer in the log: projection="
                        + projection
                        + " next="
                        + next
                        + " firstPosition="
                        + firstPosition
                        + " folder="
                        + folder,
                "Bring back a read model that reaches further, or a log from before; or, if the"
                        + " projection can do without them, delete the folder and begin with what is"
                        + " left: allowTruncatedLog().");
        this.projection = projection;
        this.next = next;
        this.firstPosition = firstPosition;
    }

    /** Of a read model that was to begin at the beginning of the log, so that there is none. */
    HistoryTruncatedException(String projection, long firstPosition) {
        super(
                "Events that the projection needs are no longer in the log: projection="
                        + projection
                        + " next=0 firstPosition="
                        + firstPosition,
                "Bring back a log from before, or go on with the read model there is, if there is"
                        + " one; or, if the projection can do without them, begin with what is left:"
                        + " allowTruncatedLog().");
        this.projection = projection;
        this.next = 0;
        this.firstPosition = firstPosition;
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
     * The first position it needs.
     *
     * @return 0 or more
     */
    public long next() {
        return next;
    }

    /**
     * The first position that is still in the log.
     *
     * @return more than {@link #next}
     */
    public long firstPosition() {
        return firstPosition;
    }
}
