package io.varve.runtime;

import io.varve.store.StreamId;
import io.varve.store.errors.VarveException;

/** A hypothetical event would not be applied: its stream is under quarantine. */
public final class QuarantinedStreamException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final String projection;
    private final transient StreamId stream;

    QuarantinedStreamException(String projection, StreamId stream) {
        super(
                "Events of this stream wait behind a dead letter and would not be applied:"
                        + " projection="
                        + projection
                        + " stream="
                        + stream,
                "Retry or discard its dead letters first, or begin as of a position before them.");
        this.projection = projection;
        this.stream = stream;
    }

    /**
     * The name of the projection.
     *
     * @return the value
     */
    public String projection() {
        return projection;
    }

    /**
     * The stream.
     *
     * @return the value
     */
    public StreamId stream() {
        return stream;
    }
}
