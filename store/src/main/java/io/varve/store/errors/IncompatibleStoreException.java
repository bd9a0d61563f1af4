package io.varve.store.errors;

/** A folder holds something else than what was expected there, or what a newer version wrote. */
public final class IncompatibleStoreException extends VarveException {
    private static final long serialVersionUID = 1L;

    /**
     * Tells what happened.
     *
     * @param what was found, ending in facts
     * @param remedy what to do about it
     */
    public IncompatibleStoreException(String what, String remedy) {
        super(what, remedy);
    }
}
