package io.varve.projections;

import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serde;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * Collects nodes, names them, and refuses what cannot work, while the user's code is still on the
 * stack.
 */
final class TopologyBuilder {
    private final List<TopologyNode> nodes = new ArrayList<>();
    private final Map<String, TopologyNode> byName = new HashMap<>();
    private final Map<String, TopologyNode> byCategory = new HashMap<>();
    private final Map<String, TopologyNode> byStore = new HashMap<>();
    private final Map<String, StoreDefinition<?, ?>> added = new LinkedHashMap<>();
    private final Map<TopologyNode, Long> closing = new HashMap<>();
    private final Set<String> timed = new HashSet<>();
    private final NodeTimes times = new NodeTimes();
    private final OwnObjects ownObjects = new OwnObjects();
    private final TopologyShape shape = new TopologyShape();
    private final OperatorTexts operators = new OperatorTexts();
    private final Map<String, List<String>> notes = new HashMap<>();
    private int counter;

    /**
     * A name of one's own uses up a number too, as in Kafka Streams: naming one node renames no
     * other.
     *
     * @param operator the prefix of automatic names; behind a space what else there is to be said
     */
    String name(String operator, Optional<Named> named) {
        int number = counter++;
        String prefix = operator.split(" ", 2)[0];
        String name = named.map(Named::name).orElseGet(() -> automatic(prefix, number));
        says(name, operator);
        return name;
    }

    /** Notes what a node does that changes rows, or when they change. */
    void says(String node, String what) {
        operators.add(node, what);
    }

    /** Ten digits. A formatter would load the names of all locales for them, at each start. */
    private static String automatic(String prefix, int number) {
        String digits = Integer.toString(number);
        return prefix + "0".repeat(10 - digits.length()) + digits;
    }

    TopologyNode source(String category, Consumed<?> consumed) {
        String name = name("KSTREAM-SOURCE-", consumed.name());
        TopologyNode known = byCategory.get(category);
        if (known != null) {
            checkSame(known, category, consumed);
            goByTicks(known, consumed);
            return known;
        }
        Source source = new Source(category, consumed.serde());
        TopologyNode node =
                add(
                        new TopologyNode(
                                nodes.size(),
                                name,
                                List.of(),
                                Optional.of(source),
                                Optional.empty(),
                                List.of(),
                                stores -> ProcessorNode.FORWARD));
        byCategory.put(category, node);
        goByTicks(node, consumed);
        return node;
    }

    private void goByTicks(TopologyNode source, Consumed<?> consumed) {
        consumed.lateness()
                .ifPresent(
                        time -> {
                            times.late(source, time.toMillis());
                            says(source.name(), "late by " + time);
                        });
    }

    /** What ticks go by. */
    OwnObjects ownObjects() {
        return ownObjects;
    }

    NodeTimes times() {
        return times;
    }

    private static void checkSame(TopologyNode known, String category, Consumed<?> consumed) {
        EventSerde<?> serde = known.source().orElseThrow().serde();
        if (serde != consumed.serde()) {
            throw new TopologyException(
                    "A category is read with two serdes: category=" + category,
                    "Keep the serde in a constant and give the same object both times,"
                            + " or call stream() once and use its result twice.");
        }
        consumed.name()
                .filter(named -> !named.name().equals(known.name()))
                .ifPresent(
                        named -> {
                            throw new TopologyException(
                                    "A category has one source node, which has another name: category="
                                            + category
                                            + " name="
                                            + known.name()
                                            + " refused="
                                            + named.name(),
                                    "Name it where stream() is called first.");
                        });
    }

    TopologyNode stateless(String name, Operator.Factory operator, TopologyNode... parents) {
        return add(node(name, List.of(), operator, parents));
    }

    /** A node that emits what comes to it. */
    void sink(Sink sink, Operator.Factory operator, TopologyNode parent) {
        add(
                new TopologyNode(
                        nodes.size(),
                        sink.node(),
                        List.of(parent),
                        Optional.empty(),
                        Optional.of(sink),
                        List.of(),
                        operator));
    }

    TopologyNode stateful(
            String name,
            StoreDefinition<?, ?> store,
            Operator.Factory operator,
            TopologyNode... parents) {
        return stateful(name, List.of(store), operator, parents);
    }

    TopologyNode stateful(
            String name,
            List<StoreDefinition<?, ?>> stores,
            Operator.Factory operator,
            TopologyNode... parents) {
        return sharing(name, stores, List.of(), operator, parents);
    }

    /** A node that owns stores, if any, and also uses some of nodes before it. */
    TopologyNode sharing(
            String name,
            List<StoreDefinition<?, ?>> owned,
            List<StoreDefinition<?, ?>> shared,
            Operator.Factory operator,
            TopologyNode... parents) {
        List<StoreDefinition<?, ?>> own =
                owned.stream().flatMap(store -> store.withParts().stream()).toList();
        own.forEach(store -> checkFree(store, name));
        List<StoreDefinition<?, ?>> all = new ArrayList<>(own);
        all.addAll(shared);
        TopologyNode node = add(node(name, all, operator, parents));
        own.forEach(store -> byStore.put(store.name(), node));
        return node;
    }

    /** A node that finds rows in stores of tables. */
    TopologyNode finding(
            String name,
            List<StoreRef<?, ?>> stores,
            Operator.Factory operator,
            TopologyNode... parents) {
        return sharing(name, List.of(), kept(stores), operator, parents);
    }

    /** The stores of tables. */
    List<StoreDefinition<?, ?>> kept(List<StoreRef<?, ?>> stores) {
        List<StoreDefinition<?, ?>> found = new ArrayList<>();
        stores.forEach(store -> found.add(kept(store)));
        return found;
    }

    /** The store of a table; its keys are of the type that the caller knows. */
    @SuppressWarnings("unchecked")
    <K> StoreDefinition<K, ?> kept(StoreRef<?, ?> store) {
        return (StoreDefinition<K, ?>)
                byStore.get(store.name()).stores().stream()
                        .filter(one -> one.name().equals(store.name()))
                        .findFirst()
                        .orElseThrow();
    }

    /** Whether a change in a store may be told to a node. */
    boolean reaches(StoreRef<?, ?> store, TopologyNode node) {
        TopologyNode owner = byStore.get(store.name());
        Set<TopologyNode> seen = new HashSet<>();
        List<TopologyNode> next = new ArrayList<>(List.of(node));
        while (!next.isEmpty()) {
            TopologyNode one = next.remove(next.size() - 1);
            if (one == owner) {
                return true;
            }
            if (seen.add(one)) {
                next.addAll(one.parents());
            }
        }
        return false;
    }

    /** Adds a store that nodes of the user's code may be connected with. */
    void addStore(StoreDefinition<?, ?> store) {
        checkFree(store, "addStateStore");
        added.put(store.name(), store);
    }

    /**
     * A node of the user's code.
     *
     * @param named whether the name is the user's
     * @param connected names of the stores that it uses
     * @throws TopologyException if there is no such store
     */
    <K, V> TopologyNode processor(
            String name,
            boolean named,
            List<String> connected,
            ProcessorOperator.Maker<K, V> maker,
            TopologyNode parent) {
        Map<String, StoreDefinition<?, ?>> stores = new LinkedHashMap<>();
        connected.forEach(store -> stores.put(store, added(store, name)));
        List<StoreDefinition<?, ?>> all = new ArrayList<>();
        stores.values().forEach(store -> all.addAll(store.withParts()));
        all.add(TaskTime.DEFINITION);
        return add(
                node(
                        name,
                        all,
                        task -> new ProcessorOperator<>(name, named, stores, task, maker),
                        parent));
    }

    private StoreDefinition<?, ?> added(String store, String node) {
        StoreDefinition<?, ?> found = added.get(store);
        if (found == null) {
            throw new TopologyException(
                    "No such store for a processor: node="
                            + node
                            + " store="
                            + store
                            + " added="
                            + added.keySet(),
                    "Call StreamsBuilder.addStateStore with it first.");
        }
        return found;
    }

    private void checkFree(StoreDefinition<?, ?> store, String name) {
        if (store.name().equals(TaskTime.STORE)) {
            throw new TopologyException(
                    "The name is taken: store=" + store.name() + " node=" + name,
                    "Give the store another name.");
        }
        if (added.containsKey(store.name())) {
            throw new TopologyException(
                    "The name is that of a store that was added: store="
                            + store.name()
                            + " node="
                            + name,
                    "Give each table, and each store of processors, a StoreRef of its own.");
        }
        TopologyNode other = byStore.get(store.name());
        if (other != null) {
            throw new TopologyException(
                    "Two tables in one store: store="
                            + store.name()
                            + " node="
                            + name
                            + " other="
                            + other.name(),
                    "Give each table a StoreRef with a name of its own.");
        }
    }

    /** Notes how long after its end a window of a table is closed, in milliseconds. */
    void closes(TopologyNode table, long after) {
        closing.put(table, after);
    }

    /**
     * How long after their end the windows are closed that a node's records are of.
     *
     * @return the longest, where they come from several tables; empty where from none
     */
    OptionalLong closesAfter(TopologyNode node) {
        return NodeTimes.longest(node, closing);
    }

    /** The value serde of a store. */
    // A StoreRef promises its types; the table that has it was declared with them.
    @SuppressWarnings("unchecked")
    <V> Serde<V> valueSerde(StoreRef<?, V> ref) {
        return (Serde<V>)
                byStore.get(ref.name()).stores().stream()
                        .filter(store -> store.name().equals(ref.name()))
                        .findFirst()
                        .orElseThrow()
                        .valueSerde();
    }

    /** Lets the rows of a store keep their times from now on. */
    void keepTimes(StoreRef<?, ?> store) {
        timed.add(store.name());
    }

    /** Notes what rows of a store depend on, that neither its tables nor its serdes show. */
    void note(StoreRef<?, ?> store, String line) {
        notes.computeIfAbsent(store.name(), name -> new ArrayList<>()).add(line);
    }

    /** Notes what one of several nodes reads that share a store: what they keep is told by that. */
    void noteFeed(StoreRef<?, ?> store, String part, TopologyNode node) {
        Set<String> categories = new TreeSet<>();
        addCategories(node, categories);
        note(store, part + StoreLayout.FEED + String.join(", ", categories) + "]");
    }

    private static void addCategories(TopologyNode node, Set<String> found) {
        node.source().ifPresent(source -> found.add(source.category()));
        node.parents().forEach(parent -> addCategories(parent, found));
    }

    private TopologyNode node(
            String name,
            List<StoreDefinition<?, ?>> stores,
            Operator.Factory operator,
            TopologyNode... parents) {
        return new TopologyNode(
                nodes.size(),
                name,
                List.of(parents),
                Optional.empty(),
                Optional.empty(),
                stores,
                operator);
    }

    private TopologyNode add(TopologyNode node) {
        shape.add(node);
        if (byName.putIfAbsent(node.name(), node) != null) {
            throw new TopologyException(
                    "Two nodes of one name: node=" + node.name(),
                    "Give one of them another Named.");
        }
        nodes.add(node);
        return node;
    }

    Topology build() {
        if (byCategory.isEmpty()) {
            throw new TopologyException(
                    "A topology needs a source: nodes=" + nodes.size(),
                    "Call stream(category, Consumed.with(serde)) first.");
        }
        shape.check(nodes, added.keySet());
        return times.plan(nodes)
                .map(this::withTicks)
                .orElseGet(() -> topology(nodes, Optional.empty()));
    }

    /** What is built does not change, and ticks come last: no name depends on them. */
    private Topology withTicks(TimePlan plan) {
        List<TopologyNode> all = new ArrayList<>(nodes);
        all.add(
                new TopologyNode(
                        all.size(),
                        Tick.STREAM.category(),
                        List.of(),
                        Optional.of(Tick.SOURCE),
                        Optional.empty(),
                        List.of(),
                        stores -> ProcessorNode.FORWARD));
        return topology(all, Optional.of(plan));
    }

    private Topology topology(List<TopologyNode> all, Optional<TimePlan> ticks) {
        return new Topology(all, timed, notes, operators.of(all), ticks);
    }
}
