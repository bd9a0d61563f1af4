package io.varve.store;

/**
 * A stream and where it ends.
 *
 * @param id of the stream
 * @param version of its last event
 * @param lastPosition of its last event
 * @param tombstoned whether that event is a tombstone: nothing can follow
 */
public record StreamInfo(StreamId id, long version, long lastPosition, boolean tombstoned) {}
