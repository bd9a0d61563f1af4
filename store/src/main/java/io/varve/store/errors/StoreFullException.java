package io.varve.store.errors;

/** There is no room for what was to be written; nothing of it was written. */
public final class StoreFullException extends VarveException {
    private static final long serialVersionUID = 1L;

    /**
     * Tells what happened.
     *
     * @param what is full, ending in facts
     * @param remedy what to do about it
     * @param cause what was caught
     */
    public StoreFullException(String what, String remedy, Throwable cause) {
        super(what, remedy, cause);
    }
}
