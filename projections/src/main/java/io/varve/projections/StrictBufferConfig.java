package io.varve.projections;

/**
 * Limits at which a projection fails, or none, see {@link BufferConfig#shutDownWhenFull}.
 *
 * @param records rows that are held back; {@link Long#MAX_VALUE} for any number
 * @param bytes of their keys and values; {@link Long#MAX_VALUE} for any number
 */
public record StrictBufferConfig(long records, long bytes) implements BufferConfig {
    /**
     * Refuses what is less than nothing.
     *
     * @param records rows that are held back; {@link Long#MAX_VALUE} for any number
     * @param bytes of their keys and values; {@link Long#MAX_VALUE} for any number
     */
    public StrictBufferConfig {
        if (records < 0 || bytes < 0) {
            throw new IllegalArgumentException(
                    "Limits are 0 or more: records=" + records + " bytes=" + bytes + ".");
        }
    }

    @Override
    public StrictBufferConfig withMaxRecords(long limit) {
        return new StrictBufferConfig(limit, bytes);
    }

    @Override
    public StrictBufferConfig withMaxBytes(long limit) {
        return new StrictBufferConfig(records, limit);
    }
}
