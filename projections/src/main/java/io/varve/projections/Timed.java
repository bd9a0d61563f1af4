package io.varve.projections;

/** An operator that does something as time passes, also if no record comes. */
interface Timed {
    /** There is nothing that it waits for. */
    long NEVER = Long.MAX_VALUE;

    /** It is this time, or later, for its records; as if one of that time had come. */
    void pass(long time, ProcessorNode out);

    /**
     * When it does something next: it does nothing before that time, and all that it has to do at
     * that time once it is passed.
     *
     * @return {@link #NEVER} if nothing waits
     */
    long due();
}
