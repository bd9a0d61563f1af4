package io.varve.store.state;

/**
 * Changes to tables and the checkpoint that happen together or not at all. Belongs to the thread
 * that began it. Closing it without {@link #commit()} takes everything back.
 */
public interface StateTransaction extends AutoCloseable {
    /**
     * A table to change.
     *
     * @param name one of those the environment was opened with
     * @return the table, good until the transaction ends
     */
    Table table(String name);

    /**
     * Sets the checkpoint that is committed with the tables.
     *
     * @param checkpoint the new one
     */
    void checkpoint(Checkpoint checkpoint);

    /**
     * Makes all changes visible, at once, to views opened from now on.
     *
     * @throws io.varve.store.errors.StoreFullException if there is no room; nothing is changed then
     */
    void commit();

    /** Ends the transaction; without a commit nothing is changed. Closing twice does nothing. */
    @Override
    void close();
}
