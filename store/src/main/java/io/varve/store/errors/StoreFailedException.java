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
        this(path, cause, Reason.of(cause));
    }

    private StoreFailedException(Path path, Throwable cause, Reason reason) {
        super(
                "The store stopped writing" + reason.what + ": path=" + path,
                reason.remedy
                        + ", then close the store and open it again: what was acknowledged is kept.",
                cause);
        this.path = path;
    }

    private enum Reason {
        MEMORY(", as memory ran out while it wrote", "Give the JVM more memory"),
        JVM(" after an error that is none of the disk's", "See the cause"),
        DISK(" after an input/output error", "Check the disk");

        private final String what;
        private final String remedy;

        Reason(String what, String remedy) {
            this.what = what;
            this.remedy = remedy;
        }

        static Reason of(Throwable cause) {
            if (LackOfMemory.isCauseOf(cause)) {
                return MEMORY;
            }
            return cause instanceof Error ? JVM : DISK;
        }
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
