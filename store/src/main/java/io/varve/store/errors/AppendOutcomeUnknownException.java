package io.varve.store.errors;

import java.nio.file.Path;

/**
 * An input/output error struck while an append was being committed: it may be kept or lost, whole.
 */
public final class AppendOutcomeUnknownException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final transient Path path;

    /**
     * Tells what happened.
     *
     * @param path the folder
     * @param cause what was caught
     */
    public AppendOutcomeUnknownException(Path path, Throwable cause) {
        super(
                "The append may or may not have been kept: path=" + path,
                "Close the store, open it again and read the stream to see.",
                cause);
        this.path = path;
    }

    /**
     * The folder.
     *
     * @return the value
     */
    public Path path() {
        return path;
    }
}
