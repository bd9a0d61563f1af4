package io.varve.store.errors;

/** Stored bytes are not what was written. */
public final class StoreCorruptedException extends VarveException {
    private static final long serialVersionUID = 1L;

    /**
     * Tells what happened.
     *
     * @param what is wrong, ending in facts
     * @param remedy what to do about it
     */
    public StoreCorruptedException(String what, String remedy) {
        super("Damaged data: " + what, remedy);
    }
}
