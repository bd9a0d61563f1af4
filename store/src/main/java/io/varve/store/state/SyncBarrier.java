package io.varve.store.state;

/**
 * Goes before each sync of state, so that nothing comes to the disk that is derived from what is
 * not there yet: after a crash of the machine state would otherwise know more than its log.
 */
@FunctionalInterface
public interface SyncBarrier {
    /** Lets every sync pass: for state whose log syncs each commit. */
    SyncBarrier NONE = checkpoint -> {};

    /**
     * Returns when what a checkpoint was derived from is on disk. Called by the thread that syncs,
     * while others commit; it must not use the environment.
     *
     * @param checkpoint that is about to be synced
     * @throws io.varve.store.errors.VarveException if that is not to be had now; the sync is not
     *     made then, and tried again an interval later
     */
    void await(Checkpoint checkpoint);
}
