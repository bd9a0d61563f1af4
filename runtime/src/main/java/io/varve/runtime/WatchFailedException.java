package io.varve.runtime;

import io.varve.store.errors.ErrorText;
import io.varve.store.errors.VarveException;

/** A watch has ended because a row could not be decoded, or its listener has thrown. */
public final class WatchFailedException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final String projection;

    WatchFailedException(String projection, Throwable cause) {
        super(
                "A watch has ended: projection=" + projection + " cause=" + ErrorText.of(cause),
                "See the cause; the projection itself goes on. Watch again.",
                cause);
        this.projection = projection;
    }

    /**
     * The name of the projection.
     *
     * @return the value
     */
    public String projection() {
        return projection;
    }
}
