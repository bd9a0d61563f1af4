package io.varve.store;

/**
 * A commit was given up before it began to write: nothing of it is kept, and the store may go on.
 */
final class NotCommittedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotCommittedException(Exception cause) {
        super(cause.getMessage(), cause, false, false);
    }
}
