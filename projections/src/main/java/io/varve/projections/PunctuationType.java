package io.varve.projections;

/** Whose time a {@link Punctuator} goes by. */
public enum PunctuationType {
    /**
     * The latest time of all events that the topology was given. While no events come no time
     * passes.
     */
    STREAM_TIME
}
