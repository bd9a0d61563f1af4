package io.varve.store.errors;

/** The file system refused something. */
public final class StoreIoException extends VarveException {
    private static final long serialVersionUID = 1L;

    /**
     * Tells what happened.
     *
     * @param what was being done, ending in facts
     * @param cause what was caught
     */
    public StoreIoException(String what, Throwable cause) {
        super(what, remedy(cause), cause);
    }

    /** Java has no exception of its own for too many open files. */
    private static String remedy(Throwable cause) {
        return String.valueOf(cause).contains("Too many open files")
                ? "Close files, or grant the process more (ulimit -n); nothing was lost."
                : "See the cause; check that the folder exists and belongs to this user, and that its"
                        + " disk works.";
    }

    /**
     * Tells what happened.
     *
     * @param what was being done, ending in facts
     * @param remedy what to do about it
     * @param cause what was caught
     */
    public StoreIoException(String what, String remedy, Throwable cause) {
        super(what, remedy, cause);
    }
}
