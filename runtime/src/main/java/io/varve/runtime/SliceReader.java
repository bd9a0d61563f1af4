package io.varve.runtime;

/** The log, as tailer and workers see it. One thread at a time. */
interface SliceReader {
    /** Position of the last committed event; -1 if none. Never goes back. */
    long head();

    /**
     * Reads the slice that begins at a position.
     *
     * @param from 0 or more
     * @return at least one position, if {@code from} is not beyond the head
     */
    EventSlice read(long from);
}
