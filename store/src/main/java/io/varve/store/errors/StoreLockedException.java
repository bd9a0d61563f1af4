package io.varve.store.errors;

import java.nio.file.Path;

/** A folder is open already, in this process or in another. */
public final class StoreLockedException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final transient Path path;
    private final long pid;

    /**
     * Tells what happened.
     *
     * @param path the folder
     * @param pid the process that holds it, or -1 where that is not known
     */
    public StoreLockedException(Path path, long pid) {
        super(
                "The folder is in use: path=" + path + " pid=" + pid,
                pid == ProcessHandle.current().pid()
                        ? "This process has it open already: use that one, or close it first."
                        : "Close the store in that process first; two writers on one folder would"
                                + " destroy it.");
        this.path = path;
        this.pid = pid;
    }

    /**
     * Tells what happened, where it is known what else helps.
     *
     * @param path the folder
     * @param pid the process that holds it
     * @param remedy what is to be done
     */
    public StoreLockedException(Path path, long pid, String remedy) {
        super("The folder is in use: path=" + path + " pid=" + pid, remedy);
        this.path = path;
        this.pid = pid;
    }

    /**
     * The folder.
     *
     * @return the value
     */
    public Path path() {
        return path;
    }

    /**
     * The process that holds it, or -1 where that is not known.
     *
     * @return the value
     */
    public long pid() {
        return pid;
    }
}
