package io.varve.projections;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** The stores of one task. */
final class TaskStores {
    private final Map<String, WriteBackStore<?, ?>> byName = new LinkedHashMap<>();

    TaskStores(Topology topology, TaskContext context) {
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
}
