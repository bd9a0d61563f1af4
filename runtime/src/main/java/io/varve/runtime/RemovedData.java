package io.varve.runtime;

/** What becomes of the read model of a projection that is removed or forgotten. */
public enum RemovedData {
    /** It stays in its folder; added again, the projection goes on behind its last commit. */
    KEEP,

    /** All its generations are deleted. */
    DELETE
}
