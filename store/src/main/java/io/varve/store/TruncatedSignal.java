package io.varve.store;

/** A reader looks for a block that was cut off the beginning of the log. */
final class TruncatedSignal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final long firstPosition;

    TruncatedSignal(long firstPosition) {
        super("firstPosition=" + firstPosition, null, false, false);
        this.firstPosition = firstPosition;
    }

    /** The first position of the log as the reader sees it. */
    long firstPosition() {
        return firstPosition;
    }
}
