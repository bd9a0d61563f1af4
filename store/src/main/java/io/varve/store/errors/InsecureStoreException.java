package io.varve.store.errors;

/** A folder is not safe from others: anybody may write it, or a file of it leads elsewhere. */
public final class InsecureStoreException extends VarveException {
    private static final long serialVersionUID = 1L;

    /**
     * Tells what happened.
     *
     * @param what is not safe, ending in facts
     * @param remedy what to do about it
     */
    public InsecureStoreException(String what, String remedy) {
        super(what, remedy);
    }
}
