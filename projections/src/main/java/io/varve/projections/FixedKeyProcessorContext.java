package io.varve.projections;

/**
 * The context of a {@link FixedKeyProcessor}.
 *
 * @param <K> keys
 * @param <V> values that it forwards
 */
public interface FixedKeyProcessorContext<K, V> extends ProcessingContext {
    /**
     * Gives a record to all nodes behind this one, which have dealt with it when this returns.
     *
     * @param record made of one that came
     */
    void forward(FixedKeyRecord<? extends K, ? extends V> record);
}
