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
        this(what, "Do not use it after close(); open it again.");
    }

    /**
     * Tells what happened, where something else than opening it again helps.
     *
     * @param what was used
     * @param remedy what can be done
     */
    public StoreClosedException(String what, String remedy) {
        super("Already closed: " + what, remedy);
    }
}
