package io.varve.projections;

import io.varve.store.errors.VarveException;

/**
 * More is held back than {@link BufferConfig#shutDownWhenFull} allows. The event that came to be
 * too much is not applied, and the projection fails, whatever its error policy: each event that
 * follows would be too much, too.
 */
public final class SuppressBufferFullException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final String store;
    private final long records;
    private final long bytes;

    SuppressBufferFullException(
            String store, long position, long records, long bytes, StrictBufferConfig limits) {
        super(
                "Too much is held back: store="
                        + store
                        + " position="
                        + position
                        + " records="
                        + records
                        + " maxRecords="
                        + limit(limits.records())
                        + " bytes="
                        + bytes
                        + " maxBytes="
                        + limit(limits.bytes()),
                "Give BufferConfig higher limits under the same version of the projection, and it goes"
                        + " on from its checkpoint; or let rows be told of early"
                        + " (emitEarlyWhenFull) or hold them back for less time, in a new version.");
        this.store = store;
        this.records = records;
        this.bytes = bytes;
    }

    private static String limit(long limit) {
        return limit == Long.MAX_VALUE ? "any" : Long.toString(limit);
    }

    /**
     * Where it is held back.
     *
     * @return name of the store
     */
    public String store() {
        return store;
    }

    /**
     * The rows that would be held back.
     *
     * @return more than 0
     */
    public long records() {
        return records;
    }

    /**
     * The bytes of their keys and values.
     *
     * @return 0 where bytes have no limit and are not counted
     */
    public long bytes() {
        return bytes;
    }
}
