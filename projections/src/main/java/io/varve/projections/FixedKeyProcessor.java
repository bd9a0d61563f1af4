package io.varve.projections;

/**
 * Like a {@link Processor}, for records that keep their keys, so that a group behind it needs no
 * new serde.
 *
 * <pre>{@code
 * final class Waiting implements FixedKeyProcessor<String, Order, Long> {
 *     private FixedKeyProcessorContext<String, Long> context;
 *     private KeyValueStore<String, Long> seen;
 *
 *     public void init(FixedKeyProcessorContext<String, Long> context) {
 *         this.context = context;
 *         seen = context.store(SEEN);
 *     }
 *
 *     public void process(FixedKeyRecord<String, Order> order) {
 *         seen.putIfAbsent(order.key(), order.timestamp());
 *         long since = seen.get(order.key()).orElseThrow();
 *         context.forward(order.withValue(order.timestamp() - since));
 *     }
 * }
 * }</pre>
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
