package io.varve.store.errors;

/** The root of all errors: what happened, to what, and the remedy. */
public abstract class VarveException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What to do about it, in a sentence. */
    private final String remedy;

    /**
     * For subclasses.
     *
     * @param what happened, to what; ends in {@code name=value} facts
     * @param remedy what to do about it, a sentence
     */
    protected VarveException(String what, String remedy) {
        super(what + ". " + remedy);
        this.remedy = remedy;
    }

    /**
     * For subclasses.
     *
     * @param what happened, to what; ends in {@code name=value} facts
     * @param remedy what to do about it, a sentence
     * @param cause what was caught
     */
    protected VarveException(String what, String remedy, Throwable cause) {
        super(what + ". " + remedy, cause);
        this.remedy = remedy;
    }

    /**
     * What to do about it.
     *
     * @return a sentence
     */
    public String remedy() {
        return remedy;
    }
}
