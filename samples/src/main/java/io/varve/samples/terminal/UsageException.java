package io.varve.samples.terminal;

/** The command line was not understood; the message says in one line why. */
public final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Says what was not understood.
     *
     * @param message one line
     */
    public UsageException(String message) {
        super(message);
    }
}
