package io.varve.store.errors;

/** The root of all errors: what happened, to what, and the remedy. */
public abstract class VarveException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What happened, to what. */
    private final String what;

    /** What to do about it, in a sentence. */
    private final String remedy;

    /**
     * For subclasses.
     *
     * @param what happened, to what; ends in {@code name=value} facts
     * @param remedy what to do about it, a sentence
     */
    protected VarveException(String what, String remedy) {
        super(sentence(what) + ". " + remedy);
        this.what = sentence(what);
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
        super(sentence(what) + ". " + remedy, cause);
        this.what = sentence(what);
        this.remedy = remedy;
    }

    /** Without full stops at its end: it may end with what somebody else's error says. */
    private static String sentence(String what) {
        int end = what.length();
        while (end > 0 && (what.charAt(end - 1) == '.' || what.charAt(end - 1) == ' ')) {
            end--;
        }
        return what.substring(0, end);
    }

    /**
     * What happened, and to what: the message without the remedy, for a log that has a field for
     * each.
     *
     * @return ends in {@code name=value} facts, without a full stop
     */
    public String what() {
        return what;
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
