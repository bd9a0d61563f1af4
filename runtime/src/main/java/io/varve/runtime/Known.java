package io.varve.runtime;

/** What is known of a read model before its files are looked at. */
enum Known {
    /** Nothing: it begins. */
    NEW,

    /** The catalogue of its projection names it, and it was there. */
    NAMED,

    /**
     * The log keeps events for a projection of this name, of which there is nothing: its folder was
     * deleted, or was another one.
     */
    LOST
}
