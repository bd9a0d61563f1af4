package io.varve.projections;

/**
 * Like a {@link Processor}, for records that keep their keys, so that a group behind it needs no
 * new serde.
 *
 * @param <K> keys
 * @param <V> values that come
 * @param <V2> values that it forwards
 */
@FunctionalInterface
public interface FixedKeyProcessor<K, V, V2> {
    /**
     * Called once, before the first record.
     *
     * @param context belongs to this processor, as long as that lives
     */
    default void init(FixedKeyProcessorContext<K, V2> context) {}

    /**
     * Takes a record.
     *
     * @param record not null
     */
    void process(FixedKeyRecord<K, V> record);
}
