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

    /**
     * Reads a slice of which no more is wanted than up to a position.
     *
     * @param from 0 or more
     * @param last {@code from} or more
     * @return likewise
     */
    default EventSlice read(long from, long last) {
        return read(from);
    }

    /**
     * Reads a slice that is as short as may be: for the sake of one event.
     *
     * @param position 0 or more, not beyond the head
     * @return it begins there
     */
    default EventSlice readOne(long position) {
        return read(position, position);
    }

    /** Says that slices are read one after the other from now on, in order, until the end of it. */
    default void beginCatchUp() {}

    /** Says that this is over; again is as good as once. */
    default void endCatchUp() {}
}
