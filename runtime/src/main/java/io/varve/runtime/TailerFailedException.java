package io.varve.runtime;

import io.varve.store.errors.VarveException;

/** The log could not be read on behalf of all projections; the cause says why. */
public final class TailerFailedException extends VarveException {
    private static final long serialVersionUID = 1L;

    TailerFailedException(Throwable cause) {
        super(
                "The log can no longer be read: thread=varve-tailer",
                "Remedy the cause and start the runtime again; close a runtime before its store.",
                cause);
    }
}
