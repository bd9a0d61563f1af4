package io.varve.store.errors;

import java.io.IOException;

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

    /**
     * Whether the file system has refused for want of room; Java has no exception of its own for
     * that.
     *
     * @param e what was caught
     * @return false for anything else
     */
    public static boolean isMeantBy(IOException e) {
        String message = String.valueOf(e.getMessage());
        return message.contains("No space left") || message.contains("quota exceeded");
    }
}
