package io.varve.store;

/**
 * Where an append went. Its events have all positions from the first to the last, in the order
 * given.
 *
 * @param firstPosition of the first event
 * @param lastPosition of the last event
 * @param version of the last event in the stream of the last event
 */
public record AppendResult(long firstPosition, long lastPosition, long version) {
    /**
     * How many events were appended.
     *
     * @return 1 or more
     */
    public long count() {
        return lastPosition - firstPosition + 1;
    }
}
