package io.varve.projections;

/**
 * Code of one's own as a node of a topology: it gets each record, and forwards what it makes of it.
 * All that it remembers from one record to the next belongs into stores: what it keeps in fields is
 * gone after a restart, and after an error the events since the last commit come again.
 *
 * <pre>{@code
 * final class FirstOrders implements Processor<String, Order, String, Order> {
 *     private ProcessorContext<String, Order> context;
 *     private KeyValueStore<String, Long> seen;
 *
 *     public void init(ProcessorContext<String, Order> context) {
 *         this.context = context;
 *         seen = context.store(SEEN);
 *     }
 *
 *     public void process(Record<String, Order> order) {
 *         if (seen.putIfAbsent(order.value().customer(), order.timestamp()).isEmpty()) {
 *             context.forward(order);
 *         }
 *     }
 * }
 *
 * builder.addStateStore(Materialized.as(SEEN, Serdes.utf8(), Serdes.int64()));
 * builder.stream("orders", Consumed.with(ORDERS)).process(FirstOrders::new, SEEN);
 * }</pre>
 *
 * @param <K> keys that come
 * @param <V> values that come
 * @param <K2> keys that it forwards
 * @param <V2> values that it forwards
 */
@FunctionalInterface
public interface Processor<K, V, K2, V2> {
    /**
     * Called once, before the first record. It can read stores and schedule something, but neither
     * write a row nor cancel a schedule: these belong to an event, with which they are taken back.
     *
     * @param context belongs to this processor, as long as that lives
     */
    default void init(ProcessorContext<K2, V2> context) {}

    /**
     * Takes a record.
     *
     * @param record not null
     */
    void process(Record<K, V> record);

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
