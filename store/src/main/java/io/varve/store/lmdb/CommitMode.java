package io.varve.store.lmdb;

import java.time.Duration;

/** When commits come to the disk, and what an environment is after a crash of the machine. */
public sealed interface CommitMode {
    /** Each commit is on disk when it returns; nothing is lost. */
    CommitMode SYNCED = new Synced();

    /** Nobody sees to it, and after a crash of the machine the file is worth nothing. */
    CommitMode UNSYNCED = new Unsynced();

    /**
     * Commits are brought to the disk some time later; a crash of the machine goes back to one of
     * them.
     *
     * @param interval at most so long after the commit
     * @return the mode
     */
    static CommitMode pinned(Duration interval) {
        return new Pinned(interval);
    }

    /** See {@link #SYNCED}. */
    record Synced() implements CommitMode {}

    /** See {@link #UNSYNCED}. */
    record Unsynced() implements CommitMode {}

    /**
     * See {@link #pinned}.
     *
     * @param interval between a commit and the sync that covers it
     */
    record Pinned(Duration interval) implements CommitMode {}
}
