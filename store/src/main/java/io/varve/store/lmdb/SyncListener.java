package io.varve.store.lmdb;

import io.varve.store.errors.VarveException;

/** Goes along with the syncs of a pinned environment. Called by the thread that syncs. */
public interface SyncListener {
    /**
     * Says what is to be remembered of a transaction that is about to be synced.
     *
     * @param reader of the transaction
     * @return at most 128 bytes
     */
    byte[] tag(LmdbReader reader);

    /**
     * Lets a transaction be synced now, or not yet; called before it is, while others commit. If
     * this throws, the sync is not made, which is no failure: it is tried again later.
     *
     * @param tag of it
     */
    default void beforeSync(byte[] tag) {}

    /**
     * Hears that a transaction is on disk.
     *
     * @param tag of it
     */
    void synced(byte[] tag);

    /**
     * Hears that a sync failed: there will be no other.
     *
     * @param why it failed
     */
    void failed(VarveException why);
}
