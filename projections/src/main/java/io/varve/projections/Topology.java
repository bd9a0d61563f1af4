package io.varve.projections;

import io.varve.projections.query.RangeQuery;
import io.varve.projections.query.ReadOnlyKeyValueStore;
import io.varve.projections.query.ReadOnlyVersionedStore;
import io.varve.store.state.StateView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a projection computes: a graph of nodes from sources to tables. Immutable and thread-safe;
 * made by {@link StreamsBuilder#build}, run by an engine, of which {@link ProjectionTask} is the
 * heart.
 *
 * <pre>{@code
 * Topology topology = builder.build();
 * System.out.println(topology.describe());
 * }</pre>
 */
public final class Topology {
    private final List<TopologyNode> nodes;

    /** By index of the parent. A child that names its parent twice is there twice. */
    private final List<List<TopologyNode>> children;

    private final List<Source> sources;
    private final List<Sink> sinks;
    private final Map<String, StoreDefinition<?, ?>> stores;
    private final Optional<TimePlan> ticks;
    private final String layout;
    private final String operators;

    /**
     * Of nodes in the order of declaration.
     *
     * @param timed names of the stores whose rows keep their times
     * @param notes what else rows depend on, by the name of their store
     * @param operators what nodes do, see {@link OperatorTexts}
     * @param ticks what ticks do, if it asks for them
     */
    Topology(
            List<TopologyNode> nodes,
            Set<String> timed,
            Map<String, List<String>> notes,
            String operators,
            Optional<TimePlan> ticks) {
        this.ticks = ticks;
        this.operators = operators;
        this.nodes = List.copyOf(nodes);
        this.children = children(this.nodes);
        this.sources = this.nodes.stream().flatMap(node -> node.source().stream()).toList();
        this.sinks = this.nodes.stream().flatMap(node -> node.sink().stream()).toList();
        Map<String, StoreDefinition<?, ?>> byName = new LinkedHashMap<>();
        for (TopologyNode node : nodes) {
            for (StoreDefinition<?, ?> store : node.stores()) {
                byName.put(store.name(), timed.contains(store.name()) ? store.withTimes() : store);
            }
        }
        this.stores = Collections.unmodifiableMap(byName);
        this.layout = StoreLayout.describe(this, notes);
    }

    private static List<List<TopologyNode>> children(List<TopologyNode> nodes) {
        List<List<TopologyNode>> children = new ArrayList<>();
        for (TopologyNode node : nodes) {
            children.add(new ArrayList<>());
            node.parents().forEach(parent -> children.get(parent.index()).add(node));
        }
        children.replaceAll(List::copyOf);
        return List.copyOf(children);
    }

    /**
     * Whether it asks for ticks: then {@link Tick#STREAM} is of one of its sources, the last, and
     * an engine is to append ticks when {@link ProjectionTask#tickDue} says so.
     *
     * @return false if a tick does nothing
     */
    public boolean hasTicks() {
        return ticks.isPresent();
    }

    /**
     * Whether headers of events are of interest to it: if it has processors, or emits events.
     *
     * @return false if an engine need not read them
     */
    public boolean readsHeaders() {
        return !sinks.isEmpty() || keepsTime();
    }

    /** Whether it keeps stream time for processors, see {@link TaskTime}. */
    boolean keepsTime() {
        return stores.containsKey(TaskTime.STORE);
    }

    Optional<TimePlan> ticks() {
        return ticks;
    }

    /**
     * The sources, in the order they were declared; one per category.
     *
     * @return at least one
     */
    public List<Source> sources() {
        return sources;
    }

    /**
     * Where it emits events to, in the order of declaration.
     *
     * @return empty if it emits none
     */
    public List<Sink> sinks() {
        return sinks;
    }

    /**
     * Names of all state stores: those that a {@link StoreRef} can read.
     *
     * @return in the order they were declared
     */
    public Set<String> stores() {
        Set<String> names = new LinkedHashSet<>();
        stores.values().stream()
                .filter(store -> !store.isPart() && !TaskTime.STORE.equals(store.name()))
                .forEach(store -> names.add(store.name()));
        return Collections.unmodifiableSet(names);
    }

    /**
     * Names of all tables of the environment it needs: each store has one of its own name, and one
     * with a slash in its name for each index, and for what its node keeps beside it; and one for
     * what sinks emit.
     *
     * @return in the order they were declared
     */
    public Set<String> tables() {
        Set<String> tables = new LinkedHashSet<>();
        stores.values().forEach(store -> tables.addAll(store.tables()));
        if (!sinks.isEmpty()) {
            tables.add(Outbox.TABLE);
        }
        return Collections.unmodifiableSet(tables);
    }

    /**
     * Reads a store of this topology at the instant of a view.
     *
     * @param ref of the store
     * @param view of the environment that an engine fills; it decides about threads and life time
     * @param <K> keys
     * @param <V> values
     * @return the store, good until the view is closed
     * @throws TopologyException if this topology has no such store
     */
    public <K, V> ReadOnlyKeyValueStore<K, V> store(StoreRef<K, V> ref, StateView view) {
        return store(ref, view, () -> {});
    }

    /**
     * Reads a store as above, in walks that can be ended.
     *
     * @param ref of the store
     * @param view of the environment
     * @param eachRow is run before each row of a walk or a count; what it throws ends it
     * @param <K> keys
     * @param <V> values
     * @return the store, good until the view is closed
     * @throws TopologyException if this topology has no such store
     */
    public <K, V> ReadOnlyKeyValueStore<K, V> store(
            StoreRef<K, V> ref, StateView view, Runnable eachRow) {
        return new StoreReader<>(definition(ref), view, eachRow);
    }

    /**
     * Reads a versioned store of this topology at the instant of a view, in walks that can be
     * ended.
     *
     * @param ref of the store
     * @param view of the environment
     * @param eachRow is run before each row of a walk or a count; what it throws ends it
     * @param <K> keys
     * @param <V> values
     * @return the store, good until the view is closed
     * @throws TopologyException if this topology has no such store, or it is not versioned
     */
    public <K, V> ReadOnlyVersionedStore<K, V> versionedStore(
            StoreRef<K, V> ref, StateView view, Runnable eachRow) {
        return new VersionedReader<>(definition(ref).checkVersioned(), view, eachRow);
    }

    /**
     * Selects rows of a store to be followed.
     *
     * @param ref of the store
     * @param query which rows; in key order and without a limit
     * @param <K> keys
     * @param <V> values
     * @return the selection
     * @throws TopologyException if this topology has no such store
     * @throws IllegalArgumentException if the query is reversed or limited
     */
    public <K, V> RowSelection<K, V> select(StoreRef<K, V> ref, RangeQuery<K> query) {
        if (query.reversed() || query.limit() != Long.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "Rows are followed in key order and without a limit: store="
                            + ref.name()
                            + " query="
                            + query
                            + ". Leave reverse() and limit() out.");
        }
        return new RowSelection<>(definition(ref), query);
    }

    // A StoreRef promises its types; the one that declared the store had the same name.
    @SuppressWarnings("unchecked")
    <K, V> StoreDefinition<K, V> definition(StoreRef<K, V> ref) {
        StoreDefinition<?, ?> definition = stores.get(ref.name());
        if (definition == null) {
            throw new TopologyException(
                    "No such store: store=" + ref.name() + " known=" + stores(),
                    "Use the StoreRef that was given to Materialized in this topology.");
        }
        return (StoreDefinition<K, V>) definition;
    }

    /**
     * Refuses a topology that several partitions could not compute as one does: one of which a
     * store is fed by rows of another, that may be kept elsewhere, or whose rows depend on others
     * of the same store; one that emits events.
     *
     * @throws TopologyException if it is such a topology
     */
    public void checkPartitionable() {
        if (keepsTime()) {
            throw new TopologyException(
                    "A topology with processors cannot be partitioned: stores=" + stores(),
                    "Run this projection in one partition.");
        }
        if (!sinks.isEmpty()) {
            throw new TopologyException(
                    "A topology that emits events cannot be partitioned: node="
                            + sinks.get(0).node()
                            + " category="
                            + sinks.get(0).category(),
                    "Run this projection in one partition.");
        }
        boolean[] behindStore = new boolean[nodes.size()];
        for (TopologyNode node : nodes) {
            checkDivisible(node);
            boolean fed = node.parents().stream().anyMatch(one -> behindStore[one.index()]);
            if (fed && !node.stores().isEmpty()) {
                throw new TopologyException(
                        "A store that is fed by another cannot be partitioned: node="
                                + node.name()
                                + " store="
                                + node.stores().get(0).name(),
                        "Run this projection in one partition.");
            }
            behindStore[node.index()] = fed || !node.stores().isEmpty();
        }
    }

    private static void checkDivisible(TopologyNode node) {
        for (StoreDefinition<?, ?> store : node.stores()) {
            if (!store.kind().divisible()) {
                throw new TopologyException(
                        "Sessions, sliding windows, joins of streams and joins with a grace period"
                                + " cannot be partitioned: node="
                                + node.name()
                                + " store="
                                + store.name(),
                        "Run this projection in one partition.");
            }
        }
    }

    /**
     * Describes nodes and edges, in the grammar of Kafka Streams, so that its visualisers can draw
     * them. A sub-topology is what hangs together. A source's topic is its category.
     *
     * @return lines, each ended by a line feed
     */
    public String describe() {
        return new TopologyText(this, children).toString();
    }

    /**
     * Draws nodes, edges and stores for Mermaid, which many pages show as a picture.
     *
     * @return lines of a flow chart, each ended by a line feed
     */
    public String toMermaid() {
        return TopologyDrawing.mermaid(this);
    }

    /**
     * Draws nodes, edges and stores for Graphviz.
     *
     * @return lines of a digraph, each ended by a line feed
     */
    public String toDot() {
        return TopologyDrawing.dot(this);
    }

    /**
     * Says by which serdes rows, and events that are emitted, become bytes: what {@link #describe}
     * does not show.
     *
     * <pre>
     *   store totals key=utf8
     *   store totals value=record Total{cents:long, count:long}
     *   store totals index by-count=int64
     *   sink alarms-sink category=alarms [overheated=record Overheated Overheated{celsius:int}]
     * </pre>
     *
     * @return lines, each ended by a line feed
     */
    public String describeSerdes() {
        StringBuilder text = new StringBuilder();
        stores.values().forEach(store -> store.describeSerdes(text));
        sinks.forEach(sink -> sink.describe(text));
        return text.toString();
    }

    /**
     * Says what there is to be kept: for each store its tables, serdes and windows. A topology of
     * other operators can go on with stores whose lines are the same, see {@link StoreTransition}.
     *
     * <pre>
     *   store totals: table totals
     *   store totals: totals key=utf8
     *   store totals: totals value=record Total{cents:long, count:long}
     *   store clicks: time windows size=PT1M advance=PT1M
     * </pre>
     *
     * @return lines, each ended by a line feed
     */
    public String describeStores() {
        return layout;
    }

    /**
     * Says what each node does, whatever its name: its operator, those parameters that change rows
     * or when they change, and what feeds it. In the order of declaration, in which they are run.
     *
     * @return lines as {@code node big: KSTREAM-FILTER- not <- other}, each ended by a line feed
     */
    public String describeOperators() {
        return operators;
    }

    /**
     * Tells this topology from others: by {@link #describe}, {@link #describeSerdes}, {@link
     * #describeStores} and {@link #describeOperators}. What functions compute does not show in it;
     * that independent nodes have changed places does, see {@link TopologyTexts}.
     *
     * @return 12 hexadecimal digits
     */
    public String fingerprint() {
        return StoreLayout.fingerprint(
                describe() + describeSerdes() + describeStores() + operators);
    }

    /** In the order of declaration, which is also the order of index. */
    List<TopologyNode> nodes() {
        return nodes;
    }

    /** Of all stores, in the order they were declared. */
    Collection<StoreDefinition<?, ?>> definitions() {
        return stores.values();
    }

    /** Of those that a node owns. */
    List<StoreDefinition<?, ?>> definitions(TopologyNode node) {
        List<StoreDefinition<?, ?>> owned = new ArrayList<>();
        node.stores().forEach(store -> owned.add(stores.get(store.name())));
        return owned;
    }

    List<TopologyNode> children(TopologyNode node) {
        return children.get(node.index());
    }

    @Override
    public String toString() {
        return describe();
    }
}
