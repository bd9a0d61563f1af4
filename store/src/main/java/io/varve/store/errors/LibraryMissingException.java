package io.varve.store.errors;

/** An optional library is not on the class path. */
public final class LibraryMissingException extends VarveException {
    private static final long serialVersionUID = 1L;

    /**
     * Tells what happened.
     *
     * @param what needs it
     * @param library its coordinates
     * @param cause what was caught
     */
    public LibraryMissingException(String what, String library, Throwable cause) {
        super(
                "A library is missing: needed by=" + what + " library=" + library,
                "Add it to your build, in the version of your jackson-databind.",
                cause);
    }
}
