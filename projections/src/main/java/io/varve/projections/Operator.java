package io.varve.projections;

/**
 * What a node does with a record. Stateless ones are shared by all tasks, the others are made for
 * one task.
 *
 * @param <K> keys
 * @param <V> values
 */
@FunctionalInterface
interface Operator<K, V> {
    /** Takes a record and forwards what it makes of it, if anything. */
    void process(K key, V value, ProcessorNode out);

    /** Makes the operator of a node for a task. */
    @FunctionalInterface
    interface Factory {
        Operator<?, ?> create(TaskStores stores);
    }
}
