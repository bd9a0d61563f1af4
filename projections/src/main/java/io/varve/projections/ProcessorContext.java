package io.varve.projections;

/**
 * The context of a {@link Processor}.
 *
 * @param <K> keys that it forwards
 * @param <V> values that it forwards
 */
public interface ProcessorContext<K, V> extends ProcessingContext {
    /**
     * Gives a record to all nodes behind this one, which have dealt with it when this returns.
     *
     * @param record not null
     */
    void forward(Record<? extends K, ? extends V> record);
}
