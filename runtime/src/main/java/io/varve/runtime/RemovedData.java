package io.varve.runtime;

/** What becomes of the read model of a projection that is removed or forgotten. */
public enum RemovedData {
    /**
     * It stays in its folder; added again, the projection goes on behind its last commit. What it
     * held in the log is let go of all the same: once events behind that commit are truncated, it
     * cannot go on, see {@link HistoryTruncatedException}.
     */
    KEEP,

    /** All its generations are deleted. */
    DELETE
}
