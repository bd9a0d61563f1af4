package io.varve.store.lmdb;

import java.util.Optional;

/** How the commits of an environment come to the disk. */
interface CommitSync {
    /** As a mode asks for; what was left of the last time is given where the mode looks at it. */
    static CommitSync of(
            LmdbEnvironment environment, LmdbOptions options, Optional<SyncState> left) {
        CommitMode mode = options.mode();
        if (mode instanceof CommitMode.Pinned wanted) {
            return new PinnedSync(environment, wanted.interval(), left, options.closingSum());
        }
        return mode instanceof CommitMode.Synced
                ? new MarkedSync(environment, left, options.closingSum())
                : environment::syncNative;
    }

    /** Waits, before a change begins, while too much is not on disk. */
    default void awaitRoom() {}

    /** Hears of a commit; called without the write lock. */
    default void committed(long bytes) {}

    /** Hears that a commit did not go well. */
    default void failed() {}

    /** Brings all commits to the disk. */
    void sync();

    /** The same, for somebody whom closing and growing wait for while he is inside. */
    default void sync(Gate gate) {
        gate.enter();
        try {
            sync();
        } finally {
            gate.leave();
        }
    }

    /** Moves the map. */
    default void resize(Runnable move) {
        move.run();
    }

    /** Ends syncing; the environment is still open. */
    default void stop() {}

    /** Lets go of readers; the environment is about to be closed. */
    default void release() {}

    /** Marks the environment, which is closed now. */
    default void ended() {}
}
