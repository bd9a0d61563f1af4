package io.varve.projections;

/** Is called when time has passed, see {@link ProcessingContext#schedule}. */
@FunctionalInterface
public interface Punctuator {
    /**
     * Does what is to be done from time to time. What it throws is no event's fault, so that none
     * is left out for it: the projection fails, see {@link DueWorkException}.
     *
     * @param timestamp the time that it is, milliseconds since 1970
     */
    void punctuate(long timestamp);
}
