package io.varve.store.errors;

import io.varve.store.ExpectedVersion;
import io.varve.store.StreamId;

/** A stream is not at the version an append expected; nothing was appended. */
public final class WrongExpectedVersionException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final transient StreamId stream;
    private final transient ExpectedVersion expected;
    private final long actual;

    /**
     * Tells what happened.
     *
     * @param stream the stream
     * @param expected what the append expected
     * @param actual the current version of the stream, or -1 where it has no event
     */
    public WrongExpectedVersionException(StreamId stream, ExpectedVersion expected, long actual) {
        this(
                stream,
                expected,
                actual,
                "",
                "Read the stream again, decide anew, and append with its current version.");
    }

    /**
     * Tells that others were faster each time.
     *
     * @param last what happened the last time
     * @param attempts how often it was tried
     */
    public WrongExpectedVersionException(WrongExpectedVersionException last, int attempts) {
        this(
                last.stream,
                last.expected,
                last.actual,
                " attempts=" + attempts,
                "Others append to this stream all the time: try later, or let fewer do so at once.");
        addSuppressed(last);
    }

    private WrongExpectedVersionException(
            StreamId stream, ExpectedVersion expected, long actual, String more, String remedy) {
        super(
                "Wrong version: stream="
                        + stream
                        + " expected="
                        + expected
                        + " actual="
                        + actual
                        + more,
                remedy);
        this.stream = stream;
        this.expected = expected;
        this.actual = actual;
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
     * What the append expected.
     *
     * @return the value
     */
    public ExpectedVersion expected() {
        return expected;
    }

    /**
     * The current version of the stream, or -1 where it has no event.
     *
     * @return the value
     */
    public long actual() {
        return actual;
    }
}
