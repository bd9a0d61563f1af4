package io.varve.projections;

/**
 * Limits at which rows are told of early, see {@link BufferConfig#emitEarlyWhenFull}.
 *
 * @param records rows that are held back; {@link Long#MAX_VALUE} for any number
 * @param bytes of their keys and values; {@link Long#MAX_VALUE} for any number
 */
public record EagerBufferConfig(long records, long bytes) implements BufferConfig {
    /**
     * Refuses what is less than nothing.
     *
     * @param records rows that are held back; {@link Long#MAX_VALUE} for any number
     * @param bytes of their keys and values; {@link Long#MAX_VALUE} for any number
     */
    public EagerBufferConfig {
        if (records < 0 || bytes < 0) {
            throw new IllegalArgumentException(
                    "Limits are 0 or more: records=" + records + " bytes=" + bytes + ".");
        }
    }

    @Override
    public EagerBufferConfig withMaxRecords(long limit) {
        return new EagerBufferConfig(limit, bytes);
    }

    @Override
    public EagerBufferConfig withMaxBytes(long limit) {
        return new EagerBufferConfig(records, limit);
    }
}
