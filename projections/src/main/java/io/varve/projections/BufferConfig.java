package io.varve.projections;

/**
 * How much {@link Suppressed} may hold back, and what happens when there is more. Immutable.
 *
 * <pre>{@code
 * BufferConfig.maxRecords(10_000)                                // tells of the first ones early
 * BufferConfig.maxBytes(1 << 20).shutDownWhenFull()
 * BufferConfig.maxRecords(10_000).withMaxBytes(1 << 20).emitEarlyWhenFull()
 * BufferConfig.unbounded()
 * }</pre>
 *
 * <p>Counted is what is kept: the rows that are held back, and the bytes of their keys and values
 * as their serdes write them. So the same events reach a limit at the same record, whatever memory
 * the process has, and after a restart as well.
 */
public sealed interface BufferConfig permits EagerBufferConfig, StrictBufferConfig {
    /**
     * As many rows at most; told of early if there are more.
     *
     * @param limit 0 or more
     * @return the limits
     */
    static EagerBufferConfig maxRecords(long limit) {
        return new EagerBufferConfig(limit, Long.MAX_VALUE);
    }

    /**
     * As many bytes of keys and values at most; told of early if there are more.
     *
     * @param limit 0 or more
     * @return the limits
     */
    static EagerBufferConfig maxBytes(long limit) {
        return new EagerBufferConfig(Long.MAX_VALUE, limit);
    }

    /**
     * No limits.
     *
     * @return the limits
     */
    static StrictBufferConfig unbounded() {
        return new StrictBufferConfig(Long.MAX_VALUE, Long.MAX_VALUE);
    }

    /**
     * How many rows.
     *
     * @return 0 or more; {@link Long#MAX_VALUE} for any number
     */
    long records();

    /**
     * How many bytes of keys and values.
     *
     * @return 0 or more; {@link Long#MAX_VALUE} for any number
     */
    long bytes();

    /**
     * The same with a limit of rows.
     *
     * @param limit 0 or more
     * @return new limits
     */
    BufferConfig withMaxRecords(long limit);

    /**
     * The same with a limit of bytes.
     *
     * @param limit 0 or more
     * @return new limits
     */
    BufferConfig withMaxBytes(long limit);

    /**
     * The same without limits.
     *
     * @return new limits
     */
    default StrictBufferConfig withNoBound() {
        return unbounded();
    }

    /**
     * The same, with a projection that fails with a {@link SuppressBufferFullException} rather than
     * tell of anything early.
     *
     * @return new limits
     */
    default StrictBufferConfig shutDownWhenFull() {
        return new StrictBufferConfig(records(), bytes());
    }

    /**
     * The same, with rows that are told of early, those first that would be first, until the limits
     * are kept again.
     *
     * @return new limits
     */
    default EagerBufferConfig emitEarlyWhenFull() {
        return new EagerBufferConfig(records(), bytes());
    }
}
