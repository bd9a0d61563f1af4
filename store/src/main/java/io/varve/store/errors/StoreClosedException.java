package io.varve.store.errors;

/** A store, view or runtime was used after it was closed. */
public final class StoreClosedException extends VarveException {
    private static final long serialVersionUID = 1L;

    /**
     * Tells what happened.
     *
     * @param what was used
     */
    public StoreClosedException(String what) {
        super("Already closed: " + what, "Do not use it after close(); open it again.");
    }
}
