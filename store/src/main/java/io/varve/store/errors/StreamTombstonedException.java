package io.varve.store.errors;

import io.varve.store.StreamId;

/** A stream has ended with a tombstone and takes no further events; nothing was appended. */
public final class StreamTombstonedException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final transient StreamId stream;
    private final long version;

    /**
     * Tells what happened.
     *
     * @param stream the stream
     * @param version of its tombstone
     */
    public StreamTombstonedException(StreamId stream, long version) {
        super(
                "The stream has ended: stream=" + stream + " tombstone version=" + version,
                "A tombstone is for ever: append to a stream of another key.");
        this.stream = stream;
        this.version = version;
    }

    /**
     * The stream.
     *
     * @return the value
     */
    public StreamId stream() {
        return stream;
    }

    /**
     * The version of its tombstone.
     *
     * @return the value
     */
    public long version() {
        return version;
    }
}
