package io.varve.store.errors;

/** Events were wanted that retention has removed from the beginning of the log. */
public final class EventsTruncatedException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final long firstPosition;

    /**
     * Tells what happened.
     *
     * @param what was wanted, as {@code name=value}
     * @param firstPosition the first position that is still in the log
     */
    public EventsTruncatedException(String what, long firstPosition) {
        super(
                "These events are no longer in the log, its beginning was truncated: "
                        + what
                        + " firstPosition="
                        + firstPosition,
                "Begin at the first position, if what lies before it is not needed; otherwise take"
                        + " it from a backup. A hold keeps events that are still needed.");
        this.firstPosition = firstPosition;
    }

    /**
     * The first position that is still in the log.
     *
     * @return 1 or more
     */
    public long firstPosition() {
        return firstPosition;
    }
}
