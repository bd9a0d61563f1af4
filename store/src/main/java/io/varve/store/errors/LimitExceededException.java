package io.varve.store.errors;

/** A value is larger than its limit, or there are more of something than there may be. */
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
        this("Too large: ", what, actual, limit, remedy);
    }

    private LimitExceededException(
            String kind, String what, long actual, long limit, String remedy) {
        super(kind + what + " actual=" + actual + " limit=" + limit, remedy);
        this.actual = actual;
        this.limit = limit;
    }

    /**
     * Tells that there are too many of something.
     *
     * @param what there are too many of
     * @param actual how many there would be
     * @param limit how many there may be
     * @param remedy what can be done
     * @return the error, to be thrown
     */
    public static LimitExceededException tooMany(
            String what, long actual, long limit, String remedy) {
        return new LimitExceededException("Too many: ", what, actual, limit, remedy);
    }

    /**
     * How large it is, or how many there would be.
     *
     * @return the value
     */
    public long actual() {
        return actual;
    }

    /**
     * How large it may be, or how many.
     *
     * @return the value
     */
    public long limit() {
        return limit;
    }
}
