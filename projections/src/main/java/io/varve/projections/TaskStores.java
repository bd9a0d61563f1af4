package io.varve.projections;

import io.varve.store.bytes.BytesWriter;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/** The stores of one task. */
final class TaskStores {
    private final Map<String, WriteBackStore<?, ?>> byName = new LinkedHashMap<>();
    private final Map<String, VersionedRows<?, ?>> versioned = new HashMap<>();
    private final TaskContext context;
    private final Partition partition;
    private final boolean hasTicks;
    private final boolean readsHeaders;

    /**
     * Makes them.
     *
     * @param size of the cache that all share, also those of the other partitions
     */
    TaskStores(
            Topology topology,
            TaskContext context,
            Partition partition,
            CacheSize size,
            RowCache.Factory caches) {
        Objects.requireNonNull(size, "cacheSize");
        Objects.requireNonNull(caches, "caches");
        this.context = context;
        this.partition = partition;
        this.hasTicks = topology.ticks().isPresent();
        this.readsHeaders = topology.readsHeaders();
        Collection<StoreDefinition<?, ?>> all = topology.definitions();
        int cached = (int) all.stream().filter(StoreDefinition::cachingEnabled).count();
        int uncached = size.isNone() ? all.size() : all.size() - cached;
        CacheSize share = size.share(Math.max(1, cached) * partition.count());
        int parts = Math.max(1, uncached) * partition.count();
        for (TopologyNode node : topology.nodes()) {
            for (StoreDefinition<?, ?> store : topology.definitions(node)) {
                add(store, node, context, share, parts, caches);
            }
        }
    }

    private <K, V> void add(
            StoreDefinition<K, V> store,
            TopologyNode node,
            TaskContext context,
            CacheSize share,
            int parts,
            RowCache.Factory caches) {
        CacheSize size = store.cachingEnabled() ? share : CacheSize.none();
        if (byName.containsKey(store.name())) {
            return; // of a node before, with which this one shares it
        }
        DecodedRows<K, V> rows = new DecodedRows<>(size, caches, parts);
        byName.put(store.name(), new WriteBackStore<>(store, node.name(), context, rows));
    }

    // Put there with the types of this very definition.
    @SuppressWarnings("unchecked")
    <K, V> WriteBackStore<K, V> get(StoreDefinition<K, V> store) {
        return (WriteBackStore<K, V>) byName.get(store.name());
    }

    /** One for all nodes that use the store, as it remembers what is over next. */
    // Put there with the types of this very definition.
    @SuppressWarnings("unchecked")
    <K, V> VersionedRows<K, V> versioned(StoreDefinition<K, V> store) {
        return (VersionedRows<K, V>)
                versioned.computeIfAbsent(store.name(), name -> new VersionedRows<>(store, this));
    }

    /** What all nodes and stores of the task share. */
    TaskContext context() {
        return context;
    }

    Collection<WriteBackStore<?, ?>> all() {
        return byName.values();
    }

    /** Of all of them together. */
    CacheCounts cacheCounts() {
        long lookups = 0;
        long misses = 0;
        long rows = 0;
        long weight = 0;
        for (WriteBackStore<?, ?> store : all()) {
            lookups += store.lookups();
            misses += store.misses();
            rows += store.rows().rows();
            weight += store.rows().weight();
        }
        return new CacheCounts(lookups - misses, misses, rows, weight);
    }

    /** Whether the topology asks for ticks. */
    boolean hasTicks() {
        return hasTicks;
    }

    /** Whether a node looks at the headers of records. */
    boolean readsHeaders() {
        return readsHeaders;
    }

    /** Whether the task is the one that does what only one may do. */
    boolean isFirst() {
        return partition.number() == 0;
    }

    /** Tells the keys of rows that are kept here. */
    <K> Predicate<K> owned(StoreDefinition<K, ?> store) {
        if (partition.isWhole()) {
            return key -> true;
        }
        BytesWriter writer = new BytesWriter();
        return key -> {
            store.keySerde().serialize(key, writer.reset());
            return partition.owns(writer.view());
        };
    }

    /**
     * An operator that sees the records whose rows are kept here; one of versions sees all, as time
     * goes by them.
     */
    <K, V> Operator<K, V> ofOwnKeys(StoreDefinition<K, ?> store, Operator<K, V> operator) {
        boolean seesAll = (Object) operator instanceof VersionedOperator<?, ?, ?>;
        return partition.isWhole() || seesAll
                ? operator
                : new OwnKeysOperator<>(partition, store.keySerde(), operator);
    }
}
