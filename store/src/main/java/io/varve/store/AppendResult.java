package io.varve.store;

/**
 * Where an append went. Its events have all positions from the first to the last, in the order
 * given.
 *
 * @param firstPosition of the first event
 * @param lastPosition of the last event
 * @param version of the last event in the stream of the last event
 * @param repeated whether an earlier append with the same idempotency key had put them there, and
 *     this one has appended nothing
 */
public record AppendResult(long firstPosition, long lastPosition, long version, boolean repeated) {
    /**
     * Where an append went that was made now.
     *
     * @param firstPosition of the first event
     * @param lastPosition of the last event
     * @param version of the last event in the stream of the last event
     */
    public AppendResult(long firstPosition, long lastPosition, long version) {
        this(firstPosition, lastPosition, version, false);
    }

    /**
     * How many events were appended.
     *
     * @return 1 or more
     */
    public long count() {
        return lastPosition - firstPosition + 1;
    }
}
