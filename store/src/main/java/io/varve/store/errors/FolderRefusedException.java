package io.varve.store.errors;

import java.nio.file.Path;

/** A folder or file cannot be what it was given for; nothing in it was touched. */
public final class FolderRefusedException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final transient Path path;

    /**
     * Tells what happened.
     *
     * @param why it is refused, ending in facts beside the path
     * @param path the folder or file
     * @param remedy what to do about it
     */
    public FolderRefusedException(String why, Path path, String remedy) {
        super(why + ": path=" + path, remedy);
        this.path = path;
    }

    /**
     * The folder or file.
     *
     * @return the value
     */
    public Path path() {
        return path;
    }
}
