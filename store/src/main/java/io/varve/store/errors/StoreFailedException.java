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
        this(path, cause, LackOfMemory.isCauseOf(cause));
    }

    private StoreFailedException(Path path, Throwable cause, boolean memory) {
        super(
                "The store stopped writing"
                        + (memory
                                ? ", as memory ran out while it wrote: path="
                                : " after an input/output error: path=")
                        + path,
                (memory ? "Give the JVM more memory" : "Check the disk")
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
