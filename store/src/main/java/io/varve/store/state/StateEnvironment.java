package io.varve.store.state;

import java.util.Set;

/** Named tables of bytes and a checkpoint: see the package for threads and durability. */
public interface StateEnvironment extends AutoCloseable {
    /**
     * Opens an environment in a folder, and makes it first where there is none.
     *
     * @param config where, and with which tables
     * @return the environment; close it
     * @throws io.varve.store.errors.StoreLockedException if it is open already
     */
    static StateEnvironment open(StateConfig config) {
        return LmdbStateEnvironment.open(config);
    }

    /**
     * An environment on the heap, gone when closed: for tests and for what is computed once.
     *
     * @param tables the names of its tables
     * @return the environment
     */
    static StateEnvironment inMemory(Set<String> tables) {
        return new InMemoryStateEnvironment(tables);
    }

    /**
     * The names of its tables.
     *
     * @return as given when it was opened
     */
    Set<String> tables();

    /**
     * Reads all tables at one instant.
     *
     * @return a view; close it
     */
    StateView view();

    /**
     * Begins a change; waits while another is going on.
     *
     * @return a transaction; close it
     */
    StateTransaction begin();

    /** Brings everything committed to the disk. */
    void sync();

    /**
     * Syncs and closes. Waits for open views for a few seconds; those still open then keep the
     * memory mapped until the process ends, so that they cannot crash it. Closing twice does
     * nothing.
     */
    @Override
    void close();
}
