package io.varve.projections;

import io.varve.store.errors.VarveException;

/** A task was given an event whose position is not behind the last one it has seen. */
public final class OutOfOrderEventException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final long position;
    private final long last;

    /**
     * Tells what happened.
     *
     * @param position of the event that was refused
     * @param last position the task has seen or committed
     */
    public OutOfOrderEventException(long position, long last) {
        super(
                "The event was applied already, or comes too late: position="
                        + position
                        + " last="
                        + last,
                "Feed each event once, in the order of the log, from behind the checkpoint.");
        this.position = position;
        this.last = last;
    }

    /**
     * The position of the event that was refused.
     *
     * @return 0 or more
     */
    public long position() {
        return position;
    }

    /**
     * The last position the task has seen or committed.
     *
     * @return 0 or more
     */
    public long last() {
        return last;
    }
}
