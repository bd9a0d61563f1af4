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
     * Called once, before the first record. It can read stores and schedule something, but neither
     * write a row nor cancel a schedule: these belong to an event, with which they are taken back.
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

    /**
     * Called once, when nothing more comes: what {@link #init} has opened is closed here. That is
     * when a projection is paused, stopped, removed, fails, or its rebuild is over or given up, as
     * a processor is made for each time that it runs; with a {@link
     * io.varve.projections.testing.TopologyTestDriver}, when that crashes or is closed. Not after a
     * kill, nor where {@code init} has thrown. It may be called by another thread than {@code
     * process}, behind it. Stores, stream time and the clock are gone by then, and nothing can be
     * forwarded: what is to be kept is put into a store as soon as it is known.
     *
     * <p>What it throws is told in a {@link ProcessorCloseException}, which an engine logs; it
     * changes no rows, and keeps nothing else from being closed.
     */
    default void close() {}
}
