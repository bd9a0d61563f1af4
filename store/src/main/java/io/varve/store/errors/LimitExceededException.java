package io.varve.store.errors;

/** A value is larger than its limit. */
public final class LimitExceededException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final long actual;
    private final long limit;

    /**
     * Tells what happened.
     *
     * @param what is too large
     * @param actual how large it is
     * @param limit how large it may be
     */
    public LimitExceededException(String what, long actual, long limit) {
        this(what, actual, limit, "Make it smaller; this limit is fixed.");
    }

    /**
     * Tells what happened, of a limit that can be changed.
     *
     * @param what is too large
     * @param actual how large it is
     * @param limit how large it may be
     * @param remedy what can be done
     */
    public LimitExceededException(String what, long actual, long limit, String remedy) {
        super("Too large: " + what + " actual=" + actual + " limit=" + limit, remedy);
        this.actual = actual;
        this.limit = limit;
    }

    /**
     * How large it is.
     *
     * @return the value
     */
    public long actual() {
        return actual;
    }

    /**
     * How large it may be.
     *
     * @return the value
     */
    public long limit() {
        return limit;
    }
}
