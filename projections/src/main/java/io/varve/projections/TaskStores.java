package io.varve.projections;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** The stores of one task. */
final class TaskStores {
    private final Map<String, WriteBackStore<?, ?>> byName = new LinkedHashMap<>();
    private final Partition partition;

    TaskStores(Topology topology, TaskContext context, Partition partition) {
        this.partition = partition;
        for (TopologyNode node : topology.nodes()) {
            node.store().ifPresent(store -> add(store, node, context));
        }
    }

    private <K, V> void add(StoreDefinition<K, V> store, TopologyNode node, TaskContext context) {
        byName.put(store.name(), new WriteBackStore<>(store, node.name(), context));
    }

    // Put there with the types of this very definition.
    @SuppressWarnings("unchecked")
    <K, V> WriteBackStore<K, V> get(StoreDefinition<K, V> store) {
        return (WriteBackStore<K, V>) byName.get(store.name());
    }

    Collection<WriteBackStore<?, ?>> all() {
        return byName.values();
    }

    /** Whether the task is the one that does what only one may do. */
    boolean isFirst() {
        return partition.number() == 0;
    }

    /** An operator that sees the records whose rows are kept here. */
    <K, V> Operator<K, V> ofOwnKeys(StoreDefinition<K, ?> store, Operator<K, V> operator) {
        return partition.isWhole()
                ? operator
                : new OwnKeysOperator<>(partition, store.keySerde(), operator);
    }
}
