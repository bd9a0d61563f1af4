package io.varve.projections;

/** Whose time a {@link Punctuator} goes by. */
public enum PunctuationType {
    /**
     * The latest time of all events that the topology was given. While no events come no time
     * passes, unless ticks let it pass ({@link Consumed#withTicks}).
     */
    STREAM_TIME,

    /**
     * The clock, as ticks in the log tell it: for topologies that ask for them ({@link
     * StreamsBuilder#withTicks}). The first tick sets the interval going.
     */
    WALL_CLOCK_TIME
}
