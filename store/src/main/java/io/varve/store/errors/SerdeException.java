package io.varve.store.errors;

/** A value could not be turned into bytes, or bytes into a value. */
public final class SerdeException extends VarveException {
    private static final long serialVersionUID = 1L;

    /**
     * Tells what happened.
     *
     * @param what could not be turned, ending in facts
     * @param remedy what to do about it
     * @param cause what was caught
     */
    public SerdeException(String what, String remedy, Throwable cause) {
        super(what, remedy, cause);
    }
}
