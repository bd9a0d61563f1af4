package io.varve.runtime;

import io.varve.store.errors.VarveException;

/**
 * A read model cannot be shown as of a position: there is no such event yet, or what it takes to
 * compute the rows of then is gone.
 */
public final class PositionUnavailableException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final String projection;
    private final long position;
    private final long firstPosition;
    private final long head;

    private PositionUnavailableException(
            String what,
            String remedy,
            String projection,
            long position,
            long firstPosition,
            long head) {
        super(
                what
                        + ": projection="
                        + projection
                        + " position="
                        + position
                        + " firstPosition="
                        + firstPosition
                        + " head="
                        + head,
                remedy);
        this.projection = projection;
        this.position = position;
        this.firstPosition = firstPosition;
        this.head = head;
    }

    static PositionUnavailableException ahead(
            String projection, long position, long firstPosition, long head) {
        return new PositionUnavailableException(
                "No event has this position yet",
                "Ask for one up to the head, or wait: EventStore.awaitPosition.",
                projection,
                position,
                firstPosition,
                head);
    }

    static PositionUnavailableException truncated(
            String projection, long position, long firstPosition, long head) {
        return new PositionUnavailableException(
                "The rows of then cannot be computed: the log begins later, and no snapshot at or"
                        + " before the position can be used",
                "Ask for a later position, or for a change since one; keep more snapshots"
                        + " (SnapshotPolicy.keep), which also keeps the events behind them.",
                projection,
                position,
                firstPosition,
                head);
    }

    static PositionUnavailableException unverifiable(
            String projection, long position, long firstPosition, long head) {
        return new PositionUnavailableException(
                "The read model cannot be held against the events: the log begins later, and there is"
                        + " no snapshot that could be begun with",
                "Nothing says that it is wrong. Make a snapshot now, snapshot(\""
                        + projection
                        + "\"): what is applied behind it can be verified from then on, as long as"
                        + " it is kept (SnapshotPolicy.keep), which also keeps the events behind it.",
                projection,
                position,
                firstPosition,
                head);
    }

    static PositionUnavailableException redefined(
            String projection, long position, long firstPosition, long head) {
        return new PositionUnavailableException(
                "The rows of then cannot be computed: up to this position another definition has"
                        + " computed them, and no snapshot behind it can be used",
                "Ask for a later position, and keep a snapshot of the definition there is,"
                        + " snapshot(\""
                        + projection
                        + "\"); or build it anew, rebuild(\""
                        + projection
                        + "\"): then all rows are of one definition.",
                projection,
                position,
                firstPosition,
                head);
    }

    static PositionUnavailableException unverifiableRedefined(
            String projection, long position, long firstPosition, long head) {
        return new PositionUnavailableException(
                "The read model cannot be held against the events: up to this position another"
                        + " definition has computed its rows, as withStateOf has asked for, and there"
                        + " is no snapshot behind it that could be begun with",
                "Nothing says that it is wrong. Make a snapshot now, snapshot(\""
                        + projection
                        + "\"): what is applied behind it can be verified from then on; or build it"
                        + " anew, rebuild(\""
                        + projection
                        + "\"): then all rows are of one definition.",
                projection,
                position,
                firstPosition,
                head);
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
     * The position that was asked for.
     *
     * @return the value
     */
    public long position() {
        return position;
    }

    /**
     * The first position that is still in the log.
     *
     * @return 0 or more
     */
    public long firstPosition() {
        return firstPosition;
    }

    /**
     * The last position of the log.
     *
     * @return -1 where there is none
     */
    public long head() {
        return head;
    }
}
