package io.varve.store.errors;

import java.nio.file.Path;

/** A store refuses to write since an error that struck while it wrote; reading goes on. */
public final class StoreFailedException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final transient Path path;

    /**
     * Tells what happened.
     *
     * @param path the folder
     * @param cause what was caught
     */
    public StoreFailedException(Path path, Throwable cause) {
        super(
                LackOfMemory.isCauseOf(cause)
                        ? "The store stopped writing, as memory ran out while it wrote: path="
                                + path
                        : "The store stopped writing after an input/output error: path=" + path,
                (LackOfMemory.isCauseOf(cause) ? "Give the JVM more memory" : "Check the disk")
                        + ", then close the store and open it again: what was acknowledged is kept.",
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
