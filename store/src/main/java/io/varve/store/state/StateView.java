package io.varve.store.state;

import java.util.Optional;

/**
 * All tables and the checkpoint at one instant: what is committed later does not show. Belongs to
 * one thread at a time. Close it soon: as long as it is open, the environment reuses no space that
 * it sees.
 */
public interface StateView extends AutoCloseable {
    /**
     * A table as it was when the view was opened.
     *
     * @param name one of those the environment was opened with
     * @return the table, good until the view is closed
     */
    ReadOnlyTable table(String name);

    /**
     * The checkpoint as it was when the view was opened.
     *
     * @return empty where nothing was committed with one yet
     */
    Optional<Checkpoint> checkpoint();

    /** Gives back what the view holds. Closing twice does nothing. */
    @Override
    void close();
}
