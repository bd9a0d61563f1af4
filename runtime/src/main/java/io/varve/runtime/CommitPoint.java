package io.varve.runtime;

/**
 * Something that is to be done by a worker, on its thread, right at a commit: when exactly the
 * events up to a position are applied and committed.
 */
interface CommitPoint {
    /** No position, so far. */
    long NONE = Long.MIN_VALUE;

    /**
     * Asks for the position, and says how far the worker goes before it asks again.
     *
     * @param done the last position it has applied
     * @param end how far it goes; not before {@code done}
     * @return from {@code done} to {@code end}, or {@link #NONE} if there is nothing to do on that
     *     way
     */
    long wanted(long done, long end);

    /** Does it; the worker has committed the position that was wanted, and nothing behind it. */
    void reached(long position);

    /** The worker has ended and will not get there. */
    void ended();
}
