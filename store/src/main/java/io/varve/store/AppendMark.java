package io.varve.store;

/**
 * A producer's mark and the append that set it.
 *
 * @param firstPosition of the append's events
 * @param mark what it set
 */
record AppendMark(long firstPosition, RecordedMark mark) {}
