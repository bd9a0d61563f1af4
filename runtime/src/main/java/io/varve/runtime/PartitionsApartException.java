package io.varve.runtime;

import io.varve.store.errors.VarveException;

/**
 * The partitions of a read model are not at one position at this moment, so there is no instant to
 * be read: one of them is being recovered, or the process was killed while they committed. They are
 * together again as soon as the slowest is where the foremost is.
 */
public final class PartitionsApartException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final long slowest;
    private final long foremost;

    PartitionsApartException(String projection, long slowest, long foremost) {
        super(
                "The partitions are not at one position: projection="
                        + projection
                        + " slowest="
                        + slowest
                        + " foremost="
                        + foremost,
                "Wait until the slowest has got there: awaitPosition(projection, "
                        + foremost
                        + ", timeout).");
        this.slowest = slowest;
        this.foremost = foremost;
    }

    /**
     * The position of the partition that is farthest behind.
     *
     * @return -1 if it has applied nothing
     */
    public long slowest() {
        return slowest;
    }

    /**
     * The position of the partition that is farthest ahead.
     *
     * @return 0 or more
     */
    public long foremost() {
        return foremost;
    }
}
