package io.varve.store.errors;

/** A position was not reached in time. */
public final class WaitTimeoutException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final long position;
    private final long reached;

    /**
     * Tells what happened.
     *
     * @param what was waited for
     * @param position the position that was waited for
     * @param reached the position that was reached
     */
    public WaitTimeoutException(String what, long position, long reached) {
        super(
                "Not reached in time: " + what + " position=" + position + " reached=" + reached,
                "Wait longer, or look at the status of what should have got there.");
        this.position = position;
        this.reached = reached;
    }

    /**
     * The position that was waited for.
     *
     * @return the value
     */
    public long position() {
        return position;
    }

    /**
     * The position that was reached.
     *
     * @return the value
     */
    public long reached() {
        return reached;
    }
}
